"""How long the slot finder computes, and how much faster it is than a loop over all steps.

Usage: python -m tests.benchmarks.slots [--json] [--rounds N]

``ms_six_people``: processor time for the ten best times, with everybody's local time, of six people in six zones
within two weeks in which both Europe and America change their clocks.
``speed_vs_step_loop``: how many times as long a loop takes that looks at every quarter of an hour and every person,
and comes to the same ten times and the same people missing.
``ms_weekly_fold``: processor time for the ten best weekly times of a term of 15 weeks, with everybody's odd weeks.
"""

import datetime as dt
import random
import statistics
import time
import zoneinfo
from collections.abc import Callable
from typing import TypeAlias

from schedules.slots import DaysOff, Person, Query, Timetable, find, weekly
from tests.benchmarks import report
from vclass.core import zones
from vclass.core.hours import Opening
from vclass.core.spans import Span
from vclass.core.zones import Instant

PLACES = ("Europe/Vienna", "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "Europe/Kyiv", "America/New_York")
HOLIDAYS = {"Europe/Vienna": dt.date(2026, 10, 26), "Europe/Athens": dt.date(2026, 10, 28)}
QUARTER, DAY = 900, 86400
MOST, WEEKS = 10, 15
LESSON_MINUTES = 90
DAY_BEGINS, DAY_ENDS, MINUTES_A_DAY = 480, 1080, 1440

Answer: TypeAlias = list[tuple[Instant, int, tuple[str, ...]]]
"""Start, comfort, and who is missing."""


def main() -> None:
    """Run the rounds and print the medians."""
    rounds = [one_round() for _ in range(report.rounds(default=5))]
    report.show("slots", {key: statistics.median(each[key] for each in rounds) for key in rounds[0]})


def one_round() -> dict[str, float]:
    fortnight, term = query("2026-10-19T00:00:00Z", 14, 40), query("2026-10-04T22:00:00Z", 7 * WEEKS, 150)
    first_week = Query(term.zone, term.minutes, term.first, term.first + 7 * DAY, term.people)
    answer = [(slot.starts, slot.comfort, tuple(who.key for who in slot.missing)) for slot in find(fortnight, MOST)]
    if answer != step_loop(fortnight):
        raise SystemExit("the slot finder and the step loop disagree")
    ours, loop = milliseconds(lambda: find(fortnight, MOST), 100), milliseconds(lambda: step_loop(fortnight), 5)
    folded = milliseconds(lambda: weekly(first_week, WEEKS, MOST), 20)
    return {"ms_six_people": ours, "speed_vs_step_loop": loop / ours, "ms_weekly_fold": folded}


def milliseconds(question: Callable[[], object], times: int) -> float:
    """The median of the processor time that it takes."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        question()
        taken.append(1000 * (time.process_time() - began))
    return statistics.median(taken)


def query(first: str, days: int, lessons: int) -> Query:
    """Six people who work on weekdays and have so many lessons each, at random but always the same."""
    dice, since = random.Random(4), zones.parse_rfc3339(first)
    people = tuple(person(zone, random_lessons(dice, since, days, lessons)) for zone in PLACES)
    return Query(PLACES[0], LESSON_MINUTES, since, since + days * DAY, people)


def person(zone: str, busy: tuple[Span, ...]) -> Person:
    opens = 420 if zone == "America/New_York" else 480
    hours = tuple(Opening(day, opens, 1200) for day in range(5))
    off = (DaysOff(HOLIDAYS[zone], HOLIDAYS[zone]),) if zone in HOLIDAYS else ()
    return Person(zone, Timetable(zone, hours, off), busy)


def random_lessons(dice: random.Random, since: Instant, days: int, number: int) -> tuple[Span, ...]:
    starts = [since + DAY * dice.randrange(days) + QUARTER * dice.randrange(24, 72) for _ in range(number)]
    return tuple((each, each + dice.choice((3600, 5400))) for each in starts)


def step_loop(asked: Query) -> Answer:
    """The same question, as one would answer it first: look at every person's clock at every step."""
    clocks = [zoneinfo.ZoneInfo(who.timetable.zone) for who in asked.people]
    ranked = []
    for starts in range(asked.first, asked.last - asked.seconds + 1, QUARTER):
        coming = []
        for who, clock in zip(asked.people, clocks, strict=True):
            begins = dt.datetime.fromtimestamp(starts, clock)
            ends = dt.datetime.fromtimestamp(starts + asked.seconds, clock)
            if works(who, begins, ends) and not is_busy(who, starts, starts + asked.seconds):
                coming.append((who.key, off_minutes(begins.hour * 60 + begins.minute)))
        here = {key for key, _ in coming}
        missing = tuple(who.key for who in asked.people if who.key not in here)
        ranked.append((len(missing), max((off for _, off in coming), default=0), starts, missing))
    ranked.sort()
    return [(starts, comfort, missing) for _, comfort, starts, missing in ranked[:MOST]]


def works(who: Person, begins: dt.datetime, ends: dt.datetime) -> bool:
    if begins.date() != ends.date() or any(off.first <= begins.date() <= off.last for off in who.timetable.off):
        return False
    first, last = begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute
    return any(
        each.weekday == begins.weekday() and each.opens_minute <= first and last <= each.closes_minute
        for each in who.timetable.hours
    )


def is_busy(who: Person, starts: Instant, ends: Instant) -> bool:
    return any(since < ends and starts < until for since, until in who.busy)


def off_minutes(minute: int) -> int:
    if minute >= DAY_BEGINS and minute + LESSON_MINUTES <= DAY_ENDS:
        return 0
    return min((DAY_BEGINS - minute) % MINUTES_A_DAY, (minute + LESSON_MINUTES - DAY_ENDS) % MINUTES_A_DAY)


if __name__ == "__main__":
    main()
