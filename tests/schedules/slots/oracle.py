"""The slot finder's judge: it walks through quarters of an hour, and looks at clocks every five minutes."""

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import NamedTuple

from schedules.slots import Candidate, Need, Person, Query, Timetable
from vclass.core import zones
from vclass.core.hours import Opening
from vclass.core.spans import Span

QUARTER, SAMPLE, MINUTE = 900, 300, 60
WORKING_DAY = range(8 * 60, 18 * 60 + 1)


class Judged(NamedTuple):
    """One start: how gentle it is, why each person cannot come, and what is free for each need."""

    starts: int
    comfort: int
    why: tuple[tuple[str, ...], ...]
    free: tuple[tuple[str, ...], ...]


def slots(query: Query) -> list[Judged]:
    """All starts in the window, the best first."""
    look = cache(_against)
    first = -(-query.first // QUARTER) * QUARTER
    judged = [judge(query, starts, look) for starts in range(first, query.last - query.seconds + 1, QUARTER)]
    return sorted(judged, key=lambda each: (missing(query, each), each.why.count(()) * -1, each.comfort, each.starts))


def missing(query: Query, judged: Judged) -> int:
    """How many of the required people and needed things are missing."""
    away = sum(1 for person, why in zip(query.people, judged.why, strict=True) if person.required and why)
    return away + judged.free.count(())


def judge(query: Query, starts: int, look: Callable[[Timetable, int], frozenset[str]]) -> Judged:
    span = (starts, starts + query.seconds)
    why = tuple(_why(person, span, look) for person in query.people)
    coming = [person for person, against in zip(query.people, why, strict=True) if not against]
    comfort = max((discomfort(person.timetable.zone, span) for person in coming), default=0)
    return Judged(starts, comfort, why, tuple(_free(need, span) for need in query.needs))


def discomfort(zone: str, span: Span) -> int:
    """Move the lesson five minutes at a time, both ways, until it lies in somebody's day."""
    shown = zones.local(span[0], zone).time
    minute, length = 60 * shown.hour + shown.minute, (span[1] - span[0]) // MINUTE
    for way in range(0, 1440, 5):
        for moved in ((minute - way) % 1440, (minute + way) % 1440):
            if moved in WORKING_DAY and moved + length in WORKING_DAY:
                return way
    raise AssertionError("longer than a working day")


def _why(person: Person, span: Span, look: Callable[[Timetable, int], frozenset[str]]) -> tuple[str, ...]:
    found = {why for moment in range(*span, SAMPLE) for why in look(person.timetable, moment)}
    if any(starts < ends and starts < span[1] and span[0] < ends for starts, ends in person.busy):
        found.add("busy")
    return tuple(sorted(found))


def _against(timetable: Timetable, moment: int) -> frozenset[str]:
    date = zones.local(moment, timetable.zone).date
    found: set[str] = {off.why for off in timetable.off if off.first <= date <= off.last}
    if timetable.terms and not any(first <= date <= last for first, last in timetable.terms):
        found.add("out_of_term")
    if not _is_open(timetable.hours, timetable.zone, moment):
        found.add("outside_hours")
    return frozenset(found)


def _is_open(openings: tuple[Opening, ...], zone: str, moment: int) -> bool:
    shown = zones.local(moment, zone)
    minute = 60 * shown.time.hour + shown.time.minute
    return not openings or any(
        each.weekday == shown.date.weekday() and each.opens_minute <= minute < each.closes_minute for each in openings
    )


def _free(need: Need, span: Span) -> tuple[str, ...]:
    return tuple(room.key for room in need.candidates if _room_is_free(room, span))


def _room_is_free(room: Candidate, span: Span) -> bool:
    starts, ends = span[0] - room.setup, span[1] + room.teardown
    if any(since < until and since < ends and starts < until for since, until in room.busy):
        return False
    return all(_is_open(room.openings, room.zone, moment) for moment in range(*span, SAMPLE))


class JudgedWeekly(NamedTuple):
    """One weekly start: the weeks that work, and each week (None where the clocks skip it)."""

    starts: int
    comfort: int
    works: tuple[int, ...]
    choices: tuple[tuple[str, ...], ...]
    weeks: tuple[Judged | None, ...]


def weekly(query: Query, weeks: int) -> list[JudgedWeekly]:
    """All starts of the window's first seven days, as weekly lessons, the best first."""
    look = cache(_against)
    first = -(-query.first // QUARTER) * QUARTER
    limit = zones.local(first, query.zone).plus_days(7)
    judged = [
        _judge_weekly(query, each, weeks, look)
        for each in range(first, query.last - query.seconds + 1, QUARTER)
        if zones.local(each, query.zone) < limit and zones.resolve(zones.local(each, query.zone), query.zone, 0) == each
    ]
    return sorted(judged, key=lambda each: (-len(each.works), -_attendance(each), each.comfort, each.starts))


def _judge_weekly(
    query: Query, starts: int, weeks: int, look: Callable[[Timetable, int], frozenset[str]]
) -> JudgedWeekly:
    wall = zones.local(starts, query.zone)
    instants = [zones.resolve(wall.plus_days(7 * week), query.zone, 0) for week in range(weeks)]
    found = tuple(judge(query, each, look) if isinstance(each, int) else None for each in instants)
    rooms = [[room.key for room in need.candidates] for need in query.needs]
    trials = (_works(query, found, choice) for choice in product(*rooms))
    works = max(trials, key=lambda some: (len(some), -sum(1 << week for week in some)), default=())
    choices = tuple(
        tuple(key for key in keys if all(_is_free(found[week], number, key) for week in works))
        for number, keys in enumerate(rooms)
    )
    return JudgedWeekly(starts, max(each.comfort for each in found if each), works, choices, found)


def _works(query: Query, found: tuple[Judged | None, ...], choice: tuple[str, ...]) -> tuple[int, ...]:
    """The weeks in which all who are required come and each room of a choice is free."""
    return tuple(
        week
        for week, each in enumerate(found)
        if each is not None
        and not any(person.required and why for person, why in zip(query.people, each.why, strict=True))
        and all(_is_free(each, number, key) for number, key in enumerate(choice))
    )


def _is_free(judged: Judged | None, number: int, key: str) -> bool:
    return judged is not None and key in judged.free[number]


def _attendance(judged: JudgedWeekly) -> int:
    return sum(each.why.count(()) for each in judged.weeks if each)
