"""Hours in wall time, judged minute by minute by the clocks themselves."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vclass.core import hours, zones
from vclass.core.hours import Opening
from vclass.core.spans import Span

VIENNA = "Europe/Vienna"
MINUTE, HOUR, DAY = 60, 3600, 86400
MONDAY = dt.date(2026, 10, 5)


def at(wall: str, zone: str = VIENNA, fold: int | None = None) -> int:
    found = zones.resolve(wall, zone, fold)
    assert isinstance(found, int)
    return found


def hour(weekday: int, opens: int, closes: int) -> Opening:
    return Opening(weekday, 60 * opens, 60 * closes)


def around(date: dt.date, zone: str = VIENNA) -> Span:
    """A span with the whole of a date in it, and more."""
    noon = at(f"{date}T12:00", zone)
    return noon - DAY, noon + DAY


def local_hours(found: list[Span], zone: str = VIENNA) -> list[str]:
    return [f"{zones.local(starts, zone)}/{zones.local(ends, zone).time:%H:%M}" for starts, ends in found]


def test_hours_are_the_same_on_the_wall_before_and_after_a_change_of_clocks() -> None:
    found = hours.spans([hour(0, 8, 18)], VIENNA, at("2026-10-19T00:00"), at("2026-11-01T00:00"))
    assert found == [
        (at("2026-10-19T08:00"), at("2026-10-19T18:00")),
        (at("2026-10-26T08:00"), at("2026-10-26T18:00")),
    ]
    assert found[1][0] - found[0][0] == 7 * DAY + HOUR


def test_a_day_may_have_many_hours_and_adjoining_ones_are_one() -> None:
    found = hours.spans([hour(0, 13, 18), hour(0, 10, 12), hour(0, 8, 10)], VIENNA, *around(MONDAY))
    assert local_hours(found) == ["2026-10-05T08:00/12:00", "2026-10-05T13:00/18:00"]


@pytest.mark.parametrize(("zone", "date"), [(VIENNA, MONDAY), ("Africa/Cairo", dt.date(2027, 4, 29))])
def test_what_closes_at_midnight_touches_what_opens_then(zone: str, date: dt.date) -> None:
    after = date + dt.timedelta(1)
    night = [hour(date.weekday(), 20, 24), hour(after.weekday(), 0, 4)]
    assert local_hours(hours.spans(night, zone, *around(date, zone)), zone) == [f"{date}T20:00/04:00"]


def test_no_hours_at_all_mean_always_open() -> None:
    assert hours.spans([], VIENNA, 0, 100) == [(0, 100)]
    assert hours.spans([], VIENNA, 100, 100) == []
    assert hours.contains([], VIENNA, (0, 100))


def test_hours_hold_from_their_first_date_until_their_last() -> None:
    term = Opening(0, 480, 1080, valid_from=dt.date(2026, 10, 12), valid_until=dt.date(2026, 10, 19))
    found = hours.spans([term], VIENNA, at("2026-10-01T00:00"), at("2026-12-01T00:00"))
    assert local_hours(found) == ["2026-10-12T08:00/18:00", "2026-10-19T08:00/18:00"]


def test_hours_of_another_time_of_the_year_are_not_always_open() -> None:
    past = Opening(0, 480, 1080, valid_until=dt.date(2025, 10, 6))
    assert hours.spans([past], VIENNA, *around(MONDAY)) == []


@pytest.mark.parametrize(
    ("starts", "minutes", "inside"),
    [
        ("2026-10-05T08:00", 120, True),
        ("2026-10-05T09:00", 120, True),  # from one opening into the next
        ("2026-10-05T17:00", 60, True),
        ("2026-10-05T17:00", 61, False),
        ("2026-10-05T07:59", 60, False),
        ("2026-10-06T09:00", 60, False),
    ],
)
def test_a_booking_is_inside_when_all_of_it_is(starts: str, minutes: int, inside: bool) -> None:
    starting = at(starts)
    monday = [hour(0, 8, 10), hour(0, 10, 18)]
    assert hours.contains(monday, VIENNA, (starting, starting + minutes * MINUTE)) is inside


def test_a_night_over_a_change_of_clocks_is_inside_and_an_hour_longer() -> None:
    always = [hour(day, 0, 24) for day in range(7)]
    night = (at("2026-10-24T22:00"), at("2026-10-25T06:00"))
    assert night[1] - night[0] == 9 * HOUR
    assert hours.contains(always, VIENNA, night)


def test_hours_that_the_clocks_skip_are_lost() -> None:
    assert hours.spans([hour(6, 2, 3)], VIENNA, *around(dt.date(2026, 3, 29))) == []
    found = hours.spans([hour(6, 0, 6)], VIENNA, *around(dt.date(2026, 3, 29)))
    assert [ends - starts for starts, ends in found] == [5 * HOUR]


def test_hours_that_the_clocks_show_twice_are_open_twice() -> None:
    half = Opening(6, 120, 150)
    assert hours.spans([half], VIENNA, *around(dt.date(2026, 10, 25))) == [
        (at("2026-10-25T02:00", fold=fold), at("2026-10-25T02:30", fold=fold)) for fold in (0, 1)
    ]


@pytest.mark.parametrize(
    ("date", "zone", "length"),
    [
        ("2026-10-05", VIENNA, 24 * HOUR),
        ("2026-10-25", VIENNA, 25 * HOUR),
        ("2026-03-29", VIENNA, 23 * HOUR),
        ("2027-04-30", "Africa/Cairo", 23 * HOUR),  # no 00:00
        ("2026-10-29", "Africa/Cairo", 25 * HOUR),  # 23:00 twice
        ("2027-03-28", "Asia/Beirut", 23 * HOUR),  # no 00:00
        ("2018-11-04", "America/Sao_Paulo", 23 * HOUR),  # no 00:00, when Brazil still changed
        ("2018-02-17", "America/Sao_Paulo", 25 * HOUR),
        ("2026-11-01", "America/Sao_Paulo", 24 * HOUR),
        ("2027-04-04", "Australia/Lord_Howe", 24 * HOUR + HOUR // 2),
        ("2027-10-03", "Australia/Lord_Howe", 24 * HOUR - HOUR // 2),
        ("2025-11-02", "America/Havana", 25 * HOUR),  # 00:00 twice
        ("2011-12-30", "Pacific/Apia", 0),  # a day that wasn't
        ("2026-10-05", "Asia/Kathmandu", 24 * HOUR),
        ("2026-10-05", "Pacific/Kiritimati", 24 * HOUR),
    ],
)
def test_a_local_day_has_as_many_hours_as_its_clocks(date: str, zone: str, length: int) -> None:
    starts, ends = hours.day_span(dt.date.fromisoformat(date), zone)
    assert ends - starts == length


@pytest.mark.parametrize(("date", "first"), [("2027-04-30", "01:00"), ("2027-05-01", "00:00")])
def test_a_day_without_midnight_starts_when_the_clocks_leap(date: str, first: str) -> None:
    starts, _ = hours.day_span(dt.date.fromisoformat(date), "Africa/Cairo")
    assert str(zones.local(starts, "Africa/Cairo")) == f"{date}T{first}"


places = st.sampled_from(
    [VIENNA, "America/Havana", "Pacific/Apia", "Pacific/Kiritimati", "Africa/Cairo", "Asia/Kolkata"]
)


@settings(deadline=None)  # a zone is read from disk when first used
@given(st.dates(dt.date(2010, 1, 1), dt.date(2030, 1, 1)), places)
def test_days_follow_one_another_without_a_moment_between(date: dt.date, zone: str) -> None:
    after = hours.day_span(date + dt.timedelta(1), zone)
    assert hours.day_span(date, zone)[1] == after[0] <= after[1]


openings = st.builds(
    lambda weekday, edges: Opening(weekday, 15 * min(edges), 15 * max(edges)),
    st.integers(0, 6),
    st.sets(st.integers(0, 96), min_size=2, max_size=2),
)
changing = [
    (VIENNA, "2026-10-24T00:00"),
    (VIENNA, "2026-03-28T00:00"),
    ("Africa/Cairo", "2027-04-29T00:00"),
    ("America/Havana", "2025-11-01T00:00"),
    ("Australia/Lord_Howe", "2027-04-03T00:00"),
    ("Pacific/Apia", "2011-12-29T00:00"),
    ("Asia/Kathmandu", "2026-10-05T00:00"),
]


@settings(deadline=None, max_examples=60)
@given(st.lists(openings, min_size=1, max_size=8), st.sampled_from(changing))
def test_a_place_is_open_while_its_clocks_show_its_hours(weekly: list[Opening], where: tuple[str, str]) -> None:
    zone, since = where
    first = at(since, zone)
    found = hours.spans(weekly, zone, first, first + 3 * DAY)
    for moment in range(first, first + 3 * DAY, 15 * MINUTE):
        shown = zones.local(moment, zone)
        minute = 60 * shown.time.hour + shown.time.minute
        is_open = any(
            each.weekday == shown.date.weekday() and each.opens_minute <= minute < each.closes_minute for each in weekly
        )
        assert any(starts <= moment < ends for starts, ends in found) is is_open


@pytest.mark.parametrize(
    "wrong",
    [
        (7, 0, 60),
        (-1, 0, 60),
        (0, 60, 60),
        (0, 1320, 120),
        (0, -1, 60),
        (0, 0, 1441),
        (0, 0, 60, dt.date(2026, 10, 2), dt.date(2026, 10, 1)),
    ],
)
def test_hours_that_cannot_be_are_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"cannot be|no weekday|never valid"):
        Opening(*wrong)
