"""Whose clock a time is on: a zone of the database, by its own or Microsoft's name, or one that the file defines."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from vclass.core import zones
from vclass.core.zones import Instant, UnknownZoneError, WallTime
from vclass.icsreader.values import Moment

LONGEST_NAME: Final = 200
LONGEST_ZONE: Final = 20_000
MOST_DEFINED: Final = 40
TZID: Final = re.compile(r"^TZID[^:\r\n]*:(.*?)\s*$", re.MULTILINE)
RULES: Final = re.compile(r"^RRULE[^:\r\n]*:(?!.*FREQ=(?:YEARLY|MONTHLY))", re.MULTILINE | re.IGNORECASE)
"""A rule that gives more than a few changes a year."""

EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SECOND: Final = dt.timedelta(seconds=1)


class UndefinedZoneError(ValueError):
    """A time in a zone that neither the database nor the file knows."""


class Clock(Protocol):
    """From wall times to instants and back; a skipped time counts from before, a doubled one is the first."""

    def instant(self, wall: dt.datetime) -> Instant: ...
    def wall(self, instant: Instant) -> dt.datetime: ...


@dataclass(frozen=True, slots=True)
class Named:
    """The clock of a zone of the database."""

    zone: str

    def instant(self, wall: dt.datetime) -> Instant:
        found = zones.resolve(WallTime(wall.date(), wall.time()), self.zone, fold=0)
        if isinstance(found, zones.Gap):
            return self.instant(dt.datetime.combine(found.readings[1].date, found.readings[1].time))
        assert isinstance(found, int), "a fold was asked for"
        return found

    def wall(self, instant: Instant) -> dt.datetime:
        shown = zones.local(instant, self.zone)
        return dt.datetime.combine(shown.date, shown.time)


@dataclass(frozen=True, slots=True)
class Defined:
    """A clock that goes as a VTIMEZONE of the file says."""

    rules: dt.tzinfo

    def instant(self, wall: dt.datetime) -> Instant:
        return (wall.replace(tzinfo=self.rules) - EPOCH) // SECOND

    def wall(self, instant: Instant) -> dt.datetime:
        return dt.datetime.fromtimestamp(instant, self.rules).replace(tzinfo=None)


UTC: Final = Named("Etc/UTC")


@dataclass(slots=True)
class Clocks:
    """The clocks that a file speaks of.

    Attributes:
        floating: the clock of times without a zone.
        rehung: the clock on which repeating times in UTC are meant (X-WR-TIMEZONE), if the file names one.
        definitions: the VTIMEZONEs of the file by name, as they are written.
    """

    floating: Clock
    rehung: Clock | None = None
    definitions: dict[str, str] = field(default_factory=dict)
    _known: dict[str, Clock | None] = field(default_factory=dict)
    _read: int = 0

    def of(self, moment: Moment) -> Clock:
        """The clock of a moment.

        Raises:
            UndefinedZoneError: Nobody knows it; it is not taken for UTC.
        """
        if moment.utc:
            return UTC
        if moment.tzid is None:
            return self.floating
        if moment.tzid not in self._known:
            self._known[moment.tzid] = named(moment.tzid) or self._defined(moment.tzid) or within(moment.tzid)
        clock = self._known[moment.tzid]
        if clock is None:
            raise UndefinedZoneError(moment.tzid)
        return clock

    def _defined(self, tzid: str) -> Clock | None:
        text = self.definitions.get(tzid, "")
        if not text or len(text) > LONGEST_ZONE or RULES.search(text) or self._read == MOST_DEFINED:
            return None
        self._read += 1
        from icalendar import Timezone  # noqa: PLC0415  heavy, and few files need it

        try:
            zone = Timezone.from_ical(text)
            assert isinstance(zone, Timezone), "the text is that of a VTIMEZONE"
            rules: dt.tzinfo = zone.to_tz(lookup_tzid=False)
            dt.datetime(2026, 1, 1, tzinfo=rules).utcoffset()
        except Exception:  # noqa: BLE001  a zone that its reader can't read is none; its events are reported
            return None
        return Defined(rules)


def definitions(written: Iterable[Iterable[str]]) -> dict[str, str]:
    """VTIMEZONEs by name as they are written, the first of each, from the lines of all of them."""
    found: dict[str, str] = {}
    for lines in written:
        text = "".join(f"{line}\r\n" for line in lines)
        if match := TZID.search(text):
            found.setdefault(match[1], text)
    return found


def named(name: str) -> Named | None:
    """The zone that a name means in the database or at Microsoft."""
    name = name.strip().strip('"')
    if len(name) > LONGEST_NAME:
        return None
    try:
        return Named(zones.canonical(name))
    except UnknownZoneError:
        pass
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415  heavy, and few files need it

    found = WINDOWS_TO_OLSON.get(name)
    return None if found is None else Named(zones.canonical(found))


def within(name: str) -> Named | None:
    """The zone at the end of a name such as ``/example.org/2026f/Europe/Kyiv``."""
    name = name.strip()
    if len(name) > LONGEST_NAME or not name.startswith("/"):
        return None
    parts = name.strip("/").split("/")
    return next((found for first in range(len(parts)) if (found := named("/".join(parts[first:])))), None)
