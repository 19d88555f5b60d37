"""How the meetings of a lesson change with it: which stay, which move, which are new or gone. Pure.

What took place stays as it was, and what was cancelled stays off. A meeting that was moved alone keeps its own time,
and one that has rooms of its own keeps them, unless the change takes away the date that it belongs to.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from rooms import Want
from schedules.ical import published_starts
from schedules.model import Held, Lesson, Planned, Timing, same
from schedules.recurrence import WEEKDAYS, Occurrence
from schedules.refusals import AlreadyBegunError, InThePastError, OverlapError
from vclass.core.zones import Instant, WallTime, local


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
    rows = paired(lesson.dates, occurrences, _places(lesson.draft.timing, after), now)
    begun = [each for each in lesson.dates if each.stands and each.starts <= now]
    lost = len(begun) - len({each.id for each in begun} & {each.id for each in rows.values()})
    if lost:
        raise AlreadyBegunError(lesson, now, lost=lost)
    missed = [each.recurrence.date for each in occurrences if each.starts <= now and each.recurrence not in rows]
    if missed and not begun:
        raise InThePastError(after.start, after.zone, now)
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


def carried(before: Timing, after: Timing) -> Timing:
    """The new timing where only the first date moved and the rule was left as it is: its weekday moves along.

    Dates that were left out stay so: each stands for its place in the rule, unless it is still a date of it.
    """
    rule = after.rule
    if rule is None or rule != before.rule or after.start.date == before.start.date:
        return after
    if len(rule.weekdays) == 1:
        rule = replace(rule, weekdays=(WEEKDAYS[after.start.date.weekday()],))
    former, dates = before.rule.dates(before.start.date), rule.dates(after.start.date)
    places = dict(zip(former, dates, strict=False))
    kept = {each if each in dates else places.get(each) for each in rule.except_}
    return replace(after, rule=replace(rule, except_=tuple(sorted(each for each in kept if each is not None))))


def shifted(start: WallTime, by: WallTime, to: WallTime) -> WallTime:
    """A start at the same hour, as many days from one date as it is from another."""
    return start.on(to.date).plus_days((start.date - by.date).days)


def cut(timing: Timing, first: dt.date) -> tuple[Timing, Timing]:
    """The two halves of a series: what comes before a date of the rule, and what begins with it."""
    rule = timing.rule
    assert rule is not None, "a lesson that doesn't repeat has no halves"
    dates = rule.dates(timing.start.date)
    early = [each for each in dates if each < first]
    before, rest = (tuple(each for each in rule.except_ if (each < first) is half) for half in (True, False))
    ends: dict[str, Any] = {"count": len(early)} if rule.until is None else {"until": early[-1]}
    goes_on: dict[str, Any] = {"count": len(dates) - len(early)} if rule.until is None else {}
    return (
        replace(timing, rule=replace(rule, except_=before, **ends)),
        replace(timing, start=timing.start.on(first), rule=replace(rule, except_=rest, **goes_on)),
    )


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


def paired(
    rows: Sequence[Held], occurrences: Sequence[Occurrence], places: Mapping[dt.date, dt.date], now: Instant
) -> dict[WallTime, Held]:
    """Which row each occurrence of a new rule takes over: that of its name, its date, its place, or the next in order.

    ``places`` gives for each date of the old rule the one that has its place in the new one.
    """
    names = {each.recurrence for each in occurrences}
    found = {each.recurrence: each for each in rows if each.recurrence in names}
    found |= _on_dates(_others(rows, found), _free(occurrences, found), {})
    for begun in (True, False):  # what took place takes no date that is still to come
        some = [each for each in rows if (each.starts <= now) is begun]
        dates = [each for each in occurrences if (each.starts <= now) is begun]
        found |= _on_dates(_others(some, found), _free(dates, found), places)
        standing = [each for each in _others(some, found) if each.state != "cancelled"]
        found |= zip((each.recurrence for each in _free(dates, found)), standing, strict=False)
    return found


def _on_dates(
    rows: Iterable[Held], free: Iterable[Occurrence], places: Mapping[dt.date, dt.date]
) -> dict[WallTime, Held]:
    """The rows whose date, or the one in its place, is free."""
    dates = {each.recurrence.date: each.recurrence for each in free}
    found: dict[WallTime, Held] = {}
    for row in rows:
        date = row.recurrence.date
        wall = dates.pop(places.get(date, date), None)
        if wall is not None:
            found[wall] = row
    return found


def _free(occurrences: Iterable[Occurrence], found: Mapping[WallTime, Held]) -> list[Occurrence]:
    return [each for each in occurrences if each.recurrence not in found]


def _places(before: Timing, after: Timing) -> dict[dt.date, dt.date]:
    if before.rule is None or after.rule is None:
        return {}
    return dict(zip(before.rule.dates(before.start.date), after.rule.dates(after.start.date), strict=False))


def _others(rows: Iterable[Held], found: Mapping[WallTime, Held]) -> list[Held]:
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
