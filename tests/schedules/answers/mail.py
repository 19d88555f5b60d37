"""Mails to a lesson's own address, as a transport hands them over."""

import dataclasses
from typing import Any

from schedules import Lesson
from schedules.answers import CalendarPart, Incoming, Outcome, receive
from tests.office import DOMAIN, GRETA, Office
from tests.schedules.ical.replies import reply
from vclass.core.zones import Instant, rfc3339


def stamp(instant: Instant) -> str:
    """A DTSTAMP."""
    return rfc3339(instant).replace("-", "").replace(":", "")


def incoming(lesson: Lesson, *parts: bytes, at: Instant, **changes: Any) -> Incoming:  # noqa: ANN401  any field of it
    """A mail from Greta, of whose domain nobody says anything, with some fields changed."""
    usual = Incoming(
        recipient=f"b-{lesson.address_token}@{DOMAIN}",
        envelope_sender=GRETA.email,
        header_from=GRETA.email,
        auto_submitted=False,
        authenticated="none",
        parts=tuple(CalendarPart(each, "REPLY") for each in parts),
        message_id="<1@example.org>",
        received_at=at,
    )
    return dataclasses.replace(usual, **changes)


class Post:
    """Answers to one lesson, as Greta unless told otherwise."""

    def __init__(self, office: Office, lesson: Lesson) -> None:
        self.office = office
        self.lesson = lesson

    def reply(self, partstat: str = "ACCEPTED", *, after: int = 60, **changes: Any) -> bytes:  # noqa: ANN401  of a reply
        """A reply so many seconds after the lesson was booked."""
        usual = {"uid": self.lesson.uid, "attendee": GRETA.email, "dtstamp": stamp(self.office.clock() + after)}
        return reply(**{"partstat": partstat, **usual, **changes})

    async def send(self, *parts: bytes, policy: str = "if-present", **changes: Any) -> Outcome:  # noqa: ANN401  of a mail
        at = self.office.clock() + 3600
        mail = incoming(self.lesson, *parts, at=at, **changes)
        return await self.office.database.write(receive, mail, at, policy=policy)  # type: ignore[arg-type]  # a literal

    async def partstat(self, email: str = GRETA.email, which: int | None = None) -> str:
        """What an attendee's answers come to: for the whole, or for one occurrence by its number."""
        lesson = await self.office.read(self.lesson)
        attendee = next(each for each in lesson.attendees if each.email == email)
        whole, each_one = lesson.partstats(attendee)
        return whole if which is None else each_one[lesson.occurrences[which].recurrence]
