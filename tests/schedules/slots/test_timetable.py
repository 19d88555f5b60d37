"""Why somebody cannot come, and until when."""

import datetime as dt

import pytest

from schedules.slots import DaysOff, Reason, Timetable
from schedules.slots.timetable import Obstacle, obstacles, reasons, taken
from vclass.core import hours, zones
from vclass.core.hours import Opening

KYIV = "Europe/Kyiv"
FOREVER = 2**40


def at(wall: str) -> int:
    found = zones.resolve(wall, KYIV)
    assert isinstance(found, int)
    return found


def october(timetable: Timetable) -> list[Obstacle]:
    return obstacles(timetable, list(hours.stretches(timetable.zone, at("2026-10-01T00:00"), at("2026-11-01T00:00"))))


def why(timetable: Timetable, wall: str, minutes: int = 60) -> list[Reason]:
    return list(reasons(october(timetable), (at(wall), at(wall) + 60 * minutes), at("2026-11-01T00:00")))


def test_it_ends_when_the_next_hours_begin() -> None:
    office = Timetable(KYIV, tuple(Opening(day, 540, 1020) for day in range(5)))
    assert why(office, "2026-10-23T16:30") == [Reason("outside_hours", "", at("2026-10-26T09:00"))]
    assert why(office, "2026-10-23T16:00") == []


def test_what_lasts_beyond_the_horizon_has_no_end_that_is_known() -> None:
    office = Timetable(KYIV, (Opening(0, 540, 1020),))
    assert why(office, "2026-10-30T16:30") == [Reason("outside_hours")]


def test_a_day_off_of_25_hours_ends_with_its_midnight() -> None:
    leave = Timetable(KYIV, off=(DaysOff(dt.date(2026, 10, 25), dt.date(2026, 10, 25), "day_off"),))
    assert why(leave, "2026-10-25T23:30", 15) == [Reason("day_off", "", at("2026-10-26T00:00"))]
    assert why(leave, "2026-10-24T23:00") == []


def test_holidays_and_leave_are_told_apart_and_all_reasons_are_given() -> None:
    day = dt.date(2026, 10, 14)
    off = (DaysOff(day, day, "day_off"), DaysOff(day, day, "holiday", "Defenders Day"))
    found = why(Timetable(KYIV, (Opening(0, 540, 1020),), off), "2026-10-14T10:00")
    assert [(reason.why, reason.name) for reason in found] == [
        ("holiday", "Defenders Day"),
        ("day_off", ""),
        ("outside_hours", ""),
    ]


@pytest.mark.parametrize(
    ("wall", "name"),
    [("2026-10-06T10:00", "closed"), ("2026-10-08T10:00", "closed"), ("2026-10-10T10:00", "repairs")],
)
def test_of_closures_that_overlap_the_earlier_one_is_named(wall: str, name: str) -> None:
    days = ((5, 9, "closed"), (7, 7, "cleaning"), (8, 10, "repairs"))
    off = tuple(DaysOff(dt.date(2026, 10, first), dt.date(2026, 10, last), name=name) for first, last, name in days)
    assert [reason.name for reason in why(Timetable(KYIV, off=off), wall)] == [name]


def test_a_lesson_lies_in_one_term_or_in_two_that_adjoin() -> None:
    terms = ((dt.date(2026, 10, 1), dt.date(2026, 10, 9)), (dt.date(2026, 10, 10), dt.date(2026, 10, 20)))
    timetable = Timetable(KYIV, terms=terms)
    assert why(timetable, "2026-10-09T23:30") == []
    assert why(timetable, "2026-10-20T23:30") == [Reason("out_of_term")]


def test_who_is_busy_twice_during_a_lesson_is_so_until_the_later_end() -> None:
    busy = taken([(0, 600), (1800, 2400), (300, 900), (5000, 5000)])
    assert busy.reason((0, 3600), FOREVER) == Reason("busy", "", 2400)
    assert busy.reason((900, 1800), FOREVER) is None
    assert busy.reason((4000, 6000), FOREVER) is None
