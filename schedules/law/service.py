"""When a country changes its clocks: lessons keep their wall time, so their instants move, and with them their claims.

Every lesson remembers the release of the time zone database that its instants came from. Those that came from another
one are derived again; the claims of those that move are taken anew in the order in which they were confirmed, all in
one wish, and what no longer fits is displaced: never an overlap, never silence. Doing it twice does nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rooms import HOLDING, BookingWish, Desk, Result, Wish, set_spans
from schedules import notices
from schedules import store as lessons_store
from schedules.law import store
from schedules.model import Held, Lesson
from schedules.notices import News
from vclass.core import audit
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.zones import Gap, Instant, WallTime, resolve, version

KIND = "law.change"


@dataclass(frozen=True, slots=True)
class Moved:
    """A meeting whose wall time is another instant now."""

    lesson: Lesson
    held: Held
    starts: Instant

    @property
    def ends(self) -> Instant:
        return self.starts + 60 * self.held.minutes


@dataclass(frozen=True, slots=True)
class LawChange:
    """All that a new release moves: ``lessons`` are those whose instants came from another release."""

    release: str
    lessons: tuple[Lesson, ...]
    moved: tuple[Moved, ...]


def prepare(connection: sa.Connection, now: Instant) -> Wish | None:
    """The wish that carries out what changed; None if all instants come from the present release."""
    ids = store.ids_of_other_release(connection, version())
    if not ids:
        return None
    lessons = lessons_store.lessons(connection, ids)
    moved = [each for lesson in lessons for each in _moved(lesson, now)]
    order = store.confirmed_at(connection, [each.held.booking_id for each in moved])
    moved.sort(key=lambda each: (order[each.held.booking_id], each.held.booking_id))
    holding = [each for each in moved if each.held.state in HOLDING]
    return Wish(
        kind=KIND,
        institution_id=0,
        owner_id=0,
        bookings=tuple(_booking(each) for each in holding),
        release=tuple(each.held.booking_id for each in holding),
        released="displaced",
        reason="law",
        touches=tuple(each.held.booking_id for each in moved),
        on_clash="displace",
        alone=True,
        payload=LawChange(version(), tuple(lessons), tuple(moved)),
        now=now,
    )


def _moved(lesson: Lesson, now: Instant) -> list[Moved]:
    """The meetings to come whose instant is another one than was stored."""
    if lesson.cancelled:
        return []
    derived = ((each, instant(each.start, lesson.draft.timing.zone, each.fold)) for each in lesson.dates)
    return [
        Moved(lesson, each, starts)
        for each, starts in derived
        if each.starts > now and each.stands and starts != each.starts
    ]


def instant(wall: WallTime, zone: str, fold: int | None) -> Instant:
    """The instant of an agreed wall time: the first where the law doubled it, the later reading where it skips it."""
    found = resolve(wall, zone, fold or 0)
    if isinstance(found, Gap):
        return instant(found.readings[1], zone, fold)
    assert isinstance(found, int), "a fold is resolved by its number"
    return found


def _booking(each: Moved) -> BookingWish:
    held = each.held
    return BookingWish(
        str(held.booking_id), each.starts, each.ends, held.wants, held.booking_id, held.state, held.hold_until
    )


async def carry_out(database: Database, desk: Desk, clock: Clock) -> None:
    """Move what a new release moves; for the clockwork. Where several processes try, one does it."""
    wish = await database.read(prepare, clock())
    if wish is not None:
        await desk.submit(wish)


class LawClerk:
    """Writes down where the lessons are now, and tells their owners the old and the new time."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        """What was prepared from other versions than those that stand is prepared again at the next beat."""
        return [None if self._current(connection, _change(each)) else 0 for each in wishes]

    def _current(self, connection: sa.Connection, change: LawChange) -> bool:
        found = lessons_store.versions(connection, [each.id for each in change.lessons])
        return all(found.get(each.id, (0, None))[0] == each.version for each in change.lessons)

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [self._record(connection, each) for each in results]

    def _record(self, connection: sa.Connection, result: Result) -> int:
        change, now = _change(result.wish), result.wish.now
        store.move_occurrences(connection, [(each.held.id, each.starts, each.ends) for each in change.moved])
        waiting = [each for each in change.moved if each.held.state not in HOLDING]
        set_spans(connection, [(each.held.booking_id, each.starts, each.ends) for each in waiting])
        store.note_release(connection, [each.id for each in change.lessons], change.release)
        store.note_moves(connection, [_move(each, change.release) for each in change.moved])
        concerned = {each.lesson.id: each.lesson for each in change.moved}
        for lesson in concerned.values():
            lessons_store.write_next(connection, lesson.id, lesson.version)
        audit.append(connection, [_entry(each, change, now) for each in concerned.values()])
        displaced = {int(each.reference) for each in result.clashes}
        kept = [each for each in change.moved if each.held.booking_id not in displaced]
        notices.tell(connection, list(_news(connection, kept)), now)
        return len(change.moved)


def _move(each: Moved, release: str) -> dict[str, object]:
    """What waits to be told to attendees until somebody says so."""
    return {
        "lesson_id": each.lesson.id,
        "recurrence": str(each.held.recurrence),
        "release": release,
        "before": each.held.starts,
        "after": each.starts,
    }


def _news(connection: sa.Connection, moved: Sequence[Moved]) -> Iterator[News]:
    """What each owner is told: the dates that moved, with the old time of the first."""
    by_lesson: defaultdict[int, list[Moved]] = defaultdict(list)
    for each in moved:
        by_lesson[each.lesson.id].append(each)
    for lesson in lessons_store.lessons(connection, list(by_lesson)):
        mine = by_lesson[lesson.id]
        known = {each.id: each for each in lesson.dates}
        first = min(mine, key=lambda each: each.starts).held
        yield News("law", lesson, [known[each.held.id] for each in mine], before=(first.starts, first.ends))


def _entry(lesson: Lesson, change: LawChange, now: Instant) -> audit.Entry:
    mine = [each for each in change.moved if each.lesson.id == lesson.id]
    facts = {
        "release": change.release,
        "moved": [[str(each.held.recurrence), each.held.starts, each.starts] for each in mine],
    }
    return audit.Entry(now, None, lesson.institution_id, KIND, "lesson", lesson.id, facts)


def _change(wish: Wish) -> LawChange:
    assert isinstance(wish.payload, LawChange)
    return wish.payload
