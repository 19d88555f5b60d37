"""What the pages read: one function for each page, run in a reader, on one snapshot.

Everything is asked through the front doors of the features; the values go to pure functions that make contexts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms import (
    Equipment,
    Resource,
    Room,
    resources_by_ids,
    see_equipment,
    see_rooms,
)
from rooms.approvals import answers_of
from schedules import (
    Flag,
    Gathering,
    House,
    InvitationView,
    Lesson,
    Occurrence,
    flags_of,
    houses_of,
    lesson_subject,
    lessons_between,
    sent_invitations,
    visible_lesson,
)
from schedules.answers import Answers, overview
from vclass.core import audit
from vclass.core.audit import Entry
from vclass.core.keys import Actor
from vclass.core.zones import Instant
from vclass.people import (
    Institution,
    Person,
    Subject,
    actor_by_id,
    allowed,
    institutions,
    people_by_email,
    people_by_id,
)

DAY = 86400
BACK = 7 * DAY
AHEAD = 370 * DAY


@dataclass(frozen=True, slots=True)
class Around:
    """What lessons refer to, by id."""

    institutions: Mapping[int, Institution]
    resources: Mapping[int, Resource]
    people: Mapping[int, Person]


@dataclass(frozen=True, slots=True)
class Seen:
    """Some lessons with what they refer to."""

    lessons: tuple[Lesson, ...]
    around: Around


@dataclass(frozen=True, slots=True)
class Stock:
    """What can be booked by whom: the form's choices. ``seen`` are the reader's own lessons."""

    rooms: tuple[Room, ...]
    equipment: tuple[Equipment, ...]
    seen: Seen


@dataclass(frozen=True, slots=True)
class OneLesson:
    """A lesson as its page shows it; mails, history and what houses say only for those who may change it.

    ``may_invite`` is for those who may know everybody's address.
    """

    lesson: Lesson
    around: Around
    may_change: bool
    may_invite: bool
    mails: tuple[InvitationView, ...] = ()
    history: tuple[Entry, ...] = ()
    houses: tuple[House, ...] = ()
    answers: Answers | None = None
    flags: tuple[Flag, ...] = ()


def own_lessons(connection: sa.Connection, actor: Actor, now: Instant) -> Seen:
    """The lessons around now that somebody leads or attends, whatever offices the person holds besides."""
    found = lessons_between(connection, replace(actor, roles=frozenset()), now - BACK, now + AHEAD)
    teachers = {each.person_id for lesson in found for each in lesson.present if each.teaches}
    return Seen(tuple(found), around(connection, found, teachers))


def no_lessons(connection: sa.Connection, _actor: Actor, _now: Instant) -> Seen:
    """The institutions alone: enough for a part of a page."""
    return Seen((), around(connection, [], set()))


def stock(connection: sa.Connection, actor: Actor, now: Instant) -> Stock:
    rooms, equipment = see_rooms(connection, actor), see_equipment(connection, actor)
    return Stock(tuple(rooms), tuple(equipment), own_lessons(connection, actor, now))


def one_lesson(
    connection: sa.Connection, actor: Actor, public_id: str, action: str = "lesson.see", now: Instant | None = None
) -> OneLesson:
    """A lesson for its page; what was answered only where ``now`` is given.

    Raises:
        NotFoundError: There is none, or the actor may not know of it.
        ForbiddenError: The actor may see it but not do this.
    """
    lesson = visible_lesson(connection, actor, public_id, action)
    people = {each.person_id for each in lesson.present}
    history = tuple(_entry(row) for row in audit.history(connection, "lesson", lesson.id))
    known = around(connection, [lesson], people | {each.person_id for each in history})
    may_change, may_invite = (
        allowed(actor, each, lesson_subject(lesson)) for each in ("lesson.change", "lesson.invite")
    )
    flags = tuple(each for each in _flags(connection, actor, lesson, known) if each.why != "busy" or may_invite)
    if not may_change:
        return OneLesson(lesson, known, may_change, may_invite, flags=flags)
    mails = tuple(sent_invitations(connection, actor, public_id))
    houses = houses_of(connection, [lesson]).get(lesson.id, ())
    answers = overview(connection, lesson, now) if may_invite and now is not None else None
    return OneLesson(lesson, known, may_change, may_invite, mails, history, houses, answers, flags)


def _flags(connection: sa.Connection, actor: Actor, lesson: Lesson, known: Around) -> tuple[Flag, ...]:
    """The meetings that stand at a bad time for a side."""
    dates = lesson.occurrences
    if not dates:
        return ()
    houses = {known.resources[each.resource_id].institution_id for each in lesson.draft.resources}
    whole = (min(each.starts for each in dates), max(each.ends for each in dates))
    gathering = Gathering(frozenset(houses | {lesson.institution_id}), lesson.present, whole)
    occurrences = [Occurrence(each.recurrence, each.starts, each.ends) for each in dates]
    return flags_of(connection, gathering, occurrences, actor.language)


def asked_houses(connection: sa.Connection, booking_ids: Collection[int]) -> set[int]:
    """The institutions that must still approve some bookings."""
    return {each.institution_id for each in answers_of(connection, booking_ids) if each.state == "pending"}


def demonstrators(connection: sa.Connection, emails: Sequence[str]) -> tuple[list[Actor], Mapping[int, Institution]]:
    """Those whom a visitor of the demo can be, in the given order."""
    found = people_by_email(connection, emails)
    actors = [actor_by_id(connection, found[email].id) for email in emails if email in found]
    return [each for each in actors if each is not None], {each.id: each for each in institutions(connection)}


def may_book(actor: Actor) -> bool:
    return allowed(actor, "lessons.create", Subject(institution=actor.institution_id))


def _entry(row: sa.RowMapping) -> Entry:
    facts = msgspec.json.decode(row["facts"], type=dict[str, Any])
    names = ("at", "person_id", "institution_id", "action", "entity", "entity_id")
    return Entry(**{name: row[name] for name in names}, facts=facts)


def around(connection: sa.Connection, lessons: Sequence[Lesson], people: set[int | None]) -> Around:
    """What some lessons refer to, with the people told."""
    ids = {each.resource_id for lesson in lessons for each in lesson.draft.resources}
    return Around(
        institutions={each.id: each for each in institutions(connection)},
        resources=resources_by_ids(connection, sorted(ids)),
        people=people_by_id(connection, sorted(each for each in people if each is not None)),
    )
