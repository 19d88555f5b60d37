"""What a change of law moved, to whoever answers for the lessons, and the one word that tells everybody invited.

Attendees' calendars have the lesson as the old rules had it; nothing is sent to them before somebody says so.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from schedules import publishing
from schedules import store as lessons_store
from schedules.law import store
from schedules.law.store import Move
from schedules.model import Lesson
from schedules.service import subject
from vclass.core import audit, outbox
from vclass.core.keys import Actor
from vclass.core.zones import Instant, local
from vclass.people import allowed, require

ACTION: Final = "lesson.change"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lesson that people know at its old time, and what moved of it."""

    lesson: Lesson
    moves: tuple[Move, ...]


def waiting(connection: sa.Connection, actor: Actor, ids: Collection[int] | None = None) -> list[Waiting]:
    """Lessons that moved, of which nobody invited was told, and for which the actor answers."""
    require(actor, "lessons.list")
    moves = store.untold(connection, ids)
    found = (Waiting(each, _still(each, moves[each.id])) for each in lessons_store.lessons(connection, list(moves)))
    return [each for each in found if _is_to_tell(each) and allowed(actor, ACTION, subject(each.lesson))]


def _still(lesson: Lesson, moves: Sequence[Move]) -> tuple[Move, ...]:
    """The moves of dates that are where the law put them; of what was moved on, or is off, everybody was told."""
    put = {each.recurrence: each.after for each in moves}
    now = {str(each.recurrence): each.starts for each in lesson.dates if each.stands}
    return tuple(each for each in moves if now.get(each.recurrence) == put[each.recurrence])


def _is_to_tell(waiting: Waiting) -> bool:
    """While something of it is pending, calendars hear of everything at once when that is decided."""
    lesson = waiting.lesson
    return bool(waiting.moves) and lesson.published_at is not None and publishing.ready(lesson)


def tell(connection: sa.Connection, actor: Actor, public_ids: Sequence[str], now: Instant) -> list[Lesson]:
    """Invite everybody to the lessons as they stand now: to some of those that wait, or to all. Twice does nothing."""
    named = lessons_store.ids_by_public_id(connection, public_ids) if public_ids else None
    asked = waiting(connection, actor, named)
    lessons_store.lock_lessons(connection, [date.booking_id for each in asked for date in each.lesson.dates])
    moved = {each.lesson.id: {move.recurrence for move in each.moves} for each in asked}
    taken = store.take_untold(connection, list(moved), now)
    lessons = lessons_store.lessons(connection, sorted(taken))
    return [_tell(connection, actor, each, taken[each.id] & moved[each.id], now) for each in lessons]


def _tell(
    connection: sa.Connection, actor: Actor, lesson: Lesson, recurrences: Collection[str], now: Instant
) -> Lesson:
    columns = {"sequence": lesson.sequence + 1, "revision": lesson.revision + 1}
    lessons_store.write_next(connection, lesson.id, lesson.version, **columns, told_at=max(now, lesson.told_at + 1))
    store.ask_again(connection, lesson.id, recurrences, lesson.sequence + 1)
    [after] = lessons_store.lessons(connection, [lesson.id])
    was = publishing.as_last_told(connection, lesson) or lesson
    outbox.put(connection, publishing.updates(connection, after, _as_one_event(was)), now)
    facts = {"version": after.version, "sequence": after.sequence, "law": True}
    entry = audit.Entry(now, actor.person_id, lesson.institution_id, ACTION, "lesson", lesson.id, facts)
    audit.append(connection, [entry])
    return after


def _as_one_event(was: Lesson) -> Lesson:
    """The lesson as calendars may have it: one event that repeats, whatever shape the new rules give it.

    Where it becomes events apart, that one is taken out first.
    """
    timing = replace(was.draft.timing, rule=None)
    return replace(was, draft=replace(was.draft, timing=timing), dates=was.dates[:1])


def clocks_of(waiting: Waiting, move: Move) -> Iterator[tuple[str, str, str]]:
    """The clocks by which people come, the lesson's own first: zone, wall start before and now.

    The lesson's own clock showed by the old rules what it shows by the new ones: that is why the lesson moved.
    """
    lesson = waiting.lesson
    own = lesson.draft.timing.zone
    for zone in dict.fromkeys((own, *(each.zone for each in lesson.present))):
        after = str(local(move.after, zone))
        yield zone, after if zone == own else str(local(move.before, zone)), after
