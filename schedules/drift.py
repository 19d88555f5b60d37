"""Who sees what: a series holds its time in one zone, so on partners' clocks it may drift for some weeks.

Facts come as values, for pages to render in any language; `sentence` says them in English.
"""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from schedules.recurrence import Occurrence
from vclass.core import zones
from vclass.core.zones import WallTime

__all__ = ["Deviation", "Shift", "Week", "sentence", "shifts"]

HOUR: Final = 60
DAY: Final = 24 * HOUR
LIST_UP_TO: Final = 2
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BESIDE: Final = {-2: " two days before", -1: " the day before", 0: "", 1: " the day after", 2: " two days after"}
NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six")


@dataclass(frozen=True, slots=True)
class Week:
    """One odd occurrence: its week from the start of the series (1 is the first), and what a partner's clock shows."""

    number: int
    recurrence: WallTime
    local: WallTime


@dataclass(frozen=True, slots=True)
class Deviation:
    """Odd weeks that differ alike: later (or, below zero, earlier) than usual by so many minutes."""

    minutes: int
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """What a series looks like in one zone.

    Attributes:
        zone: the partner's zone, canonical.
        usual: the local time of most occurrences; of equally many, the one that comes first.
        days: days from the anchor's date to the partner's, usually: from -2 to 2.
        weeks: the occurrences that differ, in order.
        weekly: whether all occurrences fall on one weekday, so that week numbers mean something.
    """

    zone: str
    usual: dt.time
    days: int
    weeks: tuple[Week, ...]
    weekly: bool

    def deviations(self) -> tuple[Deviation, ...]:
        """The odd weeks, grouped by how they differ, in order of first appearance."""
        grouped: dict[int, list[Week]] = {}
        for week in self.weeks:
            grouped.setdefault(self._minutes_off(week), []).append(week)
        return tuple(Deviation(minutes, tuple(weeks)) for minutes, weeks in grouped.items())

    def usual_at(self, recurrence: WallTime) -> WallTime:
        """What the partner's clock would show at an occurrence if it were like most."""
        return WallTime(recurrence.date, self.usual).plus_days(self.days)

    def _minutes_off(self, week: Week) -> int:
        expected = self.usual_at(week.recurrence)
        days = (week.local.date - expected.date).days
        return days * DAY + _minutes(week.local.time) - _minutes(expected.time)


def shifts(occurrences: Sequence[Occurrence], anchor: str, partners: Iterable[str]) -> list[Shift]:
    """What each partner zone sees; the anchor's own zone and second names of a zone are left out."""
    if not occurrences:
        return []
    names = dict.fromkeys(zones.canonical(zone) for zone in partners)
    return [_shift(occurrences, zone) for zone in names if zone != zones.canonical(anchor)]


def sentence(shift: Shift) -> str:
    """The shift in English, such as `In week 4 (27 Oct) it is one hour later for Kyiv (12:00 instead of 11:00)`."""
    city = zones.city(shift.zone)
    if not shift.weeks:
        return f"For {city} it is {shift.usual:%H:%M}{BESIDE[shift.days]} every time."
    return " ".join(
        f"{_when(deviation.weeks, weekly=shift.weekly)} it is {_by_how_much(deviation.minutes)} for {city} "
        f"({_instead(shift, deviation.weeks)})."
        for deviation in shift.deviations()
    )


def _shift(occurrences: Sequence[Occurrence], zone: str) -> Shift:
    first = occurrences[0].recurrence.date
    seen = [
        Week(
            (occurrence.recurrence.date - first).days // 7 + 1,
            occurrence.recurrence,
            zones.local(occurrence.starts, zone),
        )
        for occurrence in occurrences
    ]
    (days, usual), _ = Counter(map(_look, seen)).most_common(1)[0]
    odd = tuple(week for week in seen if _look(week) != (days, usual))
    weekly = len({week.recurrence.date.weekday() for week in seen}) == 1
    return Shift(zone, usual, days, odd, weekly)


def _look(week: Week) -> tuple[int, dt.time]:
    """How an occurrence looks: days from the anchor's date, and the time of day."""
    return (week.local.date - week.recurrence.date).days, week.local.time


def _minutes(time: dt.time) -> int:
    return time.hour * HOUR + time.minute


def _when(weeks: Sequence[Week], *, weekly: bool) -> str:
    runs = list(_runs(weeks))
    dates = _listed(_span([_date(week.recurrence.date) for week in run]) for run in runs)
    if not weekly:
        return f"{'From' if ' to ' in dates else 'On'} {dates}"
    numbers = _listed(_span([str(week.number) for week in run]) for run in runs)
    return f"In week{'s' if len(weeks) > 1 else ''} {numbers} ({dates})"


def _runs(weeks: Sequence[Week]) -> Iterator[list[Week]]:
    """Split where a week or more is missing between neighbours."""
    run: list[Week] = []
    for week in weeks:
        if run and week.number > run[-1].number + 1:
            yield run
            run = []
        run.append(week)
    yield run


def _span(labels: Sequence[str]) -> list[str]:
    return list(labels) if len(labels) <= LIST_UP_TO else [f"{labels[0]} to {labels[-1]}"]


def _listed(runs: Iterable[list[str]]) -> str:
    *others, last = itertools.chain.from_iterable(runs)
    return f"{', '.join(others)} and {last}" if others else last


def _date(date: dt.date) -> str:
    return f"{date.day} {MONTHS[date.month - 1]}"


def _by_how_much(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), HOUR)
    number = NUMBERS[hours] if hours < len(NUMBERS) else str(hours)
    parts = [f"{number} hour{'s' if hours > 1 else ''}"] if hours else []
    parts += [f"{rest} minutes"] if rest else []
    return f"{' and '.join(parts)} {'later' if minutes > 0 else 'earlier'}"


def _instead(shift: Shift, weeks: Sequence[Week]) -> str:
    """The odd time and the usual one; with their weekdays when it is another day than in the anchor zone."""
    odd, usual = weeks[0].local, shift.usual_at(weeks[0].recurrence)
    if odd.date == usual.date == weeks[0].recurrence.date:
        return f"{odd.time:%H:%M} instead of {usual.time:%H:%M}"
    if shift.weekly:
        return f"{_weekday(odd)} {odd.time:%H:%M} instead of {_weekday(usual)} {usual.time:%H:%M}"
    days = (odd.date - weeks[0].recurrence.date).days
    return f"{odd.time:%H:%M}{BESIDE[days]} instead of {usual.time:%H:%M}{BESIDE[shift.days]}"


def _weekday(wall: WallTime) -> str:
    return DAYS[wall.date.weekday()]
