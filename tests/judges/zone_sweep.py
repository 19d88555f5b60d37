"""VTIMEZONE under judgement: wall times of a zone over six years, read by four programs.

They are asked about each change, two hours around it, and noon of the first of each month. `python -m
tests.judges.zone_sweep` asks about all zones and ends with 0 if none is read otherwise and enough of them have the
shape that Outlook knows; the test suite asks about a sample.
"""

import datetime as dt
import importlib.resources
import json
import sys
from collections.abc import Callable, Iterator
from typing import Final

from schedules.ical import definition, writer
from tests.judges import libical, python_readers
from tests.judges.icaljs import IcalJs, Spans
from vclass.core import zones
from vclass.core.zones import WallTime

SINCE: Final = zones.parse_rfc3339("2025-01-01T00:00:00Z")
UNTIL: Final = zones.parse_rfc3339("2030-12-31T00:00:00Z")
DISTANCES: Final = (-7200, -3600, -1, 0, 1, 3600, 7200)
YEARS: Final = range(2025, 2031)
SHAPED: Final = 570
"""So many of all names, at least, have one standard and at most one daylight rule."""
HOUR: Final = 3600
Reader = Callable[[bytes], Spans]


def all_names() -> list[str]:
    """Every name of the wheel."""
    return sorted({*(importlib.resources.files("tzdata") / "zones").read_text(encoding="utf-8").split()} - {"Factory"})


def points(zone: str) -> dict[WallTime, int]:
    """Wall times around each change, and at noon of the first of each month, with their instants."""
    moments = [change.at + distance for change in zones.changes(zone, SINCE, UNTIL) for distance in DISTANCES]
    walls = {zones.local(moment, zone) for moment in moments}
    walls |= {WallTime(dt.date(year, month, 1), dt.time(12)) for year in YEARS for month in range(1, 13)}
    resolved = {wall: zones.resolve(wall, zone) for wall in walls}
    return {wall: instant for wall, instant in resolved.items() if isinstance(instant, int) and instant > SINCE}


def calendar(timezone: tuple[str, ...], zone: str, walls: list[WallTime]) -> bytes:
    """One event of no length for each wall time."""
    zoned = (("TZID", zones.canonical(zone)),)
    events = [
        line
        for number, wall in enumerate(walls)
        for line in writer.component(
            "VEVENT",
            [
                writer.prop("UID", str(number)),
                writer.prop("DTSTART", writer.local(wall), zoned),
                writer.prop("DTEND", writer.local(wall), zoned),
            ],
        )
    ]
    return writer.render(writer.component("VCALENDAR", [writer.prop("VERSION", "2.0"), *timezone, *events]))


def disagreements(zone: str, icaljs: IcalJs) -> Iterator[str]:
    """Who reads which instants otherwise than the database; nothing for a zone without definition."""
    timezone = definition(zone, SINCE)
    if timezone is None:
        return
    expected = points(zone)
    written = calendar(timezone, zone, list(expected))
    readers: dict[str, Reader] = {
        "ical.js": icaljs.spans,
        "libical": libical.spans,
        "dateutil": python_readers.dateutil_spans,
        "icalendar": python_readers.icalendar_spans,
    }
    for name, read in readers.items():
        wrong = {starts for starts, _ in read(written)} ^ set(expected.values())
        if wrong:
            yield f"{name} reads {zone} otherwise: {', '.join(map(zones.rfc3339, sorted(wrong)))}"


def main() -> int:
    """Ask about every zone, print what was found, and say whether it will do."""
    names = all_names()
    with IcalJs() as icaljs:
        found = [line for zone in names for line in disagreements(zone, icaljs)]
    shaped = [zone for zone in names if definition(zone, SINCE) is not None]
    print("\n".join(found), file=sys.stderr)
    figures = {"zones": len(names), "shaped": len(shaped), "points": sum(len(points(zone)) for zone in shaped)}
    print(json.dumps(figures | {"disagreements": len(found)}))
    return int(bool(found) or len(shaped) < SHAPED)


if __name__ == "__main__":
    sys.exit(main())
