"""Which dates of a lesson are left out, since an institution that it involves is closed or has no term.

A single meeting on such a day is refused instead; whoever wants it all the same says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from rooms import Time, resources_by_ids
from schedules.model import Draft, Planned, Skipped, Timing
from schedules.recurrence import Occurrence
from schedules.series import without
from schedules.terms import Calendar, ClosedDayError, Hindrance, calendars, hindrance
from vclass.core.spans import Span
from vclass.core.zones import WallTime


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which a lesson of the institution ``home`` should not be."""

    home: int
    calendars: tuple[Calendar, ...] = ()

    def against(self, span: Span) -> Hindrance | None:
        return hindrance(span, self.calendars, self.home)


def days_of(connection: sa.Connection, draft: Draft, home: int) -> Days:
    """What the lesson's own institution plans around, and those whose rooms and kit it has."""
    resources = resources_by_ids(connection, [each.resource_id for each in draft.resources])
    houses = {each.institution_id for each in resources.values() if not isinstance(each, Time)}
    return Days(home, tuple(calendars(connection, houses | {home})))


def open_dates(
    timing: Timing, occurrences: Sequence[Occurrence], days: Days
) -> tuple[Timing, tuple[Occurrence, ...], tuple[Skipped, ...]]:
    """A new lesson without the days that are ruled out.

    Raises:
        ClosedDayError: It is a single lesson, or no date is left.
    """
    found = {each.recurrence: days.against((each.starts, each.ends)) for each in occurrences}
    skipped = tuple(_skipped(each, why) for each, why in found.items() if why is not None)
    first = next((why for why in found.values() if why is not None), None)
    if first is not None and (timing.rule is None or len(skipped) == len(occurrences)):
        raise ClosedDayError(first)
    rest = tuple(each for each in occurrences if found[each.recurrence] is None)
    return without(timing, (each.recurrence.date for each in skipped)), rest, skipped


def open_plan(
    timing: Timing, plan: Iterable[Planned], before: Days, after: Days
) -> tuple[Timing, tuple[Planned, ...], tuple[Skipped, ...]]:
    """A changed lesson without the days that are ruled out; a meeting that was on such a day before may be again.

    Raises:
        ClosedDayError: It is a single lesson, or no date is left.
    """
    kept: list[Planned] = []
    against: dict[WallTime, Hindrance] = {}
    for each in plan:
        why = _newly(each, before, after)
        if why is None:
            kept.append(each)
        else:
            against[each.recurrence] = why
    first = next(iter(against.values()), None)
    if first is not None and (timing.rule is None or not any(each.stands for each in kept)):
        raise ClosedDayError(first)
    skipped = [_skipped(recurrence, why) for recurrence, why in against.items()]
    return without(timing, (each.recurrence.date for each in skipped)), tuple(kept), tuple(skipped)


def check_open(planned: Planned, days: Days) -> None:
    """Refuse one meeting on a day that is ruled out, unless it was on such a day before.

    Raises:
        ClosedDayError: Names why, until when, and a way on.
    """
    if (why := _newly(planned, days, days)) is not None:
        raise ClosedDayError(why)


def still_skipped(skipped: Iterable[Skipped], timing: Timing) -> tuple[Skipped, ...]:
    """Those of the skipped dates that the rule still leaves out, at its time of day."""
    out = () if timing.rule is None else timing.rule.except_
    renamed = (replace(each, recurrence=timing.start.on(each.recurrence.date)) for each in skipped)
    return tuple(each for each in renamed if each.recurrence.date in out)


def _newly(each: Planned, before: Days, after: Days) -> Hindrance | None:
    if each.stays or (each.of is not None and before.against((each.of.starts, each.of.ends)) is not None):
        return None
    return after.against(each.span)


def _skipped(recurrence: WallTime, why: Hindrance) -> Skipped:
    return Skipped(recurrence, why.reason, why.sentence)
