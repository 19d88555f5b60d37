"""Who sees what: a series holds its time in one zone, so on partners' clocks it may drift for some weeks.

What it drifts into, such as a partner's night, holiday or appointment, is flagged. Facts come as values, for pages to
render in any language; `sentence` and `flag_sentence` say them in English.
"""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from schedules.recurrence import Occurrence
from schedules.slots import Reason, Timetable
from schedules.slots.timetable import obstacles, reasons, taken
from vclass.core import hours, zones
from vclass.core.spans import Span
from vclass.core.zones import WallTime

__all__ = [
    "Deviation",
    "Flag",
    "FlagReason",
    "Partner",
    "Shift",
    "Week",
    "flag_sentence",
    "flags",
    "sentence",
    "shifts",
]

FlagReason: TypeAlias = Literal[
    "holiday",
    "day_off",
    "out_of_term",
    "no_working_day",
    "before_hours",
    "between_hours",
    "after_hours",
    "busy",
    "worked_holiday",
]

HOUR: Final = 60
DAY: Final = 24 * HOUR
LIST_UP_TO: Final = 2
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BESIDE: Final = {-2: " two days before", -1: " the day before", 0: "", 1: " the day after", 2: " two days after"}
NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six")
FLAGGED: Final[dict[FlagReason, str]] = {
    "holiday": "it is a holiday",
    "day_off": "it is a day off",
    "out_of_term": "it is outside of term",
    "no_working_day": "it is not on a working day",
    "before_hours": "it is before working hours",
    "between_hours": "it is in a break of the working hours",
    "after_hours": "it is after working hours",
    "busy": "it is a busy time in another calendar",
    "worked_holiday": "it is a holiday that is worked",
}


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


@dataclass(frozen=True, slots=True)
class Partner:
    """A side of a lesson with its working time; without a name it is called by the city of its zone.

    ``busy`` are a person's times in other calendars.
    """

    timetable: Timetable
    name: str = ""
    busy: tuple[Span, ...] = ()

    @property
    def label(self) -> str:
        return self.name or zones.city(self.timetable.zone)


@dataclass(frozen=True, slots=True)
class Flag:
    """Occurrences of a series that are at a bad time for a partner, all for the same reason.

    Attributes:
        partner: what the partner is called.
        zone: the partner's zone.
        why: the reason.
        detail: the name of the holiday, the local time, or the day of the week.
        weeks: the occurrences, in order.
        always: whether these are all occurrences of the series.
        weekly: whether there are several and all fall on one weekday, so that week numbers mean something.
    """

    partner: str
    zone: str
    why: FlagReason
    detail: str
    weeks: tuple[Week, ...]
    always: bool
    weekly: bool


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


def flags(occurrences: Sequence[Occurrence], partners: Iterable[Partner]) -> list[Flag]:
    """The occurrences at which partners don't work: on holidays and other days off, out of term, outside of hours."""
    return [flag for partner in partners if occurrences for flag in _flags(occurrences, partner)]


def flag_sentence(flag: Flag) -> str:
    """The flag in English, such as `On 26 Oct it is a holiday for Vienna (National Day)`."""
    detail = f" ({flag.detail})" if flag.detail else ""
    by_week = flag.weekly and flag.why not in {"holiday", "day_off", "worked_holiday", "busy"}
    when = "Every time" if flag.always else _when(flag.weeks, weekly=by_week)
    return f"{when} {FLAGGED[flag.why]} for {flag.partner}{detail}."


def _shift(occurrences: Sequence[Occurrence], zone: str) -> Shift:
    seen = _seen(occurrences, zone)
    (days, usual), _ = Counter(map(_look, seen)).most_common(1)[0]
    odd = tuple(week for week in seen if _look(week) != (days, usual))
    return Shift(zone, usual, days, odd, _is_weekly(seen))


def _flags(occurrences: Sequence[Occurrence], partner: Partner) -> Iterator[Flag]:
    timetable = partner.timetable
    seen = _seen(occurrences, timetable.zone)
    horizon = max(each.ends for each in occurrences)
    clock = list(hours.stretches(timetable.zone, min(each.starts for each in occurrences), horizon))
    against = [*obstacles(timetable, clock), taken(partner.busy)]
    grouped: dict[tuple[FlagReason, str], list[Week]] = {}
    for occurrence, week in zip(occurrences, seen, strict=True):
        reason = next(iter(reasons(against, (occurrence.starts, occurrence.ends), horizon)), None)
        if reason is not None:
            grouped.setdefault(_flagged(reason, timetable, week.local), []).append(week)
    for (why, detail), weeks in grouped.items():
        always = len(weeks) == len(seen) > 1
        weekly = len(seen) > 1 and _is_weekly(seen)
        yield Flag(partner.label, timetable.zone, why, detail, tuple(weeks), always, weekly)


def _flagged(reason: Reason, timetable: Timetable, local: WallTime) -> tuple[FlagReason, str]:
    """Why an occurrence is flagged, and what to say beside it; the first reason is the plainest."""
    if reason.why == "outside_hours":
        return _outside(timetable, local)
    return reason.why, reason.name


def _outside(timetable: Timetable, local: WallTime) -> tuple[FlagReason, str]:
    minute, date = _minutes(local.time), local.date
    today = [each for each in timetable.hours if each.weekday == date.weekday() and each.holds_on(date)]
    if not today:
        return "no_working_day", _weekday(local)
    if minute < min(each.opens_minute for each in today):
        return "before_hours", f"{local.time:%H:%M}"
    over = any(each.opens_minute > minute for each in today)
    return "between_hours" if over else "after_hours", f"{local.time:%H:%M}"


def _seen(occurrences: Sequence[Occurrence], zone: str) -> list[Week]:
    first = occurrences[0].recurrence.date
    return [
        Week((each.recurrence.date - first).days // 7 + 1, each.recurrence, zones.local(each.starts, zone))
        for each in occurrences
    ]


def _is_weekly(seen: Sequence[Week]) -> bool:
    return len({week.recurrence.date.weekday() for week in seen}) == 1


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
