"""What must be said by mail: facts written with the change, told to each attendee alone, in order.

A row holds a snapshot of the lesson as committed, so the mail equals the state it tells of, whenever it leaves.
The personal link is not in it: it is derived again at sending.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from schedules.ical import Attendee as IcalAttendee
from schedules.ical import Invitation, Organizer, cancel, request
from schedules.model import Attendee, Lesson
from schedules.recurrence import Occurrence, Rule
from vclass.core.outbox import Effect
from vclass.core.zones import Instant, WallTime, local

KIND = "lesson-mail"
HOUR = 3600
MailMethod = Literal["REQUEST", "CANCEL"]
News = Literal["invited", "updated", "cancelled", "removed", "link"]


class Place(msgspec.Struct, frozen=True):
    """A hall or virtual room of the lesson, with the clock on its wall and whose it is."""

    name: str
    kind: str
    zone: str
    city: str
    institution: str
    code: str
    hue: int


class MailFacts(msgspec.Struct, frozen=True):
    """One mail to one attendee, before it is put into words.

    ``starts`` are instants in epoch seconds; ``before`` is the first start that the last mail told.
    """

    method: MailMethod
    news: News
    uid: str
    sequence: int
    dtstamp: Instant
    lesson: str
    title: str
    description: str
    zone: str
    start: str
    minutes: int
    fold: int | None
    rule: Rule | None
    starts: tuple[Instant, ...]
    address_token: str
    owner: str
    owner_email: str
    teachers: tuple[str, ...]
    places: tuple[Place, ...]
    attendee: str
    generation: int
    key_id: str
    email: str
    name: str
    teaches: bool
    attendee_zone: str
    language: str
    reason: str = ""
    before: Instant | None = None


def effects(
    lesson: Lesson,
    to: Iterable[Attendee],
    news: News,
    *,
    places: Sequence[Place],
    before: Instant | None = None,
) -> list[Effect]:
    """One outbox row for each attendee.

    Its key names lesson, revision, recipient, method and, for a link that is sent again, its generation and hour.
    """
    return [_effect(_facts(lesson, each, news, places, before), lesson.revision) for each in to]


def lane(lesson: Lesson, attendee: Attendee) -> str:
    """Mails of one lane leave in order: all that concern one lesson and one attendee."""
    return f"{lesson.uid}|{attendee.email}"


def _effect(facts: MailFacts, revision: int) -> Effect:
    resend = f"{facts.generation}.{facts.dtstamp // HOUR}" if facts.news == "link" else 0
    return Effect(
        kind=KIND,
        dedupe_key=f"{facts.uid}||{revision}|{facts.email}|{facts.method}|{resend}",
        lane=f"{facts.uid}|{facts.email}",
        recipient=facts.email,
        facts=msgspec.to_builtins(facts),
    )


def _facts(
    lesson: Lesson, attendee: Attendee, news: News, places: Sequence[Place], before: Instant | None
) -> MailFacts:
    timing = lesson.draft.timing
    owner = next(each for each in lesson.attendees if each.person_id == lesson.owner_id)
    cancels = news in ("cancelled", "removed")
    return MailFacts(
        method="CANCEL" if cancels else "REQUEST",
        news=news,
        uid=lesson.uid,
        sequence=max(lesson.sequence, attendee.sequence),
        dtstamp=lesson.told_at,
        lesson=lesson.public_id,
        title=lesson.draft.title,
        description=lesson.draft.description,
        zone=timing.zone,
        start=str(timing.start),
        minutes=timing.minutes,
        fold=timing.fold,
        rule=timing.rule,
        starts=tuple(each.starts for each in lesson.occurrences),
        address_token=lesson.address_token,
        owner=owner.name,
        owner_email=owner.email,
        teachers=tuple(each.name for each in lesson.present if each.teaches),
        places=tuple(places),
        attendee=attendee.public_id,
        generation=attendee.generation,
        key_id=attendee.key_id,
        email=attendee.email,
        name=attendee.name,
        teaches=attendee.teaches,
        attendee_zone=attendee.zone,
        language=attendee.language,
        reason=lesson.cancel_reason,
        before=before,
    )


def calendar_object(facts: MailFacts, *, link: str, domain: str, rsvp: bool) -> bytes:
    """The iCalendar object of a mail, for its one reader.

    Args:
        facts: What the row of the outbox says.
        link: The reader's personal join link.
        domain: Right side of the lesson's own address.
        rsvp: Whether answers by mail are read.
    """
    invitation = Invitation(
        uid=facts.uid,
        sequence=facts.sequence,
        dtstamp=facts.dtstamp,
        organizer=Organizer(organizer_address(facts, domain), f"{', '.join(facts.teachers)} (vclass)"),
        attendee=IcalAttendee(facts.email, facts.name, "CHAIR" if facts.teaches else "REQ-PARTICIPANT", rsvp),
        summary=facts.title,
        description=facts.description,
        location="; ".join(f"{each.name}, {each.city}" for each in facts.places),
        url=link,
        zone=facts.zone,
        start=WallTime.parse(facts.start),
        minutes=facts.minutes,
        rule=facts.rule,
        occurrences=tuple(
            Occurrence(local(each, facts.zone), each, each + 60 * facts.minutes) for each in facts.starts
        ),
    )
    return cancel(invitation) if facts.method == "CANCEL" else request(invitation)


def organizer_address(facts: MailFacts, domain: str) -> str:
    """The lesson's own address: answers to it name the lesson (RFC 6047 section 2.2)."""
    return f"b-{facts.address_token}@{domain}"
