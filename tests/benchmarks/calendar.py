"""What calendars and mails cost: written and expanded by this house, and by the libraries that one would take.

Usage: python -m tests.benchmarks.calendar [--json] [--rounds N]

``speed_feed_vs_icalendar``: processor time of icalendar for a calendar of a thousand events with fourteen properties
each, against that of the feed's writer; read again, both say the same.
``speed_expand_vs_rrule``: likewise for the starts of a thousand weekly series of thirty lessons, against dateutil's
rrule with zoneinfo. ``speed_expand_vs_recurring_ical_events``: for their occurrences, with start, end and name, against
recurring-ical-events, which has what was parsed before.
``loop_stall_ms_p99``: how late the server's event loop is while a program fetches a feed of ten thousand events.
``mail_cpu_ms``: processor time of an invitation, from its row in the outbox to bytes for SMTP: words in the reader's
language, both bodies, and the calendar object of a series of fifteen weeks in two halls.
"""

import asyncio
import datetime as dt
import importlib.util
import statistics
import sys
import time
import zoneinfo
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import icalendar
from dateutil import rrule

from schedules.ical.feed import Entry, Shown, calendar
from schedules.ical.vtimezone import definition
from schedules.recurrence import Occurrence, Rule, expand, instants
from tests.benchmarks import report, subscriber
from vclass.core.zones import Instant, WallTime

ZONE: Final = "Europe/Vienna"
EVENTS, SERIES, WEEKS = 1_000, 1_000, 30
MONDAY: Final = dt.date(2026, 10, 5)
STAMP: Final = 1_790_000_000
TIMES: Final = 3
"""So many times each side does its work in a round; the quickest counts, since nothing but others can slow it down."""
TITLE: Final = "Порівняльне право, Συγκριτικό δίκαιο; Vergleichendes Recht"
DESCRIPTION: Final = "Читаємо четвертий розділ.\nΔιαβάζουμε το τέταρτο κεφάλαιο, and bring the reader along." * 2

Starts: TypeAlias = list[Instant]
Figures: TypeAlias = dict[str, float]


def main() -> None:
    """Run the rounds and print the medians."""
    number = report.rounds(default=3)
    rounds = [one_round() for _ in range(number)]
    rounds += [asyncio.run(subscriber.one_round()) for _ in range(number)]
    keys = dict.fromkeys(key for each in rounds for key in each)
    report.show("calendar", {key: statistics.median(each[key] for each in rounds if key in each) for key in keys})


def one_round() -> Figures:
    return writing() | expansion()


def writing() -> Figures:
    entries = [entry(number) for number in range(EVENTS)]
    ours, theirs = calendar("Lessons", entries), with_icalendar(entries)
    if said(ours) != said(theirs):
        raise SystemExit("the feed and icalendar say different things")
    took, they_took = seconds(lambda: calendar("Lessons", entries)), seconds(lambda: with_icalendar(entries))
    return {"speed_feed_vs_icalendar": they_took / took, "feed_ms_per_1000": 1000 * took}


def seconds(work: Callable[[], object]) -> float:
    """The processor time that it takes."""
    taken = []
    for _ in range(TIMES):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def entry(number: int) -> Entry:
    wall = wall_of(number)
    (found,) = expand(wall, ZONE, 90).occurrences
    return Entry(
        uid=f"lesson-{number}@vclass.example",
        sequence=number % 4,
        dtstamp=STAMP + number,
        summary=f"{TITLE} {number}",
        description=DESCRIPTION,
        location="Аудиторія 7, Київ; Hörsaal 33, Wien",
        url=f"https://vclass.example/lessons/{number:032x}",
        zone=ZONE,
        start=wall,
        minutes=90,
        rule=None,
        occurrences=(Shown(found.recurrence, found.starts, found.ends, found.starts),),
    )


def wall_of(number: int) -> WallTime:
    """A start on one of the weekdays of some weeks, at some quarter of an hour of the day."""
    day, quarter = number % 70, number % 40
    return WallTime(MONDAY + dt.timedelta(day), dt.time(8 + quarter // 4, 15 * (quarter % 4)))


def with_icalendar(entries: list[Entry]) -> bytes:
    """The same calendar as one writes it with icalendar."""
    whole = icalendar.Calendar()
    for name, value in (("prodid", "-//vclass//vclass//EN"), ("version", "2.0"), ("name", "Lessons")):
        whole.add(name, value)
    for each in entries:
        whole.add_component(event(each))
    return bytes(whole.to_ical())


def event(told: Entry) -> icalendar.Event:
    stamp, (only,) = dt.datetime.fromtimestamp(told.dtstamp, dt.UTC), told.occurrences
    made = icalendar.Event()
    values: dict[str, Any] = {
        "uid": told.uid,
        "dtstamp": stamp,
        "last-modified": stamp,
        "sequence": told.sequence,
        "dtstart": dt.datetime.fromtimestamp(only.starts, dt.UTC),
        "dtend": dt.datetime.fromtimestamp(only.ends, dt.UTC),
        "status": only.status,
        "transp": "OPAQUE",
        "x-microsoft-cdo-busystatus": "BUSY",
        "summary": told.summary,
        "class": "PUBLIC",
        "location": told.location,
        "description": told.description,
        "url": told.url,
    }
    for name, value in values.items():
        made.add(name, value)
    return made


def said(written: bytes) -> list[list[tuple[str, bytes]]]:
    """What icalendar reads of each event."""
    read = icalendar.Calendar.from_ical(written)
    return [sorted((name, value.to_ical()) for name, value in each.items()) for each in read.walk("VEVENT")]


def expansion() -> Figures:
    walls = [wall_of(number) for number in range(SERIES)]
    if not starts_of(walls) == [each.starts for each in occurrences_of(walls)] == by_rrule(walls):
        raise SystemExit("the house and rrule disagree")
    took, whole_took = seconds(lambda: starts_of(walls)), seconds(lambda: occurrences_of(walls))
    figures = {
        "speed_expand_vs_rrule": seconds(lambda: by_rrule(walls)) / took,
        "starts_ms_1000x30": 1000 * took,
        "expand_ms_1000x30": 1000 * whole_took,
    }
    if importlib.util.find_spec("recurring_ical_events") is None:
        print("calendar: recurring-ical-events isn't installed, its figure is left out", file=sys.stderr)
        return figures
    parsed = icalendar.Calendar.from_ical(as_series(walls))
    if sorted(starts_of(walls)) != sorted(by_recurring_ical_events(parsed)):
        raise SystemExit("the house and recurring-ical-events disagree")
    they_took = seconds(lambda: by_recurring_ical_events(parsed))
    return figures | {"speed_expand_vs_recurring_ical_events": they_took / whole_took}


def starts_of(walls: list[WallTime]) -> Starts:
    weekly = Rule("week", count=WEEKS)
    found = (instants(weekly.dates(wall.date), wall.time, ZONE) for wall in walls)
    return [each for some in found for each in some if isinstance(each, int)]


def occurrences_of(walls: list[WallTime]) -> list[Occurrence]:
    weekly = Rule("week", count=WEEKS)
    return [each for wall in walls for each in expand(wall, ZONE, 90, weekly).occurrences]


def by_rrule(walls: list[WallTime]) -> Starts:
    zone, found = zoneinfo.ZoneInfo(ZONE), []
    for wall in walls:
        first = dt.datetime.combine(wall.date, wall.time)
        weekly = rrule.rrule(rrule.WEEKLY, dtstart=first, count=WEEKS)
        found += [int(each.replace(tzinfo=zone).timestamp()) for each in weekly]
    return found


def by_recurring_ical_events(parsed: icalendar.Component) -> Starts:
    import recurring_ical_events  # noqa: PLC0415  not everybody has it

    until = dt.datetime.combine(MONDAY, dt.time()) + dt.timedelta(weeks=WEEKS + 11)
    found = recurring_ical_events.of(parsed).between(MONDAY, until)
    return [int(each.start.timestamp()) for each in found]


def as_series(walls: list[WallTime]) -> bytes:
    """The series as a calendar file."""
    zone = definition(ZONE, STAMP) or ()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//vclass//benchmark//EN", *zone]
    for number, wall in enumerate(walls):
        first = dt.datetime.combine(wall.date, wall.time)
        lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20261001T000000Z"]
        lines += [f"DTSTART;TZID={ZONE}:{first:%Y%m%dT%H%M%S}", "DURATION:PT90M"]
        lines += [f"RRULE:FREQ=WEEKLY;COUNT={WEEKS}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


if __name__ == "__main__":
    main()
