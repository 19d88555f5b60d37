"""VTIMEZONE in the one shape that every calendar program reads alike (RFC 5545 section 3.6.5; MS-STANOICAL).

At most one STANDARD and one DAYLIGHT, each with a yearly RRULE from 1970 on and no RDATE: Outlook knows nothing else.
The rules are found from the zone's changes over the coming years and kept only if they give exactly those changes;
a zone with other habits has no definition, and its lessons are published in UTC.
"""

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schedules.ical import writer
from schedules.recurrence import WEEKDAYS
from vclass.core import zones
from vclass.core.zones import Change, Instant, WallTime

__all__ = ["HORIZON_YEARS", "definition"]

HORIZON_YEARS: Final = 6
YEAR: Final = 31_556_952  # mean Gregorian
FIRST: Final = 1970
LAST_WEEK: Final = -1
BOTH: Final = (False, True)
UTC: Final = "Etc/UTC"


@dataclass(frozen=True, slots=True)
class Yearly:
    """A change of clocks that comes back each year on the nth (or last) weekday of a month."""

    month: int
    week: int
    weekday: int
    time: dt.time
    before: int
    after: int
    name: str

    def onset(self, year: int) -> WallTime:
        """When it happens in a year, as the clocks show it before the change."""
        if self.week == LAST_WEEK:
            last = dt.date(year + self.month // 12, self.month % 12 + 1, 1) - dt.timedelta(1)
            return WallTime(last - dt.timedelta((last.weekday() - self.weekday) % 7), self.time)
        first = dt.date(year, self.month, 1)
        days = (self.weekday - first.weekday()) % 7 + 7 * (self.week - 1)
        return WallTime(first + dt.timedelta(days), self.time)

    def change(self, year: int) -> Change:
        return Change(_as_utc(self.onset(year)) - self.before, self.before, self.after, self.name)

    def lines(self) -> list[str]:
        """The sub-component; what sets the clocks forward is DAYLIGHT, whatever the law calls it."""
        kind = "DAYLIGHT" if self.after > self.before else "STANDARD"
        rule = f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={self.week}{WEEKDAYS[self.weekday]}"
        return _observance(kind, self.onset(FIRST), (self.before, self.after), self.name, rule)


@functools.lru_cache(maxsize=1024)
def definition(zone: str, since: Instant) -> tuple[str, ...] | None:
    """The lines of a VTIMEZONE that holds from `since` for six years, or None if no such one can be written."""
    name, until = zones.canonical(zone), since + HORIZON_YEARS * YEAR
    found = list(zones.changes(name, since, until))
    if not found:
        return _whole(name, _fixed(name, since))
    rules = [_yearly([change for change in found if (change.after > change.before) is forward]) for forward in BOTH]
    kept = [rule for rule in rules if rule is not None]
    if len(kept) != len(rules) or _told(kept, since, until) != found:
        return None
    return _whole(name, [line for rule in kept for line in rule.lines()])


def _yearly(changes: Sequence[Change]) -> Yearly | None:
    """The rule that all of these changes follow, if there is one."""
    onsets = [zones.local(change.at + change.before, UTC) for change in changes]
    looks = {(onset.date.month, onset.date.weekday(), onset.time) for onset in onsets}
    week = _week([onset.date for onset in onsets])
    if len(looks) != 1 or week is None:
        return None
    month, weekday, time = looks.pop()
    first = changes[0]
    return Yearly(month, week, weekday, time, first.before, first.after, first.name)


def _week(dates: Sequence[dt.date]) -> int | None:
    """Which of its weekday in the month all dates are: the last, or the first to fourth."""
    if all((date + dt.timedelta(7)).month != date.month for date in dates):
        return LAST_WEEK
    numbers = {(date.day - 1) // 7 + 1 for date in dates}
    return numbers.pop() if len(numbers) == 1 else None


def _told(rules: Sequence[Yearly], since: Instant, until: Instant) -> list[Change]:
    """The changes that the rules give, to be compared with the zone's own."""
    years = range(zones.local(since, UTC).date.year - 1, zones.local(until, UTC).date.year + 2)
    told = [rule.change(year) for year in years for rule in rules]
    return sorted((change for change in told if since < change.at <= until), key=lambda change: change.at)


def _fixed(zone: str, since: Instant) -> list[str]:
    offset = zones.offset(since, zone)
    start = WallTime(dt.date(FIRST, 1, 1), dt.time())
    return _observance("STANDARD", start, (offset, offset), zones.abbreviation(since, zone))


def _whole(zone: str, observances: Sequence[str]) -> tuple[str, ...]:
    return tuple(writer.component("VTIMEZONE", [writer.prop("TZID", writer.text(zone)), *observances]))


def _observance(kind: str, start: WallTime, offsets: tuple[int, int], name: str, rule: str | None = None) -> list[str]:
    lines = [
        writer.prop("DTSTART", writer.local(start)),
        writer.prop("TZOFFSETFROM", _offset(offsets[0])),
        writer.prop("TZOFFSETTO", _offset(offsets[1])),
        writer.prop("TZNAME", writer.text(name)),
    ]
    if rule:
        lines.append(writer.prop("RRULE", rule))
    return writer.component(kind, lines)


def _offset(seconds: int) -> str:
    return zones.offset_text(seconds).replace(":", "")


def _as_utc(wall: WallTime) -> Instant:
    instant = zones.resolve(wall, UTC)
    assert isinstance(instant, int)
    return instant
