"""Claims on days when clocks change: they are as long as the time that passes, whatever the walls show."""

import datetime as dt

import pytest

from rooms import BookingWish, Claim, Rules, Want, Wish
from rooms.decide import decide, pieces
from rooms.model import LONGEST_CLAIM_SECONDS
from vclass.core import hours, spans, zones
from vclass.core.spans import Span

HALL = 1
HOUR = 3600
VIENNA = "Europe/Vienna"


def lesson(wall: str, minutes: int, zone: str = VIENNA, fold: int | None = None) -> Span:
    starts = zones.resolve(wall, zone, fold)
    assert isinstance(starts, int)
    return starts, starts + 60 * minutes


def is_refused(wanted: Span, *held: Span) -> bool:
    claims = [Claim(7, HALL, 1, *piece) for span in held for piece in pieces(span)]
    booking = BookingWish("one", *wanted, (Want(HALL),))
    [verdict] = decide([Wish("test", 1, 1, (booking,))], {HALL: Rules(HALL, 1, "hall", 1)}, claims)
    return verdict.refused


def test_an_hour_that_clocks_show_twice_can_be_booked_twice() -> None:
    first, second = (lesson("2026-10-25T02:00", 60, fold=fold) for fold in (0, 1))
    assert not is_refused(second, first)
    assert is_refused(second, lesson("2026-10-25T01:30", 120))


def test_on_the_night_of_25_hours_six_hours_from_eleven_end_at_four() -> None:
    night = lesson("2026-10-24T23:00", 360)
    assert is_refused(lesson("2026-10-25T03:30", 60), night)
    assert not is_refused(lesson("2026-10-25T04:00", 60), night)


def test_on_the_night_of_23_hours_they_end_at_six() -> None:
    night = lesson("2027-03-27T23:00", 360)
    assert is_refused(lesson("2027-03-28T05:30", 60), night)
    assert not is_refused(lesson("2027-03-28T06:00", 60), night)


@pytest.mark.parametrize(
    ("partner", "zone"), [("2026-10-06T13:45", "Asia/Kathmandu"), ("2026-10-06T22:00", "Pacific/Kiritimati")]
)
def test_one_moment_on_two_walls_is_one_moment(partner: str, zone: str) -> None:
    assert is_refused(lesson(partner, 60, zone), lesson("2026-10-06T10:00", 60))


@pytest.mark.parametrize(
    ("date", "zone", "pieces_of"),
    [
        ("2026-10-25", VIENNA, [24, 1]),
        ("2026-03-29", VIENNA, [23]),
        ("2027-04-30", "Africa/Cairo", [23]),
        ("2026-10-29", "Africa/Cairo", [24, 1]),
        ("2027-03-28", "Asia/Beirut", [23]),
        ("2027-04-04", "Australia/Lord_Howe", [24, 0.5]),
        ("2026-10-06", "Asia/Kathmandu", [24]),
    ],
)
def test_a_whole_local_day_is_claimed_to_its_last_minute(date: str, zone: str, pieces_of: list[float]) -> None:
    day = hours.day_span(dt.date.fromisoformat(date), zone)
    claimed = list(pieces(day))
    assert [(ends - starts) / HOUR for starts, ends in claimed] == pieces_of
    assert spans.merge(claimed) == [day]
    assert max(ends - starts for starts, ends in claimed) <= LONGEST_CLAIM_SECONDS
    assert is_refused((day[1] - 900, day[1]), day)
    assert not is_refused((day[1], day[1] + 900), day)
