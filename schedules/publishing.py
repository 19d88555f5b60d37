"""When attendees hear of a lesson: once nothing of it is pending any more, then all at once, each once.

What is told is compared with what was told last: the facts of the last mail say what stands in calendars.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from schedules import store
from schedules.facts import MailFacts, Meeting, Place
from schedules.invitations import effects, lane
from schedules.model import Held, Lesson, Timing
from schedules.places import own_places_of, places_of
from vclass.core import outbox
from vclass.core.outbox import Effect
from vclass.core.zones import Instant, WallTime, local


@dataclass(frozen=True, slots=True)
class Known:
    """A lesson as calendars have it, and the rooms in which they have it."""

    lesson: Lesson
    places: Sequence[Place]
    own_places: Mapping[WallTime, Sequence[Place]]


def ready(lesson: Lesson) -> bool:
    """Whether all of it is decided and some of it takes place."""
    return not lesson.cancelled and not lesson.pending and any(each.state == "confirmed" for each in lesson.dates)


def publish_first(connection: sa.Connection, lesson: Lesson, now: Instant) -> None:
    """Invite everybody, if that was not done before and nothing is in its way any more."""
    if lesson.published_at is None and ready(lesson):
        store.publish(connection, lesson.id, now)
        outbox.put(connection, invitations(connection, lesson), now)


def invitations(connection: sa.Connection, lesson: Lesson) -> list[Effect]:
    """To each attendee the first mail of what takes place."""
    told, places = taking_place(lesson), places_of(connection, [lesson])[lesson.id]
    return effects(told, told.present, "invited", places=places, own_places=own_places_of(connection, lesson))


def updates(connection: sa.Connection, lesson: Lesson, was: Lesson) -> list[Effect]:
    """To each attendee how the lesson stands now; who is new meanwhile is invited."""
    told, places = taking_place(lesson), places_of(connection, [lesson])[lesson.id]
    own = own_places_of(connection, lesson)
    known = outbox.used_lanes(connection, [lane(lesson, each) for each in lesson.present])
    staying = [each for each in lesson.present if not known or lane(lesson, each) in known]
    added = [each for each in lesson.present if each not in staying]
    before = was.occurrences[0].starts
    return [
        *effects(told, added, "invited", places=places, own_places=own),
        *effects(told, staying, "updated", places=places, own_places=own, before=before, was=was),
    ]


def cancellations(connection: sa.Connection, lesson: Lesson, was: Lesson, reason: str) -> list[Effect]:
    """To each attendee that nothing of the lesson takes place."""
    off = replace(lesson, draft=replace(lesson.draft, timing=was.draft.timing), dates=was.dates)
    places = places_of(connection, [lesson])[lesson.id]
    return effects(off, lesson.present, "cancelled", places=places, reason=reason)


def taking_place(lesson: Lesson) -> Lesson:
    """The lesson with those dates alone that people can come to."""
    return replace(lesson, dates=tuple(each for each in lesson.dates if each.state == "confirmed"))


def as_known(connection: sa.Connection, lesson: Lesson) -> Known:
    """What calendars have of a lesson: how it stands, or was told last while something of it is still to be decided."""
    facts = _last_facts(connection, lesson) if lesson.pending else None
    if facts is not None:
        own = {WallTime.parse(each.recurrence): each.places for each in facts.standing if each.places is not None}
        return Known(_as_told(lesson, facts), facts.places, own)
    stands = lesson if lesson.cancelled else taking_place(lesson)
    return Known(stands, places_of(connection, [lesson])[lesson.id], own_places_of(connection, lesson))


def as_last_told(connection: sa.Connection, lesson: Lesson) -> Lesson | None:
    """The lesson as calendars have it by the last mail to its owner, SEQUENCE included; None if no mail is left."""
    facts = _last_facts(connection, lesson)
    return None if facts is None else _as_told(lesson, facts)


def _last_facts(connection: sa.Connection, lesson: Lesson) -> MailFacts | None:
    owner = next(each for each in lesson.attendees if each.person_id == lesson.owner_id)
    rows = outbox.of_lanes(connection, [lane(lesson, owner)])
    return msgspec.convert(rows[-1].leased.facts, MailFacts) if rows else None


def _as_told(lesson: Lesson, facts: MailFacts) -> Lesson:
    timing = Timing(facts.zone, WallTime.parse(facts.start), facts.minutes, facts.fold, facts.rule)
    draft = replace(lesson.draft, title=facts.title, description=facts.description, timing=timing)
    gone = {each.recurrence for each in facts.about} if facts.method == "CANCEL" else set()
    meetings: Sequence[Meeting] = [each for each in facts.standing if each.recurrence not in gone]
    now = {str(each.recurrence): each for each in lesson.dates}
    dates = tuple(_held(each, facts.zone, now.get(each.recurrence)) for each in meetings)
    return replace(lesson, draft=draft, sequence=facts.sequence, dates=dates)


def _held(meeting: Meeting, zone: str, now: Held | None) -> Held:
    """A date as it was told; the one of its name that there is ``now`` says what of the answers to it holds."""
    starts, ends = meeting.span
    known: dict[str, Any] = {"id": 0, "booking_id": 0, "booking_public_id": "", "wants": ()}
    return Held(
        public_id="" if now is None else now.public_id,
        asked=0 if now is None else now.asked,
        recurrence=WallTime.parse(meeting.recurrence),
        start=local(starts, zone),
        minutes=meeting.minutes,
        fold=None,
        starts=starts,
        ends=ends,
        state="confirmed",
        reason=None,
        hold_until=None,
        published_start=meeting.published_start,
        **known,
    )
