"""Time zones: wall time to instant and back, gaps and folds, names, countries.

The only module that knows `zoneinfo` and `pytz`. Zone rules come from the `tzdata` wheel alone (or from
`VCLASS_TZDATA_DIR`), never from the operating system, whose copy may be another release.
"""

import datetime as dt
import functools
import importlib.resources
import os
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeAlias

import pytz
import tzdata  # type: ignore[import-untyped]  # the wheel has no stubs

from vclass.core.refusals import FieldError, InvalidInputError

__all__ = [
    "Change",
    "Fold",
    "Gap",
    "Instant",
    "InstantError",
    "UnknownZoneError",
    "WallTime",
    "WallTimeError",
    "ZoneDatabaseError",
    "abbreviation",
    "canonical",
    "changes",
    "choices",
    "city",
    "country_zones",
    "local",
    "offset",
    "offset_text",
    "parse_rfc3339",
    "resolve",
    "rfc3339",
    "touches_change",
    "use_database",
    "version",
]

Instant: TypeAlias = int
"""Seconds since 1970-01-01T00:00:00Z."""

WEEK: Final = 7 * 86400
EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199
SHOWN: Final = 40  # characters of a stranger's text repeated in a message
WALL: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)", re.ASCII)
RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)

# Names whose link in tzdata points into another country although their own place has a zone.
NEARER: Final = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Atlantic/Jan_Mayen": "Arctic/Longyearbyen",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}
CITIES: Final = {
    "America/Port-au-Prince": "Port-au-Prince",
    "America/Sao_Paulo": "São Paulo",
    "America/St_Johns": "St. John's",
    "Asia/Ho_Chi_Minh": "Ho Chi Minh City",
}


class UnknownZoneError(InvalidInputError):
    """A name that isn't an IANA time zone, spelled exactly."""

    def __init__(self, name: str, field: str = "zone") -> None:
        sentence = f"{name[:SHOWN]!r} is not a time zone. Choose an IANA name such as Europe/Vienna."
        super().__init__([FieldError(field, sentence)])
        self.name = name


class WallTimeError(InvalidInputError):
    """A text that isn't a wall time."""

    def __init__(self, text: str, field: str = "start") -> None:
        way = "Write a local date and time like 2026-10-06T10:00, without an offset."
        super().__init__([FieldError(field, f"{text[:SHOWN]!r} is not one. {way}")])
        self.text = text


class InstantError(InvalidInputError):
    """A text that isn't an instant of RFC 3339."""

    def __init__(self, text: str, field: str = "instant") -> None:
        way = "Write an instant like 2026-10-06T08:00:00Z."
        super().__init__([FieldError(field, f"{text[:SHOWN]!r} is not one. {way}")])
        self.text = text


class ZoneDatabaseError(RuntimeError):
    """The wheels `tzdata` and `pytz` carry different releases of the time zone database."""


@functools.lru_cache(maxsize=8192)
def _date_and_time(text: str) -> tuple[dt.date, dt.time]:
    """The parts of a wall time; lessons that are read again and again have the same few."""
    match = WALL.fullmatch(text)
    if match is None:
        raise WallTimeError(text)
    try:
        date, time = dt.date.fromisoformat(match[1]), dt.time.fromisoformat(match[2])
    except ValueError:
        raise WallTimeError(text) from None
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise WallTimeError(text)
    return date, time


@dataclass(frozen=True, order=True, slots=True)
class WallTime:
    """What the clock on a wall shows: a date and a time of day, no zone.

    Its text, both ways, is `2026-10-06T10:00`.
    """

    date: dt.date
    time: dt.time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-10-06T10:00`; years 1970 to 2199.

        Raises:
            WallTimeError: for every other text.
        """
        return cls(*_date_and_time(text))

    def on(self, date: dt.date) -> Self:
        """The same time of day on another date."""
        return type(self)(date, self.time)

    def plus_days(self, days: int) -> Self:
        return type(self)(self.date + dt.timedelta(days), self.time)

    def __str__(self) -> str:
        return f"{self.date.isoformat()}T{self.time.isoformat('seconds' if self.time.second else 'minutes')}"


@dataclass(frozen=True, slots=True)
class Gap:
    """A wall time that the clocks skip, with the two times it might have meant."""

    wall: WallTime
    readings: tuple[WallTime, WallTime]


@dataclass(frozen=True, slots=True)
class Fold:
    """A wall time that the clocks show twice, with both instants, the earlier first."""

    wall: WallTime
    instants: tuple[Instant, Instant]


@dataclass(frozen=True, slots=True)
class Change:
    """The moment when a zone's offset changes; offsets in seconds east of UTC."""

    at: Instant
    before: int
    after: int
    name: str


def use_database(directory: Path | None) -> None:
    """Take zone rules from `directory` (compiled zones with their `tzdata.zi`), or from the wheel for None.

    Raises:
        ZoneDatabaseError: when the wheel's release isn't that of `pytz`.
    """
    countries: str = pytz.OLSON_VERSION  # type: ignore[attr-defined]  # its stubs leave it out
    if directory is None and countries != tzdata.IANA_VERSION:
        raise ZoneDatabaseError(
            f"tzdata is {tzdata.IANA_VERSION} but pytz is {countries}. "
            "Install releases of the same number, as config/constraints.txt names them."
        )
    zoneinfo.reset_tzpath(to=() if directory is None else (str(directory.resolve()),))
    zoneinfo.ZoneInfo.clear_cache()
    for cached in (_index, _zone, canonical, choices):
        cached.cache_clear()


def version() -> str:
    """The release of the rules in use, such as `2026f`."""
    return _index().version


@functools.cache
def canonical(name: str) -> str:
    """The one name for a zone: `Europe/Kiev` is `Europe/Kyiv`; a country's own zone keeps its name.

    Raises:
        UnknownZoneError: unless the name is exactly one of the database.
    """
    index = _index()
    if name in index.places:
        return name
    target = NEARER.get(name) or index.links.get(name)
    if target is not None:
        return target
    if name not in index.names:
        raise UnknownZoneError(name)
    return name


@functools.cache
def choices() -> tuple[str, ...]:
    """Canonical names for a zone picker, sorted."""
    names = _index().names
    return tuple(sorted({canonical(name) for name in pytz.common_timezones if name in names}))


def country_zones(country: str) -> tuple[str, ...]:
    """Canonical zones of a country (ISO 3166, two letters), in the database's order; none if unknown."""
    names = _index().names
    try:
        zones = pytz.country_timezones[country]
    except KeyError:
        return ()
    return tuple(dict.fromkeys(canonical(name) for name in zones if name in names))


def city(zone: str) -> str:
    """The place that names a zone, in English: `Kyiv`, `New York`, `Knox, Indiana`, `UTC`."""
    name = canonical(zone)
    if name in CITIES:
        return CITIES[name]
    *regions, place = name.split("/")
    state = [region for region in regions[1:] if region != "Argentina"]
    return ", ".join([place, *state]).replace("_", " ")


def resolve(wall: WallTime | str, zone: str, fold: int | None = None) -> Instant | Gap | Fold:
    """The instant of a wall time in a zone, or what is wrong with it.

    Args:
        wall: a wall time or its text.
        zone: any accepted zone name.
        fold: which of the two to take where the clocks show the time twice: 0 the earlier, 1 the later.
    """
    if isinstance(wall, str):
        wall = WallTime.parse(wall)
    rules = _zone(zone)
    early = dt.datetime.combine(wall.date, wall.time, rules)
    late = dt.datetime.combine(wall.date, _second(wall.time), rules)
    before = int(early.timestamp())
    if early.utcoffset() == late.utcoffset():
        return before
    after = int(late.timestamp())
    if before > after:
        return Gap(wall, (local(after, zone), local(before, zone)))
    return Fold(wall, (before, after)) if fold is None else (before, after)[fold]


def local(instant: Instant, zone: str) -> WallTime:
    """What the clocks of a zone show at an instant."""
    shown = dt.datetime.fromtimestamp(instant, _zone(zone))
    # A wall doesn't show which of two equal times it is; `datetime.time()` would carry that on.
    return WallTime(shown.date(), shown.time().replace(fold=0) if shown.fold else shown.time())


def offset(instant: Instant, zone: str) -> int:
    """Seconds east of UTC in a zone at an instant."""
    shift = dt.datetime.fromtimestamp(instant, _zone(zone)).utcoffset()
    assert shift is not None
    return int(shift.total_seconds())


def offset_text(seconds: int) -> str:
    """An offset as people write it: `+02:00`."""
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}"


def abbreviation(instant: Instant, zone: str) -> str:
    """The database's short name for the offset: `CEST`, `+03`."""
    return dt.datetime.fromtimestamp(instant, _zone(zone)).tzname() or ""


def changes(zone: str, first: Instant, last: Instant) -> Iterator[Change]:
    """All changes of a zone's offset after `first`, up to and including `last`."""
    early, before = first, offset(first, zone)
    while early < last:
        late = min(early + WEEK, last)
        after = offset(late, zone)
        if after == before:
            early = late
            continue
        early = _moment_of_change(zone, early, late)
        after = offset(early, zone)
        yield Change(early, before, after, abbreviation(early, zone))
        before = after


def touches_change(starts: Instant, ends: Instant, zone: str) -> bool:
    """Whether clocks change within the span, or show its start or its end twice.

    Calendar programs disagree about such times (RFC 5545 section 3.3.5 has one rule, most clients another).
    """
    if offset(starts, zone) != offset(ends, zone):
        return True
    return any(isinstance(resolve(local(instant, zone), zone), Fold) for instant in (starts, ends))


def rfc3339(instant: Instant) -> str:
    """`2026-10-06T08:00:00Z`."""
    return dt.datetime.fromtimestamp(instant, dt.UTC).isoformat().replace("+00:00", "Z")


def parse_rfc3339(text: str, field: str = "instant") -> Instant:
    """Read an instant with `Z` or an offset (RFC 3339 section 5.6); fractions of a second are dropped.

    Raises:
        InstantError: for every other text.
    """
    if RFC3339.fullmatch(text) is None:
        raise InstantError(text, field)
    try:
        return (dt.datetime.fromisoformat(text) - EPOCH) // dt.timedelta(seconds=1)
    except ValueError:
        raise InstantError(text, field) from None


@dataclass(frozen=True, slots=True)
class _Index:
    """What the database says of names: all of them, links to others, and places of a country."""

    version: str
    names: frozenset[str]
    links: dict[str, str]
    places: frozenset[str]


@functools.cache
def _index() -> _Index:
    rules, places = _read("tzdata.zi").splitlines(), _read("zone.tab").splitlines()
    links = {alias: target for target, alias in (line.split()[1:3] for line in rules if line.startswith("L "))}
    zones = {line.split()[1] for line in rules if line.startswith("Z ")} - {"Factory"}
    return _Index(
        version=rules[0].removeprefix("# version "),
        names=frozenset(zones | links.keys()),
        links=links,
        places=frozenset(line.split("\t")[2] for line in places if line and not line.startswith("#")),
    )


def _read(name: str) -> str:
    wheel = importlib.resources.files("tzdata") / "zoneinfo"
    folder = Path(zoneinfo.TZPATH[0]) if zoneinfo.TZPATH else wheel
    return (folder / name).read_text(encoding="utf-8")


@functools.cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(canonical(name))


@functools.lru_cache(maxsize=1440)
def _second(time: dt.time) -> dt.time:
    """The time of day as shown the second time in a fold (PEP 495); `replace` is slow."""
    return time.replace(fold=1)


def _moment_of_change(zone: str, early: Instant, late: Instant) -> Instant:
    """The first instant after `early` with another offset than `early` has; one is known by `late`."""
    before = offset(early, zone)
    while late - early > 1:
        middle = (early + late) // 2
        if offset(middle, zone) == before:
            early = middle
        else:
            late = middle
    return late


_named = os.environ.get("VCLASS_TZDATA_DIR")
use_database(Path(_named) if _named else None)
