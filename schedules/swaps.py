"""Two lessons exchange their rooms in one wish: both let go, both take crosswise, and nothing comes between."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from rooms import BookingWish, Room, Wish, resources_by_ids
from schedules import meetings, planning
from schedules.drafts import with_owner
from schedules.model import Change, Held, Lesson, Quantity, Swap
from schedules.refusals import AlreadyCancelledError, NotConfirmedError
from schedules.service import visible_lesson
from schedules.wants import approves
from schedules.wire import RoomSwap
from vclass.core.keys import Actor
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.zones import Instant

SWAP = "lesson.swap"


def prepare(connection: sa.Connection, actor: Actor, body: RoomSwap, *, now: Instant) -> Wish:
    """The wish of two lessons to exchange rooms.

    Raises:
        InvalidInputError: It is one lesson, not two.
        NotConfirmedError: One of them doesn't have its rooms for sure.
    """
    if len(set(body.lessons)) < len(body.lessons):
        raise InvalidInputError([FieldError("lessons", "name two lessons")])
    one, other = (_lesson(connection, actor, public_id) for public_id in body.lessons)
    if body.recurrences is None:
        changes = (_all(connection, actor, one, other, now), _all(connection, actor, other, one, now))
    else:
        held, theirs = map(meetings.found, (one, other), body.recurrences)
        changes = (
            _single(connection, actor, (one, held), (other, theirs), now),
            _single(connection, actor, (other, theirs), (one, held), now),
        )
    _check_confirmed(changes)
    return _wish(actor, Swap(changes), now)


def references(change: Change, place: int) -> dict[str, str]:
    """The names of a lesson's meetings in the wish, where those of the other lesson may be the same."""
    return {f"{place}|{each.recurrence}": str(each.recurrence) for each in change.plan if not each.stays}


def _lesson(connection: sa.Connection, actor: Actor, public_id: str) -> Lesson:
    lesson = visible_lesson(connection, actor, public_id, "lesson.change")
    if lesson.cancelled:
        raise AlreadyCancelledError(lesson)
    return with_owner(connection, lesson)


def _all(connection: sa.Connection, actor: Actor, lesson: Lesson, other: Lesson, now: Instant) -> Change:
    """One lesson in the other's rooms from now on."""
    resources = _exchanged(connection, lesson.draft.resources, other.draft.resources)
    after = replace(lesson.draft, resources=resources)
    return planning.prepare_change(connection, actor, lesson, after, now, ignores_closures=True)


def _single(
    connection: sa.Connection, actor: Actor, mine: tuple[Lesson, Held], theirs: tuple[Lesson, Held], now: Instant
) -> Change:
    """One meeting in the other's rooms."""
    lesson, held = mine
    meetings.check_coming(lesson, held, now)
    own, other = (planning.alone(connection, *each).draft for each in (mine, theirs))
    after = replace(own, resources=_exchanged(connection, own.resources, other.resources))
    return planning.prepare_one(connection, actor, lesson, held, after, now, ignores_closures=True)


def _exchanged(connection: sa.Connection, own: Sequence[Quantity], other: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """The other's rooms with one's own kit."""
    resources = resources_by_ids(connection, [each.resource_id for each in (*own, *other)])
    rooms = [each for each in other if isinstance(resources[each.resource_id], Room)]
    return (*rooms, *(each for each in own if not isinstance(resources[each.resource_id], Room)))


def _wish(actor: Actor, swap: Swap, now: Instant) -> Wish:
    lesson = swap.changes[0].before
    return Wish(
        kind=SWAP,
        institution_id=lesson.institution_id,
        owner_id=lesson.owner_id,
        bookings=tuple(wanted for place, each in enumerate(swap.changes) for wanted in _bookings(each, place)),
        touches=tuple(held.booking_id for each in swap.changes for held in each.before.dates[:1]),
        approves=approves(actor),
        payload=swap,
        by=actor,
        now=now,
    )


def _check_confirmed(changes: tuple[Change, Change]) -> None:
    """Refuse to exchange what one of them doesn't have; name one meeting of each that can be exchanged."""
    for change in changes:
        unsure = next((held for held in _moving(change) if held.state != "confirmed"), None)
        if unsure is not None:
            sure = [[each for each in _moving(some) if each.state == "confirmed"] for some in changes]
            pair = None if not all(sure) else (sure[0][0].recurrence, sure[1][0].recurrence)
            raise NotConfirmedError(change.before.draft.title, unsure, pair)


def _moving(change: Change) -> list[Held]:
    """The meetings whose rooms would change."""
    return [each.of for each in change.plan if each.of is not None and not each.stays]


def _bookings(change: Change, place: int) -> list[BookingWish]:
    """The bookings stay, whosever they are; what they have is exchanged."""
    found = []
    for each in change.plan:
        if each.of is not None and not each.stays:
            name = f"{place}|{each.recurrence}"
            found.append(BookingWish(name, each.starts, each.ends, each.wants, standing=each.of.booking_id))
    return found
