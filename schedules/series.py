"""How the meetings of a lesson change with it: which stay, which move, which are new or gone. Pure.

What took place stays as it was, and what was cancelled stays off. A meeting that was moved alone keeps its own time,
and one that has rooms of its own keeps them, unless the change takes away the date that it belongs to.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rooms import Want
from schedules.ical import published_starts
from schedules.model import AlreadyBegunError, Held, InThePastError, Lesson, OverlapError, Planned, Timing, same
from schedules.recurrence import Occurrence
from vclass.core.zones import Instant, WallTime, local

LOST = (
    "{number} of these meetings took place on dates that the new ones don't include. Change this and the following "
    "meetings instead (scope=following), so that those before stay as they were."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What each meeting of a lesson wants: rooms and kit, and its teachers' time."""

    things: tuple[Want, ...]
    people: tuple[Want, ...] = ()

    @property
    def all(self) -> tuple[Want, ...]:
        return (*self.things, *self.people)


def as_it_is(held: Held) -> Planned:
    """The plan to leave a meeting alone."""
    return Planned(held.recurrence, held.start, held.minutes, held.fold, held.starts, held.ends, held.wants, held)


def rearranged(
    lesson: Lesson, after: Timing, occurrences: Sequence[Occurrence], now: Instant
) -> tuple[Timing, tuple[Planned, ...]]:
    """The meetings of a lesson whose time or rule changes, and the timing without dates that have passed unused.

    Args:
        lesson: As it stands.
        after: When it shall be.
        occurrences: What that comes to.
        now: Meetings that began by then stay.

    Raises:
        AlreadyBegunError: Some took place on dates that the new rule doesn't have.
        InThePastError: None took place yet, and the first would lie behind us.
    """
    rows = paired(lesson.dates, occurrences, now)
    begun = [each for each in lesson.dates if each.stands and each.starts <= now]
    lost = len(begun) - len({each.id for each in begun} & {each.id for each in rows.values()})
    if lost:
        raise AlreadyBegunError(LOST.format(number=lost))
    missed = [each.recurrence.date for each in occurrences if each.starts <= now and each.recurrence not in rows]
    if missed and not begun:
        raise InThePastError
    places = [each for each in occurrences if each.recurrence in rows or each.starts > now]
    plan = tuple(_placed(each, rows.get(each.recurrence), lesson.draft.timing, after, now) for each in places)
    return without(after, missed), plan


def furnished(plan: Iterable[Planned], before: Wanted, after: Wanted, now: Instant) -> tuple[Planned, ...]:
    """The same meetings with what each wants; ``before`` and ``after`` is what one of the lesson usually does."""
    return tuple(each if _is_settled(each, now) else replace(each, wants=_wants(each, before, after)) for each in plan)


def without(timing: Timing, dates: Iterable[dt.date]) -> Timing:
    """The timing with more dates left out."""
    more = set(dates)
    if not more or timing.rule is None:
        return timing
    return replace(timing, rule=replace(timing.rule, except_=tuple(sorted({*timing.rule.except_, *more}))))


def check_apart(plan: Iterable[Planned], zone: str) -> None:
    """Refuse a plan in which a meeting that changes would meet another one.

    Raises:
        OverlapError: Names both.
    """
    in_order = sorted((each for each in plan if each.stands), key=lambda each: each.span)
    for one, other in pairwise(in_order):
        if one.ends > other.starts and not (one.stays and other.stays):
            moved, stays = (one, other) if other.stays else (other, one)
            raise OverlapError(moved, stays, zone)


def published(lesson: Lesson, plan: Sequence[Planned]) -> dict[WallTime, Instant]:
    """By which start calendars know each planned meeting; where nobody has heard of the lesson, its own."""
    if lesson.published_at is None:
        return {each.recurrence: each.starts for each in plan}
    kept = {each.of.id: each.recurrence for each in plan if each.of is not None}
    known = {
        kept.get(each.id, each.recurrence): each.starts if each.published_start is None else each.published_start
        for each in lesson.dates
    }
    return published_starts(known, [Occurrence(each.recurrence, each.starts, each.ends) for each in plan])


def paired(rows: Sequence[Held], occurrences: Sequence[Occurrence], now: Instant) -> dict[WallTime, Held]:
    """Which row each occurrence of a new rule takes over: that of its name, of its date, or else the next in order."""
    found = {each.recurrence: each for each in rows if each.recurrence in {o.recurrence for o in occurrences}}
    dates = {each.recurrence.date: each.recurrence for each in occurrences if each.recurrence not in found}
    for row in _others(rows, found):
        if (wall := dates.pop(row.recurrence.date, None)) is not None:
            found[wall] = row
    standing = [each for each in _others(rows, found) if each.state != "cancelled"]
    free = [each for each in occurrences if each.recurrence not in found]
    for begun in (True, False):
        some = (row for row in standing if (row.starts <= now) is begun)
        found |= zip((each.recurrence for each in free if (each.starts <= now) is begun), some, strict=False)
    return found


def _others(rows: Iterable[Held], found: dict[WallTime, Held]) -> list[Held]:
    taken = {each.id for each in found.values()}
    return [each for each in rows if each.id not in taken]


def _placed(occurrence: Occurrence, row: Held | None, before: Timing, after: Timing, now: Instant) -> Planned:
    name = occurrence.recurrence
    new = Planned(name, name, after.minutes, after.fold, occurrence.starts, occurrence.ends, (), row)
    if row is None:
        return new
    new = replace(new, wants=row.wants, recurrence=row.recurrence if after.rule is None else name)
    if row.starts <= now or row.state == "cancelled":
        return replace(new, start=local(row.starts, after.zone), minutes=row.minutes, starts=row.starts, ends=row.ends)
    moved_alone = before.rule is not None and row.start != row.recurrence and row.recurrence == name
    if (moved_alone and before.zone == after.zone) or occurrence.starts <= now:
        minutes = after.minutes if row.minutes == before.minutes else row.minutes
        start = local(row.starts, after.zone)
        return replace(
            new, start=start, fold=row.fold, minutes=minutes, starts=row.starts, ends=row.starts + 60 * minutes
        )
    return new


def _is_settled(each: Planned, now: Instant) -> bool:
    return each.of is not None and (each.of.starts <= now or each.of.state == "cancelled")


def _wants(each: Planned, before: Wanted, after: Wanted) -> tuple[Want, ...]:
    if each.of is None:
        return after.all
    people = {want.resource_id for want in (*before.people, *after.people)}
    things = tuple(want for want in each.of.wants if want.resource_id not in people)
    own = tuple(want for want in each.of.wants if want.resource_id in people)
    return (
        *(after.things if same(things, before.things) else things),
        *(own if same(before.people, after.people) else after.people),
    )
