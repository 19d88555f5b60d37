"""Weekly hours in wall time as spans in UTC: when a room is open, when a person works, how long a local day is.

A place is open while its clocks show a time within the hours. So hours that the clocks skip are lost, hours that they
show twice are open twice, and 24:00 touches the next day's 00:00 whatever the clocks do at midnight.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from vclass.core import zones
from vclass.core.spans import Span, merge
from vclass.core.zones import Instant

__all__ = ["Opening", "Stretch", "contains", "day_span", "spans", "spans_on", "stretches"]

Stretch: TypeAlias = tuple[Instant, Instant, int]
"""Start, end, and the seconds east of UTC that hold between them."""

DAY: Final = 86400
MINUTES_A_DAY: Final = 1440
EPOCH_DAY: Final = dt.date(1970, 1, 1).toordinal()
EPOCH_WEEKDAY: Final = 3  # a Thursday
FURTHEST: Final = 16 * 3600  # no zone was ever as far from UTC


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours on one day of the week, in wall time; a day may have many.

    Attributes:
        weekday: 0 is Monday, 6 Sunday, as ``datetime.date.weekday``.
        opens_minute: minutes after 00:00 on the clock.
        closes_minute: likewise; 1440 is 24:00. Hours over midnight are two openings.
        valid_from: the first date on which it holds, if it has one.
        valid_until: the last one, inclusive.
    """

    weekday: int
    opens_minute: int
    closes_minute: int
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:  # noqa: PLR2004  Sunday
            raise ValueError(f"{self.weekday} is no weekday")
        if not 0 <= self.opens_minute < self.closes_minute <= MINUTES_A_DAY:
            raise ValueError(f"hours from minute {self.opens_minute} to {self.closes_minute} cannot be")
        if (self.valid_from or dt.date.min) > (self.valid_until or dt.date.max):
            raise ValueError(f"hours from {self.valid_from} until {self.valid_until} are never valid")

    def holds_on(self, date: dt.date) -> bool:
        """Whether it is valid on a date, whichever weekday that is."""
        return (self.valid_from or dt.date.min) <= date <= (self.valid_until or dt.date.max)


def spans(openings: Sequence[Opening], zone: str, first: Instant, last: Instant) -> list[Span]:
    """When the clocks of a zone show a time within the openings, between two instants; always, if there are none."""
    return spans_on(openings, stretches(zone, first, last))


def spans_on(openings: Sequence[Opening], clock: Iterable[Stretch]) -> list[Span]:
    """The same for a clock whose stretches are known already."""
    if not openings:
        return merge((starts, ends) for starts, ends, _ in clock)
    week = _by_weekday(openings)
    return merge(piece for stretch in clock for piece in _pieces(week, stretch))


def contains(openings: Sequence[Opening], zone: str, span: Span) -> bool:
    """Whether all of a span lies within the openings; it may cross from one into an adjoining one."""
    return spans(openings, zone, *span) == [span]


def day_span(date: dt.date, zone: str) -> Span:
    """A whole local day: 23, 24 or 25 hours as a rule, and empty where a zone left it out."""
    day = date.toordinal() - EPOCH_DAY
    around = list(stretches(zone, day * DAY - FURTHEST, (day + 1) * DAY + FURTHEST))
    return _first_moment(day, around), _first_moment(day + 1, around)


def stretches(zone: str, first: Instant, last: Instant) -> Iterator[Stretch]:
    """The time between two instants, cut where a zone's offset changes."""
    shift = zones.offset(first, zone)
    for change in zones.changes(zone, first, last):
        yield first, change.at, change.before
        first, shift = change.at, change.after
    yield first, last, shift


_Hours: TypeAlias = tuple[int, int, int, int]
"""Seconds after midnight from and to; the first and last day since 1970 on which they hold."""


def _by_weekday(openings: Iterable[Opening]) -> list[list[_Hours]]:
    week: list[list[_Hours]] = [[] for _ in range(7)]
    for each in openings:
        from_day = (each.valid_from or dt.date.min).toordinal() - EPOCH_DAY
        until_day = (each.valid_until or dt.date.max).toordinal() - EPOCH_DAY
        week[each.weekday].append((60 * each.opens_minute, 60 * each.closes_minute, from_day, until_day))
    return week


def _pieces(week: Sequence[Sequence[_Hours]], stretch: Stretch) -> Iterator[Span]:
    starts, ends, shift = stretch
    for day in range((starts + shift) // DAY, (ends + shift) // DAY + 1):
        midnight = day * DAY - shift
        for opens, closes, from_day, until_day in week[(day + EPOCH_WEEKDAY) % 7]:
            if from_day <= day <= until_day:
                yield max(starts, midnight + opens), min(ends, midnight + closes)


def _first_moment(day: int, around: Iterable[Stretch]) -> Instant:
    """The first moment at which the date is that day or, where clocks leap over it, a later one."""
    begins = ((max(starts, day * DAY - shift), ends) for starts, ends, shift in around)
    return next(moment for moment, ends in begins if moment < ends)
