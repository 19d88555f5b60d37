"""When somebody works, and what stands in the way of a lesson at some time, as data."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, Literal, TypeAlias

from vclass.core import hours, spans
from vclass.core.hours import Opening, Stretch
from vclass.core.spans import Span
from vclass.core.zones import Instant

__all__ = ["DaysOff", "Obstacle", "Reason", "Timetable", "Why", "closed", "obstacles", "reasons", "taken"]

OffReason: TypeAlias = Literal["holiday", "day_off", "worked_holiday"]
Why: TypeAlias = Literal["holiday", "day_off", "out_of_term", "outside_hours", "busy", "worked_holiday"]

OFF: Final[tuple[OffReason, ...]] = ("holiday", "day_off")


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Whole days, the last one included, on which nobody of a place works, or one person doesn't."""

    first: dt.date
    last: dt.date
    why: OffReason = "holiday"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a person or an institution works, in wall time of its zone.

    Attributes:
        zone: where the clock is that the rest is about.
        hours: weekly; none at all means at any hour.
        off: holidays, closures, leave.
        terms: first and last day of each; none at all means all year.
    """

    zone: str
    hours: tuple[Opening, ...] = ()
    off: tuple[DaysOff, ...] = ()
    terms: tuple[tuple[dt.date, dt.date], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody cannot come; ``until`` is when this ends, where that is known."""

    why: Why
    name: str = ""
    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """All times at which one thing stands in the way, in order and apart, maybe named; a lesson must touch none."""

    why: Why
    spans: tuple[Span, ...]
    names: tuple[str, ...] = ()

    def reason(self, span: Span, horizon: Instant) -> Reason | None:
        """What it says of a span, the latest of several; nothing is known of its end at the horizon."""
        last = bisect_left(self.spans, span[1], key=itemgetter(0)) - 1
        if last < 0 or self.spans[last][1] <= span[0]:
            return None
        ends = self.spans[last][1]
        return Reason(self.why, self.names[last] if self.names else "", ends if ends < horizon else None)


def obstacles(timetable: Timetable, clock: Sequence[Stretch]) -> list[Obstacle]:
    """What a timetable says against lessons while its clock goes, the plainest reason first."""
    found = [_days_off(timetable, why) for why in OFF]
    if timetable.terms:
        in_term = spans.merge(_days(timetable.zone, *term) for term in timetable.terms)
        found.append(Obstacle("out_of_term", tuple(_between(in_term, clock))))
    found += [closed(timetable.hours, clock), _days_off(timetable, "worked_holiday")]
    return [each for each in found if each.spans]


def closed(openings: Sequence[Opening], clock: Sequence[Stretch]) -> Obstacle:
    """The time outside of weekly hours."""
    return Obstacle("outside_hours", tuple(_between(hours.spans_on(openings, clock), clock)))


def taken(busy: Iterable[Span]) -> Obstacle:
    """The time that is busy."""
    return Obstacle("busy", tuple(spans.merge(busy)))


def reasons(against: Iterable[Obstacle], span: Span, horizon: Instant) -> tuple[Reason, ...]:
    """All that stands in the way of a span."""
    said = (each.reason(span, horizon) for each in against)
    return tuple(reason for reason in said if reason is not None)


def _days_off(timetable: Timetable, why: OffReason) -> Obstacle:
    found = sorted((_days(timetable.zone, off.first, off.last), off.name) for off in timetable.off if off.why == why)
    apart = list(_apart(found))
    return Obstacle(why, tuple(span for span, _ in apart), tuple(name for _, name in apart))


def _apart(named: Iterable[tuple[Span, str]]) -> Iterator[tuple[Span, str]]:
    """Each without what an earlier one covers."""
    covered: Instant | None = None
    for (starts, ends), name in named:
        since = starts if covered is None else max(starts, covered)
        if since < ends:
            yield (since, ends), name
            covered = ends


def _days(zone: str, first: dt.date, last: dt.date) -> Span:
    starts, ends = hours.day_span(first, zone)
    return starts, ends if last == first else hours.day_span(last, zone)[1]


def _between(within: Sequence[Span], clock: Sequence[Stretch]) -> Iterator[Span]:
    """The rest of a clock's time."""
    since, last = clock[0][0], clock[-1][1]
    for starts, ends in within:
        if since < starts:
            yield since, min(starts, last)
        since = max(since, ends)
    if since < last:
        yield since, last
