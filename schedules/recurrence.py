"""Repetition in wall time: a rule, its dates, their instants, and its iCalendar text.

Each occurrence starts at the same wall time in the anchor zone; its instant follows the zone's clocks. The end is
start plus minutes. A series has at most 366 occurrences (`MOST`) within 800 days (`LONGEST`).
"""

import bisect
import datetime as dt
import functools
import itertools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, get_args

from vclass.core import zones
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.zones import Fold, Gap, Instant, WallTime

__all__ = [
    "LONGEST",
    "MOST",
    "WEEKDAYS",
    "Every",
    "Expansion",
    "Occurrence",
    "Rule",
    "RuleError",
    "expand",
    "instants",
    "rrule",
]

Every: TypeAlias = Literal["day", "week", "month"]

MOST: Final = 366
LONGEST: Final = 800
DAY: Final = 86400
EPOCH: Final = dt.date(1970, 1, 1).toordinal()
MARGIN: Final = 3 * DAY
"""No clock is further from UTC, nor from what it showed before a change."""
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: Final[dict[Every, str]] = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}


class RuleError(InvalidInputError):
    """A rule that cannot be; `field` is the name inside the API's `repeat`."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__([FieldError(f"repeat.{field}", sentence)])


@dataclass(frozen=True, slots=True)
class Rule:
    """How a lesson repeats.

    Attributes:
        every: the unit of repetition.
        interval: every how many units.
        weekdays: for weeks, `MO` to `SU`; empty means the weekday of the start. Weeks begin on Monday.
        count: how many dates the rule has, those in `except_` included (as COUNT of RFC 5545).
        until: instead of `count`, the last date, inclusive, in the anchor zone.
        except_: dates that are left out.
    """

    every: Every
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    count: int | None = None
    until: dt.date | None = None
    except_: tuple[dt.date, ...] = ()

    def __post_init__(self) -> None:
        if self.every not in get_args(Every):
            raise RuleError("every", "A lesson repeats every day, week or month.")
        if not 1 <= self.interval <= LONGEST:
            raise RuleError("interval", f"The interval is a number from 1 to {LONGEST}.")
        self._check_weekdays()
        if (self.count is None) == (self.until is None):
            raise RuleError("count", "Say either how many times (count) or until which date (until).")
        if self.count is not None and not 1 <= self.count <= MOST:
            raise RuleError("count", f"A lesson repeats from 1 to {MOST} times.")

    def _check_weekdays(self) -> None:
        if self.weekdays and self.every != "week":
            raise RuleError("weekdays", "Weekdays belong to a lesson that repeats every week.")
        if len(set(self.weekdays) & set(WEEKDAYS)) != len(self.weekdays):
            raise RuleError("weekdays", f"Weekdays are {', '.join(WEEKDAYS)}, each at most once.")

    @property
    def weekly(self) -> bool:
        """Whether it is each week on the weekday of its first date; other series are told of by their number."""
        return self.every == "week" and self.interval == 1 and len(self.weekdays) <= 1

    def dates(self, start: dt.date) -> list[dt.date]:
        """All dates of the rule, those in `except_` included; the first is `start`.

        Raises:
            RuleError: when the rule and its start don't agree, or the series is too long.
        """
        self._check_start(start)
        if self.until is None:
            return self._counted(start, self.count or MOST)
        until = self.until
        steps = itertools.takewhile(lambda date: date <= until, self._steps(start))
        found = list(itertools.islice(steps, MOST + 1))
        if len(found) > MOST:
            raise RuleError("until", f"That is more than {MOST} times. Choose an earlier date.")
        return found

    def _counted(self, start: dt.date, count: int) -> list[dt.date]:
        found = list(itertools.islice(self._steps(start), count))
        if len(found) < count or (found[-1] - start).days > LONGEST:
            raise RuleError("count", f"That goes on for more than {LONGEST} days. Repeat fewer times.")
        return found

    def months_without(self, start: dt.date) -> list[str]:
        """Months that a monthly rule passes over since they lack the day number, such as `2027-02`."""
        if self.every != "month":
            return []
        last = self.dates(start)[-1] if self.until is None else self.until
        months = itertools.takewhile(lambda month: month <= (last.year, last.month), self._months(start))
        return [f"{year}-{month:02}" for year, month in months if _day(year, month, start.day) is None]

    def counted(self, start: dt.date) -> "Rule":
        """The same dates said by `count`, which every calendar program reads alike."""
        return replace(self, count=len(self.dates(start)), until=None)

    def _check_start(self, start: dt.date) -> None:
        day = WEEKDAYS[start.weekday()]
        if self.weekdays and day not in self.weekdays:
            raise RuleError(
                "weekdays", f"The lesson starts on {start} ({day}), which isn't among the weekdays. Add {day} to them."
            )
        if self.until is not None and not start <= self.until <= start + dt.timedelta(LONGEST):
            raise RuleError("until", f"The last date is from {start} on, at most {LONGEST} days later.")

    def _steps(self, start: dt.date) -> Iterator[dt.date]:
        """Dates of the rule from `start` on, without end."""
        if self.every == "month":
            dates = (_day(year, month, start.day) for year, month in self._months(start))
            return (date for date in dates if date is not None)
        if self.every == "day":
            return _every(start, self.interval)
        if len(self.weekdays) <= 1:
            return _every(start, 7 * self.interval)
        monday = start - dt.timedelta(start.weekday())
        wanted = sorted(WEEKDAYS.index(day) for day in self.weekdays)
        weeks = _every(monday, 7 * self.interval)
        days = (week + dt.timedelta(day) for week in weeks for day in wanted)
        return (date for date in days if date >= start)

    def _months(self, start: dt.date) -> Iterator[tuple[int, int]]:
        first = start.year * 12 + start.month - 1
        for month in range(first, first + LONGEST // 28 + 1, self.interval):
            yield month // 12, month % 12 + 1


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One lesson of a series (or the only one): its original wall start, which names it, and its span."""

    recurrence: WallTime
    starts: Instant
    ends: Instant


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a start and a rule come to.

    Attributes:
        occurrences: in order of time, without the excepted dates.
        gaps: starts that the clocks skip; the caller refuses them, or puts their dates into `except_`.
        folds: starts that the clocks show twice, where no `fold` was given.
        months_without: months that lack the day of a monthly rule.
    """

    occurrences: tuple[Occurrence, ...]
    gaps: tuple[Gap, ...] = ()
    folds: tuple[Fold, ...] = ()
    months_without: tuple[str, ...] = ()


def expand(start: WallTime, zone: str, minutes: int, rule: Rule | None = None, fold: int | None = None) -> Expansion:
    """All occurrences of a lesson anchored in `zone`; `fold` holds for every doubled start.

    Raises:
        RuleError: when the rule and its start don't agree, or the series is too long.
        UnknownZoneError: for a zone that isn't one.
    """
    dates: Sequence[dt.date] = rule.dates(start.date) if rule else [start.date]
    if rule and rule.except_:
        left_out = frozenset(rule.except_)
        dates = [date for date in dates if date not in left_out]
    at = instants(dates, start.time, zone, fold)
    wrong = [each for each in at if not isinstance(each, int)]
    if wrong:
        dates = [date for date, each in zip(dates, at, strict=True) if isinstance(each, int)]
    starts = [each for each in at if isinstance(each, int)]
    ends = map(operator.add, starts, itertools.repeat(60 * minutes))
    return Expansion(
        occurrences=tuple(map(Occurrence, map(WallTime, dates, itertools.repeat(start.time)), starts, ends)),
        gaps=tuple(gap for gap in wrong if isinstance(gap, Gap)),
        folds=tuple(twice for twice in wrong if isinstance(twice, Fold)),
        months_without=tuple(rule.months_without(start.date)) if rule else (),
    )


def instants(dates: Sequence[dt.date], time: dt.time, zone: str, fold: int | None = None) -> list[Instant | Gap | Fold]:
    """What `zones.resolve` says of a time of day on many dates: the offset is looked up, not asked for each of them.

    Raises:
        UnknownZoneError: for a zone that isn't one.
    """
    if not dates:
        return []
    edges, offsets = _offsets(zones.version(), zone, dates[0].year, dates[-1].year)
    midnight = 3600 * time.hour + 60 * time.minute + time.second - DAY * EPOCH
    walls = [DAY * date.toordinal() + midnight for date in dates]
    shifts = [offsets[bisect.bisect(edges, wall)] for wall in walls]
    if None not in shifts:
        return list(map(operator.sub, walls, shifts))
    return [
        zones.resolve(WallTime(date, time), zone, fold) if shift is None else wall - shift
        for date, wall, shift in zip(dates, walls, shifts, strict=True)
    ]


@functools.lru_cache(maxsize=2048)
def _offsets(_release: str, zone: str, first: int, last: int) -> tuple[list[int], list[int | None]]:
    """From which wall second on which offset holds in some years; None while clocks skip or repeat what they show."""
    begins, ends = (DAY * (dt.date(year, 1, 1).toordinal() - EPOCH) for year in (first, last + 1))
    edges: list[int] = []
    offsets: list[int | None] = [zones.offset(begins - MARGIN, zone)]
    for each in zones.changes(zone, begins - MARGIN, ends + MARGIN):
        edges += sorted((each.at + each.before, each.at + each.after))
        offsets += [None, each.after]
    return (edges, offsets) if edges == sorted(edges) else ([], [None])


def rrule(rule: Rule, start: WallTime, zone: str) -> str:
    """The value of RRULE (RFC 5545 section 3.3.10); UNTIL is in UTC, as it must be beside a TZID."""
    parts = [f"FREQ={FREQUENCIES[rule.every]}"]
    if rule.interval > 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.count is not None:
        parts.append(f"COUNT={rule.count}")
    elif rule.until is not None:
        parts.append(f"UNTIL={_last_moment(start.on(rule.until), zone)}")
    if len(rule.weekdays) > 1:
        parts.append(f"BYDAY={','.join(sorted(rule.weekdays, key=WEEKDAYS.index))}")
    return ";".join(parts)


def _last_moment(wall: WallTime, zone: str) -> str:
    instant = zones.resolve(wall, zone, fold=1)
    if isinstance(instant, int):
        return dt.datetime.fromtimestamp(instant, dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    assert isinstance(instant, Gap)
    return _last_moment(instant.readings[1], zone)


def _every(first: dt.date, days: int) -> Iterator[dt.date]:
    step = dt.timedelta(days)
    while True:
        yield first
        first += step


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
