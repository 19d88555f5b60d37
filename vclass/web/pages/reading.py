"""What the pages read: one function for each page, run in a reader, on one snapshot.

Everything is asked through the front doors of the features; the values go to pure functions that make contexts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from rooms import (
    BookingWish,
    Equipment,
    Resource,
    Room,
    Want,
    Wish,
    preview,
    resources_by_ids,
    see_equipment,
    see_rooms,
)
from rooms.approvals import answers_of
from schedules import (
    FoldError,
    GapError,
    House,
    InThePastError,
    InvitationView,
    Lesson,
    LessonPatch,
    NewLesson,
    Occurrence,
    Quantity,
    Timing,
    houses_of,
    lesson_subject,
    lessons_between,
    new_draft,
    occurrences_of,
    sent_invitations,
    visible_lesson,
)
from vclass.core import audit
from vclass.core.audit import Entry
from vclass.core.keys import Actor
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime, canonical, parse_rfc3339
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
PREVIEW = "page.preview"


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
class Trial:
    """What a wish would come to now: its occurrences, both instants of a doubled start, what is taken."""

    timing: Timing
    occurrences: tuple[Occurrence, ...]
    resources: tuple[Resource, ...]
    fold: tuple[Instant, Instant] | None
    taken: tuple[tuple[str, Span], ...]


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


def one_lesson(connection: sa.Connection, actor: Actor, public_id: str, action: str = "lesson.see") -> OneLesson:
    """A lesson for its page.

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
    if not may_change:
        return OneLesson(lesson, known, may_change, may_invite)
    mails = tuple(sent_invitations(connection, actor, public_id))
    houses = houses_of(connection, [lesson]).get(lesson.id, ())
    return OneLesson(lesson, known, may_change, may_invite, mails, history, houses)


def booking_trial(connection: sa.Connection, actor: Actor, body: NewLesson, now: Instant) -> Trial | Refusal:
    """What a new lesson would come to, or the rule that says no."""
    try:
        draft = new_draft(connection, actor, body)
        return _trial(connection, actor, draft.timing, draft.resources, (), now)
    except TIME_REFUSALS as refusal:
        return refusal


def asked_houses(connection: sa.Connection, booking_ids: Collection[int]) -> set[int]:
    """The institutions that must still approve some bookings."""
    return {each.institution_id for each in answers_of(connection, booking_ids) if each.state == "pending"}


def move_trial(
    connection: sa.Connection, actor: Actor, lesson: Lesson, patch: LessonPatch, now: Instant
) -> Trial | Refusal:
    """What a lesson would come to at another time, or the rule that says no; its own claims don't stand in its way."""
    held = tuple(each.booking_id for each in lesson.occurrences)
    try:
        return _trial(connection, actor, _moved(lesson.draft.timing, patch), lesson.draft.resources, held, now)
    except TIME_REFUSALS as refusal:
        return refusal


def _moved(timing: Timing, patch: LessonPatch) -> Timing:
    """The timing after a patch that names zone, start, minutes and fold."""
    assert isinstance(patch.zone, str)
    assert isinstance(patch.start, str)
    assert isinstance(patch.minutes, int)
    zone, start = canonical(patch.zone), WallTime.parse(patch.start)
    fold = None if patch.fold is UNSET else patch.fold
    return replace(timing, zone=zone, start=start, minutes=patch.minutes, fold=fold)


TIME_REFUSALS = (InvalidInputError, GapError, InThePastError)


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


def _trial(
    connection: sa.Connection,
    actor: Actor,
    timing: Timing,
    wanted: Sequence[Quantity],
    release: tuple[int, ...],
    now: Instant,
) -> Trial:
    occurrences, fold = _expanded(timing)
    if occurrences[0].starts <= now:
        raise InThePastError(timing.start, timing.zone, now)
    assert actor.person_id is not None, "the route lets nobody in who isn't signed in"
    wants = tuple(Want(each.resource_id, each.quantity) for each in wanted)
    bookings = tuple(BookingWish(str(each.recurrence), each.starts, each.ends, wants) for each in occurrences)
    wish = Wish(PREVIEW, actor.institution_id or 0, actor.person_id, bookings, release=release, now=now)
    found = resources_by_ids(connection, [each.resource_id for each in wanted])
    taken = tuple((found[each.resource_id].name, (each.starts, each.ends)) for each in preview(connection, wish))
    return Trial(timing, occurrences, tuple(found[each.resource_id] for each in wanted), fold, taken)


def _expanded(timing: Timing) -> tuple[tuple[Occurrence, ...], tuple[Instant, Instant] | None]:
    """The occurrences, and both instants of the first doubled start, which show what there is to choose."""
    try:
        return occurrences_of(replace(timing, fold=None)), None
    except FoldError as refusal:
        early, late = (parse_rfc3339(each["start"]) for each in refusal.facts["readings"])
        return occurrences_of(replace(timing, fold=timing.fold or 0)), (early, late)
