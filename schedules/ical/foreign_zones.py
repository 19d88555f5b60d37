"""Zones as other calendar programs name them: by their own names, by Windows', or by a definition of their own.

A definition is read only in the shape that programs write (MS-STANOICAL): a STANDARD and a DAYLIGHT at most, each with
one yearly rule or none. What isn't understood is unknown, never taken for UTC.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from schedules.recurrence import WEEKDAYS
from vclass.core.zones import Instant, WallTime
from vclass.icsreader.clocks import Named, named, within

__all__ = ["Observance", "instant_of", "known_zone", "observance"]

UTC: Final = "Etc/UTC"
RULE: Final = re.compile(r"(?P<nth>-1|[1-4])(?P<day>MO|TU|WE|TH|FR|SA|SU)")
OFFSET: Final = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
WEEK: Final = dt.timedelta(7)
HALVES: Final = ("STANDARD", "DAYLIGHT")


@dataclass(frozen=True, slots=True)
class Observance:
    """From when in a year which offset holds: on the nth (-1: last) weekday of a month, or all the year."""

    offset: int
    time: dt.time = dt.time()
    month: int = 1
    nth: int = 0
    weekday: int = 0

    def onset(self, year: int) -> WallTime:
        """When it begins in a year, on the clocks before the change."""
        if not self.nth:
            return WallTime(dt.date(year, 1, 1), dt.time())
        if self.nth > 0:
            first = dt.date(year, self.month, 1)
            day = first + dt.timedelta((self.weekday - first.weekday()) % 7) + (self.nth - 1) * WEEK
        else:
            last = dt.date(year + self.month // 12, self.month % 12 + 1, 1) - dt.timedelta(1)
            day = last - dt.timedelta((last.weekday() - self.weekday) % 7)
        return WallTime(day, self.time)


def known_zone(name: str) -> str | None:
    """Our name for the zone that a program calls so: by IANA, by Windows, or with its maker's name before it."""
    found = named(name) or within(name)
    return None if found is None else found.zone


def observance(lines: Mapping[str, str]) -> Observance | None:
    """What a STANDARD or DAYLIGHT says by its DTSTART, TZOFFSETTO and RRULE; None for anything but a yearly rule."""
    offset, start = OFFSET.fullmatch(lines.get("TZOFFSETTO", "")), _wall(lines.get("DTSTART", ""))
    if offset is None or start is None or "RDATE" in lines:
        return None
    seconds = int(offset[2]) * 3600 + int(offset[3]) * 60 + int(offset[4] or 0)
    shift = -seconds if offset[1] == "-" else seconds
    if "RRULE" not in lines:
        return Observance(shift)
    rule = dict(part.partition("=")[::2] for part in lines["RRULE"].upper().split(";"))
    day, month = RULE.fullmatch(rule.get("BYDAY", "")), rule.get("BYMONTH", "")
    if rule.get("FREQ") != "YEARLY" or day is None or month not in map(str, range(1, 13)) or "UNTIL" in rule:
        return None
    return Observance(shift, start.time, int(month), int(day["nth"]), WEEKDAYS.index(day["day"]))


def instant_of(wall: WallTime, zone: str | None, definition: Iterable[Observance] = ()) -> Instant | None:
    """When that is: by our zone of that name, else by the definition; None where neither tells.

    A time that the clocks skip or show twice is read as RFC 5545 section 3.3.5 says.
    """
    if zone is None:
        return _defined(wall, list(definition))
    return Named(zone).instant(dt.datetime.combine(wall.date, wall.time))


def _defined(wall: WallTime, definition: list[Observance]) -> Instant | None:
    if not definition or len(definition) > len(HALVES) or (len(definition) > 1 and not all(e.nth for e in definition)):
        return None
    year = wall.date.year
    onsets = sorted(
        ((each.onset(when), each.offset) for each in definition for when in (year - 1, year)),
        key=lambda pair: pair[0],
    )
    begun = [offset for onset, offset in onsets if onset <= wall]
    utc = instant_of(wall, UTC)
    return None if utc is None or not begun else utc - begun[-1]


def _wall(text: str) -> WallTime | None:
    """Any year: Outlook begins its rules in 1601."""
    try:
        read = dt.datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007  a wall time has no zone
    except ValueError:
        return None
    return WallTime(read.date(), read.time())
