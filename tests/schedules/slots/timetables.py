"""Timetables at random, in places and weeks where clocks do odd things."""

import datetime as dt
import random

from schedules.slots import Candidate, DaysOff, Need, Person, Query, Timetable
from vclass.core import zones
from vclass.core.hours import Opening
from vclass.core.spans import Span

HOUR, WEEK = 3600, 7 * 86400
PLACES = (
    "Europe/Vienna", "Europe/Kyiv", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Asia/Kathmandu",
    "Pacific/Apia", "Pacific/Kiritimati", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "America/Sao_Paulo",
)  # fmt: skip
CHANGES = (
    "2026-10-24T12:00:00Z",  # Europe back
    "2026-03-28T12:00:00Z",  # Europe on; Beirut without midnight
    "2026-10-31T18:00:00Z",  # New York back
    "2027-03-14T00:00:00Z",  # New York on
    "2027-04-29T12:00:00Z",  # Cairo without midnight
    "2026-10-29T10:00:00Z",  # Cairo back
    "2026-10-03T06:00:00Z",  # Sydney and Lord Howe on
    "2027-04-03T06:00:00Z",  # Sydney and Lord Howe back
    "2026-12-31T06:00:00Z",  # nothing but a new year
)


def random_query(seed: int, most_hours: int = 24, weeks: int = 1) -> Query:
    """A window at a change of clocks; for weekly lessons, at a change in one of the weeks."""
    dice = random.Random(seed)
    first = zones.parse_rfc3339(dice.choice(CHANGES)) + 300 * dice.randrange(144) - WEEK * dice.randrange(weeks)
    last = first + HOUR * dice.randrange(2, most_hours)
    windows = [(first + WEEK * week, last + WEEK * week) for week in range(weeks)]
    minutes = dice.choice((15, 25, 45, 50, 60, 90, 120, 240))
    people = tuple(random_person(dice, f"person {number}", windows) for number in range(dice.randrange(6)))
    needs = tuple(random_need(dice, f"need {number}", windows) for number in range(dice.choice((0, 0, 1, 2))))
    return Query(dice.choice(PLACES), minutes, first, last, people, needs)


def random_person(dice: random.Random, key: str, windows: list[Span]) -> Person:
    timetable = random_timetable(dice, dice.choice(PLACES), windows)
    return Person(key, timetable, random_busy(dice, windows), required=dice.random() < 0.7)


def random_timetable(dice: random.Random, zone: str, windows: list[Span]) -> Timetable:
    day = zones.local(dice.randrange(*dice.choice(windows)), zone).date
    later = day + dt.timedelta(dice.randrange(2))
    off = tuple(DaysOff(day, later, why) for why in ("holiday", "day_off") if dice.random() < 0.15)
    again = day + dt.timedelta(dice.randrange(4))
    terms = ((day - dt.timedelta(90), day), (again, again + dt.timedelta(90))) if dice.random() < 0.2 else ()
    return Timetable(zone, random_hours(dice), off, terms)


def random_hours(dice: random.Random) -> tuple[Opening, ...]:
    """None, office hours, nights over midnight, or anything."""
    opens, closes = sorted(dice.sample(range(97), 2))
    return dice.choice(
        (
            (),
            tuple(Opening(day, 480, 1200) for day in range(7)),
            tuple(Opening(day, *edges) for day in range(7) for edges in ((0, 360), (1080, 1440))),
            tuple(Opening(day, 15 * opens, 15 * closes) for day in range(7) if dice.random() < 0.8),
        )
    )


def random_busy(dice: random.Random, windows: list[Span]) -> tuple[Span, ...]:
    number = dice.randrange(1, 2 + 4 * len(windows))
    starts = [60 * (dice.randrange(*dice.choice(windows)) // 60) for _ in range(number - 1)]
    return tuple((each, each + 60 * dice.choice((0, 15, 60, 95, 240))) for each in starts)


def random_need(dice: random.Random, key: str, windows: list[Span]) -> Need:
    rooms = range(dice.choice((0, 1, 1, 2, 3)))
    return Need(key, tuple(random_room(dice, f"{key}, room {number}", windows) for number in rooms))


def random_room(dice: random.Random, key: str, windows: list[Span]) -> Candidate:
    busy = random_busy(dice, windows)
    return Candidate(
        key, dice.choice(PLACES), random_hours(dice), busy, 300 * dice.randrange(7), 300 * dice.randrange(7)
    )
