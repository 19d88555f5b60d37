"""Two more readers: dateutil's own VTIMEZONE and RRULE, and icalendar with the zones of its own reading."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import icalendar
from dateutil import tz
from dateutil.rrule import rrulestr

Spans = list[tuple[int, int]]


def dateutil_spans(calendar: bytes) -> Spans:
    """Start and end of every occurrence, zones as dateutil reads the VTIMEZONE."""
    timezones = tz.tzical(io.StringIO(_timezones(calendar))) if b"VTIMEZONE" in calendar else None
    return _spans(calendar, lambda name: timezones.get(name) if timezones else None)


def icalendar_spans(calendar: bytes) -> Spans:
    """Start and end of every occurrence, zones as icalendar makes them from the VTIMEZONE."""
    timezones = {found.tz_name: found.to_tz() for found in icalendar.Calendar.from_ical(calendar).timezones}
    return _spans(calendar, timezones.get)


def vtimezone_instants(calendar: bytes, walls: list[str]) -> list[int]:
    """What wall times mean by the only VTIMEZONE, as dateutil reads it."""
    zone = tz.tzical(io.StringIO(_timezones(calendar))).get()
    return [int(dt.datetime.fromisoformat(wall).replace(tzinfo=zone).timestamp()) for wall in walls]


def _timezones(calendar: bytes) -> str:
    text = calendar.decode().replace("\r\n ", "").replace("\r\n", "\n")
    return text[text.index("BEGIN:VTIMEZONE") : text.rindex("END:VTIMEZONE") + len("END:VTIMEZONE")]


def _spans(calendar: bytes, zone_of: Callable[[str], dt.tzinfo | None]) -> Spans:
    expanded: dict[str, tuple[int, int]] = {}
    for event in icalendar.Calendar.from_ical(calendar).walk("VEVENT"):
        start = _property(event, "DTSTART")
        zone = zone_of(start.params["TZID"]) if "TZID" in start.params else dt.UTC
        original = _property(event, "RECURRENCE-ID")
        for wall in _walls(event):
            name = original.to_ical().decode() if original else f"{wall:%Y%m%dT%H%M%S}"
            expanded[name] = _stamp(wall, zone), _end(event, wall, zone)
    return sorted(expanded.values())


def _property(event: icalendar.Component, name: str) -> Any:  # noqa: ANN401  icalendar's union of 30 types helps nobody
    return event.get(name)


def _walls(event: icalendar.Component) -> list[dt.datetime]:
    start, rule, left_out = (_property(event, name) for name in ("DTSTART", "RRULE", "EXDATE"))
    first: dt.datetime = _wall(start.dt)
    if rule is None:
        return [first]
    excluded = {_wall(found.dt) for found in left_out.dts} if left_out else set()
    return [wall for wall in rrulestr(rule.to_ical().decode(), dtstart=first) if wall not in excluded]


def _end(event: icalendar.Component, wall: dt.datetime, zone: dt.tzinfo | None) -> int:
    if (duration := _property(event, "DURATION")) is not None:
        return _stamp(wall, zone) + int(duration.dt.total_seconds())
    return _stamp(wall + (_wall(_property(event, "DTEND").dt) - _wall(_property(event, "DTSTART").dt)), zone)


def _wall(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=None)


def _stamp(wall: dt.datetime, zone: dt.tzinfo | None) -> int:
    assert zone is not None, "the calendar names a zone that it doesn't define"
    return int(wall.replace(tzinfo=zone).timestamp())
