"""Rules, their dates and instants, checked by dateutil and by hand."""

import datetime as dt
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, reject
from hypothesis import strategies as st

from schedules import recurrence
from schedules.recurrence import LONGEST, MOST, WEEKDAYS, Every, Rule, RuleError, expand, instants
from tests import releases
from vclass.core import zones
from vclass.core.zones import WallTime

VIENNA = "Europe/Vienna"


def wall(text: str) -> WallTime:
    return WallTime.parse(text)


def starts(start: str, zone: str, rule: Rule | None = None, fold: int | None = None) -> list[str]:
    found = expand(wall(start), zone, 90, rule, fold).occurrences
    return [zones.rfc3339(occurrence.starts) for occurrence in found]


def seen_in(zone: str, start: str, anchor: str, rule: Rule) -> list[str]:
    found = expand(wall(start), anchor, 90, rule).occurrences
    return [str(zones.local(occurrence.starts, zone).time)[:5] for occurrence in found]


def test_a_weekly_lesson_in_vienna_keeps_its_local_time_over_the_spring_change() -> None:
    assert starts("2026-03-23T10:00", VIENNA, Rule("week", count=3)) == [
        "2026-03-23T09:00:00Z",
        "2026-03-30T08:00:00Z",
        "2026-04-06T08:00:00Z",
    ]


def test_a_weekly_lesson_in_kyiv_keeps_its_local_time_over_the_autumn_change() -> None:
    assert starts("2026-10-19T10:00", "Europe/Kyiv", Rule("week", count=3)) == [
        "2026-10-19T07:00:00Z",
        "2026-10-26T08:00:00Z",
        "2026-11-02T08:00:00Z",
    ]


@pytest.mark.parametrize(
    ("start", "anchor", "count", "zone", "expected"),
    [
        ("2027-03-01T09:00", "America/New_York", 6, VIENNA, ["15:00", "15:00", "14:00", "14:00", "15:00", "15:00"]),
        (
            "2027-03-01T09:00", "America/New_York", 6, "Europe/Moscow",
            ["17:00", "17:00", "16:00", "16:00", "16:00", "16:00"],
        ),
        ("2026-10-15T12:00", "Africa/Cairo", 4, VIENNA, ["11:00", "11:00", "10:00", "11:00"]),
    ],
)  # fmt: skip
def test_partners_see_the_anchor_zones_clock_through_their_own(
    start: str, anchor: str, count: int, zone: str, expected: list[str]
) -> None:
    assert seen_in(zone, start, anchor, Rule("week", count=count)) == expected


def test_r15_new_york_sees_eleven_on_exactly_three_mondays() -> None:
    found = expand(wall("2026-09-07T16:00"), VIENNA, 60, Rule("week", count=31)).occurrences
    odd = [
        str(occurrence.recurrence.date)
        for occurrence in found
        if zones.local(occurrence.starts, "America/New_York").time != dt.time(10)
    ]
    assert odd == ["2026-10-26", "2027-03-15", "2027-03-22"]


def test_r14_a_start_in_a_gap_is_named_with_both_readings() -> None:
    found = expand(wall("2026-03-29T02:30"), VIENNA, 60)
    assert not found.occurrences
    assert [str(reading) for reading in found.gaps[0].readings] == ["2026-03-29T01:30", "2026-03-29T03:30"]


def test_r14_a_start_in_a_fold_is_asked_about_with_both_instants() -> None:
    found = expand(wall("2026-10-25T02:30"), VIENNA, 60)
    assert not found.occurrences
    assert list(map(zones.rfc3339, found.folds[0].instants)) == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]


def test_a_fold_once_given_holds_for_the_doubled_start_alone() -> None:
    assert starts("2026-10-24T02:30", VIENNA, Rule("day", count=3), fold=1) == [
        "2026-10-24T00:30:00Z",
        "2026-10-25T01:30:00Z",
        "2026-10-26T01:30:00Z",
    ]


def test_a_daily_series_names_the_date_in_the_gap_and_offers_the_others() -> None:
    found = expand(wall("2026-03-28T02:30"), VIENNA, 60, Rule("day", count=4))
    assert [str(gap.wall) for gap in found.gaps] == ["2026-03-29T02:30"]
    assert [str(occurrence.recurrence.date) for occurrence in found.occurrences] == [
        "2026-03-28", "2026-03-30", "2026-03-31",
    ]  # fmt: skip


def test_a_date_in_the_gap_that_is_excepted_is_no_gap() -> None:
    rule = Rule("day", count=4, except_=(dt.date(2026, 3, 29),))
    found = expand(wall("2026-03-28T02:30"), VIENNA, 60, rule)
    assert not found.gaps
    assert len(found.occurrences) == 3


@pytest.mark.parametrize(
    ("start", "minutes", "zone", "ends", "shown"),
    [
        ("2026-10-25T01:30", 60, VIENNA, "2026-10-25T00:30:00Z", "2026-10-25T02:30"),
        ("2026-10-24T23:00", 360, VIENNA, "2026-10-25T03:00:00Z", "2026-10-25T04:00"),
        ("2026-03-29T01:30", 60, VIENNA, "2026-03-29T01:30:00Z", "2026-03-29T03:30"),
    ],
)
def test_r14_the_end_is_start_plus_real_minutes(start: str, minutes: int, zone: str, ends: str, shown: str) -> None:
    (occurrence,) = expand(wall(start), zone, minutes).occurrences
    assert zones.rfc3339(occurrence.ends) == ends
    assert str(zones.local(occurrence.ends, zone)) == shown


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Kyiv", "2027-03-28T03:15"),
        ("Europe/Athens", "2027-03-28T03:30"),
        ("Europe/Dublin", "2027-03-28T01:30"),
        ("Africa/Cairo", "2027-04-30T00:30"),
        ("Asia/Beirut", "2027-03-28T00:30"),
    ],
)
def test_each_zone_has_its_own_gap(zone: str, start: str) -> None:
    assert [str(gap.wall) for gap in expand(wall(start), zone, 60).gaps] == [start]


@pytest.mark.parametrize(
    ("zone", "start", "instant"),
    [
        ("Europe/Moscow", "2026-10-25T02:30", "2026-10-24T23:30:00Z"),
        ("America/Sao_Paulo", "2026-11-01T00:30", "2026-11-01T03:30:00Z"),
        ("America/Vancouver", "2026-12-01T10:00", "2026-12-01T17:00:00Z"),
    ],
)
def test_where_clocks_stay_nothing_is_wrong(zone: str, start: str, instant: str) -> None:
    assert starts(start, zone) == [instant]


@pytest.mark.parametrize(
    ("zone", "start", "named"),
    [
        ("Africa/Cairo", "2027-04-29T00:30", ["2027-04-30T00:30"]),  # no midnight on the 30th
        ("Australia/Lord_Howe", "2027-10-02T02:15", ["2027-10-03T02:15"]),  # half an hour is skipped
        ("Pacific/Apia", "2011-12-29T10:00", ["2011-12-30T10:00"]),  # a whole day is
    ],
)
def test_a_daily_series_goes_on_after_what_clocks_skip(zone: str, start: str, named: list[str]) -> None:
    found = expand(wall(start), zone, 60, Rule("day", count=3))
    assert [str(gap.wall) for gap in found.gaps] == named
    assert [str(zones.local(each.starts, zone)) for each in found.occurrences] == [start, str(wall(start).plus_days(2))]


@pytest.mark.parametrize(
    ("zone", "start", "partner", "seen"),
    [
        ("Pacific/Kiritimati", "2026-10-05T00:30", "Pacific/Pago_Pago", ["2026-10-03T23:30", "2026-10-10T23:30"]),
        ("America/Los_Angeles", "2026-10-05T17:00", "Australia/Sydney", ["2026-10-06T11:00", "2026-10-13T11:00"]),
        ("Australia/Lord_Howe", "2026-09-28T09:00", "Asia/Kolkata", ["2026-09-28T04:00", "2026-10-05T03:30"]),
        ("Asia/Kathmandu", "2026-10-19T10:00", VIENNA, ["2026-10-19T06:15", "2026-10-26T05:15"]),
    ],
)
def test_a_weekday_is_one_of_the_anchor_zone_on_both_sides_of_the_date_line(
    zone: str, start: str, partner: str, seen: list[str]
) -> None:
    rule = Rule("week", weekdays=("MO",), count=2)
    found = expand(wall(start), zone, 90, rule).occurrences
    assert [each.recurrence.date.weekday() for each in found] == [0, 0]
    assert [str(zones.local(each.starts, partner)) for each in found] == seen


def test_r28_kiev_and_kyiv_are_one_zone() -> None:
    rule = Rule("week", count=10)
    assert starts("2026-09-07T10:00", "Europe/Kiev", rule) == starts("2026-09-07T10:00", "Europe/Kyiv", rule)


@pytest.mark.parametrize("zone", ["Europe", "", "../../etc/passwd", "europe/kyiv", "Europe/Kyiv "])
def test_r29_a_name_that_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(zones.UnknownZoneError):
        expand(wall("2026-10-06T10:00"), zone, 60)


def test_a_monthly_rule_keeps_the_day_number_and_names_the_months_without_it() -> None:
    found = expand(wall("2027-01-31T10:00"), VIENNA, 60, Rule("month", count=4))
    assert [str(occurrence.recurrence.date) for occurrence in found.occurrences] == [
        "2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31",
    ]  # fmt: skip
    assert found.months_without == ("2027-02", "2027-04", "2027-06")


def test_a_month_without_the_day_is_named_up_to_the_last_date() -> None:
    rule = Rule("month", until=dt.date(2027, 2, 28))
    assert expand(wall("2026-12-31T10:00"), VIENNA, 60, rule).months_without == ("2027-02",)


def test_except_takes_away_and_count_goes_on_counting() -> None:
    rule = Rule("week", count=3, except_=(dt.date(2026, 10, 13), dt.date(2026, 10, 14)))
    assert starts("2026-10-06T10:00", VIENNA, rule) == ["2026-10-06T08:00:00Z", "2026-10-20T08:00:00Z"]


@pytest.mark.parametrize(("until", "count"), [(dt.date(2026, 9, 28), 4), (dt.date(2026, 9, 27), 3)])
def test_r17_until_includes_its_date(until: dt.date, count: int) -> None:
    rule = Rule("week", until=until)
    assert len(rule.dates(dt.date(2026, 9, 7))) == count
    assert rule.counted(dt.date(2026, 9, 7)) == Rule("week", count=count)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule("week", count=15), "FREQ=WEEKLY;COUNT=15"),
        (Rule("week", 2, ("WE", "MO"), count=9), "FREQ=WEEKLY;INTERVAL=2;COUNT=9;BYDAY=MO,WE"),
        (Rule("day", 3, until=dt.date(2026, 12, 1)), "FREQ=DAILY;INTERVAL=3;UNTIL=20261201T080000Z"),
        (Rule("month", count=3), "FREQ=MONTHLY;COUNT=3"),
    ],
)
def test_r17_a_rule_is_written_with_count_or_with_until_in_utc(rule: Rule, text: str) -> None:
    assert recurrence.rrule(rule, wall("2026-09-07T09:00"), VIENNA) == text


@pytest.mark.parametrize(("until", "text"), [("2026-03-29", "20260329T013000Z"), ("2026-10-25", "20261025T013000Z")])
def test_until_on_a_day_of_change_still_includes_its_start(until: str, text: str) -> None:
    rule = Rule("day", until=dt.date.fromisoformat(until))
    assert recurrence.rrule(rule, wall("2026-01-01T02:30"), VIENNA).endswith(f"UNTIL={text}")


def refused(rule: dict[str, object], start: str = "2026-10-06") -> str:
    with pytest.raises(RuleError) as refusal:
        Rule(**rule).dates(dt.date.fromisoformat(start))  # type: ignore[arg-type]  # wrong on purpose
    return refusal.value.errors[0].field


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"every": "year", "count": 2}, "every"),
        ({"every": "week"}, "count"),
        ({"every": "week", "count": 2, "until": dt.date(2026, 12, 1)}, "count"),
        ({"every": "week", "count": 0}, "count"),
        ({"every": "week", "count": MOST + 1}, "count"),
        ({"every": "month", "count": 40}, "count"),
        ({"every": "day", "interval": LONGEST, "count": 3}, "count"),
        ({"every": "week", "interval": 0, "count": 2}, "interval"),
        ({"every": "week", "until": dt.date(2026, 10, 5)}, "until"),
        ({"every": "week", "until": dt.date(2029, 10, 5)}, "until"),
        ({"every": "day", "until": dt.date(2027, 10, 8)}, "until"),
        ({"every": "day", "weekdays": ("MO",), "count": 2}, "weekdays"),
        ({"every": "week", "weekdays": ("TU", "TU"), "count": 2}, "weekdays"),
        ({"every": "week", "weekdays": ("Tuesday",), "count": 2}, "weekdays"),
        ({"every": "week", "weekdays": ("MO",), "count": 2}, "weekdays"),
    ],
)
def test_a_rule_that_cannot_be_names_its_field(rule: dict[str, object], field: str) -> None:
    assert refused(rule) == f"repeat.{field}"


@given(
    every=st.sampled_from(["day", "week", "month"]),
    interval=st.integers(1, 4),
    count=st.integers(1, 20),
    start=st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)),
    more=st.sets(st.sampled_from(WEEKDAYS)),
)
def test_r17_dateutil_reads_our_rule_to_the_same_dates(
    every: Every, interval: int, count: int, start: dt.date, more: set[str]
) -> None:
    days = tuple(more | {WEEKDAYS[start.weekday()]}) if every == "week" else ()
    rule = Rule(every, interval, days, count=count)
    try:
        dates = rule.dates(start)
    except RuleError:
        reject()
    at = WallTime(start, dt.time(10))
    judged = rrulestr(recurrence.rrule(rule, at, VIENNA), dtstart=dt.datetime.combine(start, at.time))
    assert [found.date() for found in judged] == dates


@given(
    zone=st.sampled_from(zones.choices()),
    first=st.dates(dt.date(1975, 1, 1), dt.date(2035, 1, 1)),
    time=st.times().map(lambda time: time.replace(microsecond=0)),
    step=st.integers(1, 30),
    fold=st.sampled_from([None, 0, 1]),
)
def test_many_dates_are_resolved_as_each_alone(
    zone: str, first: dt.date, time: dt.time, step: int, fold: int | None
) -> None:
    dates = [first + dt.timedelta(step * each) for each in range(40)]
    alone = [zones.resolve(WallTime(date, time), zone, fold) for date in dates]
    assert instants(dates, time, zone, fold) == alone


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Gaza"])
def test_the_half_hours_of_a_year_are_resolved_as_each_alone(zone: str) -> None:
    days = [dt.date(2011, 1, 1) + dt.timedelta(each) for each in range(366)]
    for half in range(48):
        time = dt.time(half // 2, 30 * (half % 2))
        assert instants(days, time, zone) == [zones.resolve(WallTime(day, time), zone) for day in days]


def test_another_release_of_the_rules_is_asked_anew(tmp_path: Path) -> None:
    dates, zone = [dt.date(2026, 7, 1)], "Europe/Athens"
    assert instants(dates, dt.time(10), zone) == [zones.parse_rfc3339("2026-07-01T07:00:00Z")]
    zones.use_database(releases.doctored(tmp_path, zone, releases.WITHOUT_SUMMER))
    try:
        assert instants(dates, dt.time(10), zone) == [zones.parse_rfc3339("2026-07-01T08:00:00Z")]
    finally:
        zones.use_database(None)
