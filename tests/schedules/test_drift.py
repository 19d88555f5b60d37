"""Which weeks look odd on partners' clocks, and how it is said."""

import datetime as dt

import pytest

from schedules.drift import Flag, Partner, Shift, flag_sentence, flags, sentence, shifts
from schedules.recurrence import Rule, expand
from schedules.slots import DaysOff, Timetable
from vclass.core.hours import Opening
from vclass.core.zones import WallTime

VIENNA = "Europe/Vienna"
AUTUMN = ("2026-09-14T10:00", 14)


def shift(zone: str, start: str, rule: Rule, anchor: str = VIENNA) -> Shift:
    found = expand(WallTime.parse(start), anchor, 60, rule).occurrences
    (only,) = shifts(found, anchor, [zone])
    return only


def test_r15_new_york_sees_one_odd_week_in_autumn() -> None:
    found = shift("America/New_York", AUTUMN[0], Rule("week", count=AUTUMN[1]))
    assert (found.usual, found.days) == (dt.time(4), 0)
    assert [(week.number, str(week.recurrence), str(week.local)) for week in found.weeks] == [
        (7, "2026-10-26T10:00", "2026-10-26T05:00")
    ]


@pytest.mark.parametrize(
    ("zone", "start", "rule", "said"),
    [
        (
            "America/New_York", "2026-10-06T10:00", Rule("week", count=15),
            "In week 4 (27 Oct) it is one hour later for New York (05:00 instead of 04:00).",
        ),
        (
            "Europe/Moscow", "2026-10-06T10:00", Rule("week", count=15),
            "In weeks 1 to 3 (6 Oct to 20 Oct) it is one hour earlier for Moscow (11:00 instead of 12:00).",
        ),
        (
            "America/New_York", "2027-03-02T16:00", Rule("week", count=15),
            "In weeks 3 and 4 (16 Mar and 23 Mar) it is one hour later for New York (11:00 instead of 10:00).",
        ),
        (
            "America/New_York", "2026-09-07T16:00", Rule("week", count=31),
            ("In weeks 8, 28 and 29 (26 Oct, 15 Mar and 22 Mar) it is one hour later for New York "
            "(11:00 instead of 10:00)."),
        ),
        (
            "Australia/Sydney", "2026-09-14T10:00", Rule("week", count=14),
            ("In weeks 1 to 3 (14 Sep to 28 Sep) it is two hours earlier for Sydney (18:00 instead of 20:00). "
            "In weeks 4 to 6 (5 Oct to 19 Oct) it is one hour earlier for Sydney (19:00 instead of 20:00)."),
        ),
        (
            "Australia/Lord_Howe", "2026-08-31T05:30", Rule("week", count=8),
            "In weeks 6 to 8 (5 Oct to 19 Oct) it is 30 minutes later for Lord Howe (14:30 instead of 14:00).",
        ),
        (
            "America/New_York", "2026-10-05T00:30", Rule("week", count=15),
            "In week 4 (26 Oct) it is one hour later for New York (Sunday 19:30 instead of Sunday 18:30).",
        ),
        (
            "America/New_York", "2026-10-05T05:30", Rule("week", count=15),
            "In week 4 (26 Oct) it is one hour later for New York (Monday 00:30 instead of Sunday 23:30).",
        ),
        (
            "America/New_York", "2026-10-19T10:00", Rule("day", count=14),
            "From 25 Oct to 31 Oct it is one hour later for New York (05:00 instead of 04:00).",
        ),
        (
            "America/New_York", "2026-10-12T00:30", Rule("week", weekdays=("MO", "TH"), count=12),
            ("On 26 Oct and 29 Oct it is one hour later for New York "
            "(19:30 the day before instead of 18:30 the day before)."),
        ),
        ("Europe/Kiev", "2026-10-06T10:00", Rule("week", count=15), "For Kyiv it is 11:00 every time."),
        ("Asia/Tokyo", "2026-11-02T18:00", Rule("week", count=5), "For Tokyo it is 02:00 the day after every time."),
    ],
)  # fmt: skip
def test_r15_the_sentence_names_weeks_dates_and_both_times(zone: str, start: str, rule: Rule, said: str) -> None:
    assert sentence(shift(zone, start, rule)) == said


def test_a_zone_named_twice_or_the_anchors_own_is_told_once_or_not_at_all() -> None:
    found = expand(WallTime.parse("2026-10-06T10:00"), VIENNA, 60, Rule("week", count=3)).occurrences
    told = shifts(found, VIENNA, ["Europe/Kiev", VIENNA, "Europe/Kyiv", "Asia/Tokyo"])
    assert [found.zone for found in told] == ["Europe/Kyiv", "Asia/Tokyo"]


def test_a_single_lesson_has_a_usual_time_and_no_odd_week() -> None:
    found = expand(WallTime.parse("2026-10-06T10:00"), VIENNA, 60).occurrences
    assert [(told.usual, told.weeks) for told in shifts(found, VIENNA, ["Asia/Tokyo"])] == [(dt.time(17), ())]
    assert shifts([], VIENNA, ["Asia/Tokyo"]) == []


def test_across_the_date_line_the_partner_is_two_days_apart_at_most_by_name() -> None:
    found = shift("Pacific/Kiritimati", "2026-11-02T23:30", Rule("week", count=3), anchor="Pacific/Pago_Pago")
    assert found.days == 2
    assert sentence(found) == "For Kiritimati it is 00:30 two days after every time."


def office(zone: str, opens: int = 8, closes: int = 18, *off: DaysOff) -> Timetable:
    return Timetable(zone, tuple(Opening(day, 60 * opens, 60 * closes) for day in range(5)), off)


def flagged(partner: Timetable | Partner, start: str, count: int, minutes: int = 60) -> list[Flag]:
    found = expand(WallTime.parse(start), VIENNA, minutes, Rule("week", count=count)).occurrences
    return flags(found, [partner if isinstance(partner, Partner) else Partner(partner)])


def day_off(date: str, until: str | None = None, name: str = "") -> DaysOff:
    return DaysOff(dt.date.fromisoformat(date), dt.date.fromisoformat(until or date), name=name)


def test_a_holiday_of_a_partner_is_flagged_by_its_date_and_name() -> None:
    (flag,) = flagged(office("Europe/Kyiv", 8, 18, day_off("2026-10-13", name="Defenders Day")), "2026-10-06T10:00", 15)
    assert (flag.why, [str(week.recurrence) for week in flag.weeks]) == ("holiday", ["2026-10-13T10:00"])
    assert flag_sentence(flag) == "On 13 Oct it is a holiday for Kyiv (Defenders Day)."


def test_the_night_of_a_partner_is_flagged_for_every_lesson_with_each_time_it_shows() -> None:
    said = [flag_sentence(flag) for flag in flagged(office("America/New_York"), "2026-10-06T10:00", 15)]
    assert said == [
        (
            "In weeks 1 to 3 and 5 to 15 (6 Oct to 20 Oct and 3 Nov to 12 Jan) "
            "it is before working hours for New York (04:00)."
        ),
        "In week 4 (27 Oct) it is before working hours for New York (05:00).",
    ]


@pytest.mark.parametrize(
    ("partner", "start", "count", "said"),
    [
        (office("Europe/Kyiv", 8, 12), "2026-10-06T10:30", 4, "Every time it is after working hours for Kyiv (11:30)."),
        (office("Europe/Kyiv"), "2026-10-10T10:00", 4, "Every time it is not on a working day for Kyiv (Saturday)."),
        (
            office("Europe/Moscow", 8, 12), "2026-10-12T09:30", 4,
            "In weeks 3 and 4 (26 Oct and 2 Nov) it is after working hours for Moscow (11:30).",
        ),
        (
            office("Europe/Kyiv", 8, 18, day_off("2026-12-21", "2027-01-08", "Winter break")), "2026-11-02T10:00", 12,
            "From 21 Dec to 4 Jan it is a holiday for Kyiv (Winter break).",
        ),
        (
            Timetable("Europe/Kyiv", terms=((dt.date(2026, 9, 1), dt.date(2026, 10, 16)),)), "2026-10-05T10:00", 4,
            "In weeks 3 and 4 (19 Oct and 26 Oct) it is outside of term for Kyiv.",
        ),
        (
            Timetable("Europe/Kyiv", (Opening(0, 480, 720), Opening(0, 780, 1080))), "2026-10-05T11:15", 2,
            "Every time it is in a break of the working hours for Kyiv (12:15).",
        ),
        (
            Partner(office("Europe/Kyiv", 12), "KPI"), "2026-10-05T10:00", 2,
            "Every time it is before working hours for KPI (11:00).",
        ),
        (
            office("Europe/Kyiv", 12), "2026-10-05T10:00", 1,
            "On 5 Oct it is before working hours for Kyiv (11:00).",
        ),
    ],
)  # fmt: skip
def test_a_flag_says_when_why_and_for_whom(partner: Timetable | Partner, start: str, count: int, said: str) -> None:
    assert [flag_sentence(flag) for flag in flagged(partner, start, count)] == [said]


def test_on_a_holiday_nothing_is_said_of_hours() -> None:
    kyiv = office("Europe/Kyiv", 12, 18, day_off("2026-10-05"))
    assert [flag.why for flag in flagged(kyiv, "2026-10-05T10:00", 2)] == ["holiday", "before_hours"]


def test_within_working_hours_there_is_no_flag() -> None:
    assert flagged(office("Europe/Kyiv"), "2026-10-05T10:00", 20) == []
    assert flags([], [Partner(office("Europe/Kyiv"))]) == []


def test_a_holiday_counts_by_the_date_on_the_partners_wall() -> None:
    tokyo = Timetable("Asia/Tokyo", off=(day_off("2026-11-03", name="Culture Day"),))
    (flag,) = flagged(tokyo, "2026-11-02T18:00", 2)
    assert [str(week.local) for week in flag.weeks] == ["2026-11-03T02:00"]
