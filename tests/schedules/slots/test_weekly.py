"""Weekly times: judged week by week, and by the terms that two universities share."""

import datetime as dt

import pytest

from schedules.slots import Candidate, DaysOff, Need, Person, Query, Timetable, WeeklySlot, weekly
from tests.schedules.slots import oracle
from tests.schedules.slots.oracle import Judged, JudgedWeekly
from tests.schedules.slots.timetables import random_query
from vclass.core import zones
from vclass.core.hours import Opening
from vclass.core.spans import Span

VIENNA, MOSCOW, NEW_YORK = "Europe/Vienna", "Europe/Moscow", "America/New_York"
EVERY = 10**6
HOUR = 3600
OFFICE = tuple(Opening(day, 480, 1080) for day in range(5))


def at(wall: str, zone: str = VIENNA) -> int:
    found = zones.resolve(wall, zone, fold=0)
    assert isinstance(found, int)
    return found


def on(wall: str, minutes: int = 60, zone: str = VIENNA) -> Span:
    return at(wall, zone), at(wall, zone) + 60 * minutes


def monday_at_ten(*people: Person, needs: tuple[Need, ...] = ()) -> Query:
    """Fifteen weeks from 5 October 2026 on."""
    return Query(VIENNA, 60, *on("2026-10-05T10:00"), people, needs)


def only(query: Query, weeks: int = 15) -> WeeklySlot:
    (found,) = weekly(query, weeks)
    return found


def agrees(slot: WeeklySlot, judged: JudgedWeekly) -> bool:
    """Whether all that a slot says, its odd weeks included, is what the judge saw."""
    expected = (judged.starts, judged.comfort, len(judged.works), judged.choices)
    if (slot.starts, slot.comfort, slot.works, tuple(choice.free for choice in slot.choices)) != expected:
        return False
    odd = {week.number - 1: week for week in slot.odd}
    return all(
        (number in odd) is _is_odd(judged, number)
        and (
            number not in odd
            or (odd[number].starts, odd[number].works) == (each and each.starts, number in judged.works)
        )
        and (number not in odd or {who.key for who in odd[number].missing} == _missing(slot, each))
        for number, each in enumerate(judged.weeks)
    )


def _is_odd(judged: JudgedWeekly, number: int) -> bool:
    week = judged.weeks[number]
    return number not in judged.works or week is None or any(week.why)


def _missing(slot: WeeklySlot, week: Judged | None) -> set[str]:
    return {who.key for who, why in zip(slot.people, week.why, strict=True) if why} if week else set()


@pytest.mark.parametrize("fifty", range(6))
def test_three_hundred_terms_are_answered_like_the_judge(fifty: int) -> None:
    for seed in range(50 * fifty, 50 * fifty + 50):
        query = random_query(seed, most_hours=14, weeks=4)
        found, judged = weekly(query, 4, EVERY), oracle.weekly(query, 4)
        assert [slot.starts for slot in found] == [each.starts for each in judged], seed
        assert all(map(agrees, found, judged)), seed


def test_a_busy_week_and_a_holiday_are_told_with_their_reasons() -> None:
    revolution = DaysOff(dt.date(2026, 10, 12), dt.date(2026, 10, 12), "holiday", "A holiday")
    found = only(
        monday_at_ten(
            Person("v", Timetable(VIENNA, OFFICE), (on("2026-11-02T10:30"),)),
            Person("m", Timetable(MOSCOW, OFFICE, (revolution,))),
        )
    )
    assert (found.works, found.weeks) == (13, 15)
    assert [
        (week.number, str(week.local), [(who.key, who.reasons[0].why) for who in week.missing]) for week in found.odd
    ] == [
        (2, "2026-10-12T10:00", [("m", "holiday")]),
        (5, "2026-11-02T10:00", [("v", "busy")]),
    ]


def test_a_lesson_keeps_its_hour_in_the_anchor_zone_while_a_partner_drifts_out_of_his_own() -> None:
    early = Timetable(NEW_YORK, tuple(Opening(day, 300, 720) for day in range(5)))
    found = only(Query(VIENNA, 60, *on("2026-10-19T10:00"), (Person("ny", early),)), 3)
    assert [(week.number, week.works) for week in found.odd] == [(1, False), (3, False)]
    assert [str(who.local) for week in found.odd for who in week.missing] == ["2026-10-19T04:00", "2026-11-02T04:00"]


def test_one_room_is_kept_although_another_would_be_free_each_week() -> None:
    taken = {"A": ("2026-10-12",), "B": ("2026-10-05", "2026-10-19")}
    rooms = tuple(
        Candidate(key, VIENNA, (), tuple(on(f"{date}T10:00") for date in dates)) for key, dates in taken.items()
    )
    found = only(monday_at_ten(needs=(Need("Vienna", rooms),)), 3)
    assert (found.works, [choice.free for choice in found.choices]) == (2, [("A",)])
    ((week,),) = (found.odd,)
    assert (week.number, [choice.free for choice in week.choices]) == (2, [("B",)])


def test_rooms_of_two_places_are_chosen_for_the_same_weeks() -> None:
    a, b, c = (
        Candidate(key, VIENNA, (), tuple(on(f"2026-10-{day}T10:00") for day in busy))
        for key, busy in {"A": ("05", "26"), "B": ("12", "19"), "C": ("05", "26")}.items()
    )
    found = only(monday_at_ten(needs=(Need("Vienna", (b, a)), Need("Kyiv", (c,)))), 4)
    assert (found.works, [choice.free for choice in found.choices]) == (2, [("A",), ("C",)])


def test_a_time_with_another_room_each_week_comes_after_one_that_keeps_its_room_longer() -> None:
    taken = {"A": ("2026-10-12T10:00", "2026-10-19T10:00"), "B": ("2026-10-05T10:00", "2026-10-05T11:00")}
    rooms = tuple(
        Candidate(key, VIENNA, (), tuple(on(each) for each in busy) + (on("2026-10-19T11:00"),) * (key == "B"))
        for key, busy in taken.items()
    )
    window = (at("2026-10-05T10:00"), at("2026-10-05T12:00"))
    found = weekly(Query(VIENNA, 60, *window, needs=(Need("Vienna", rooms),)), 3, EVERY)
    assert (str(found[0].local), found[0].works, found[0].choices[0].free) == ("2026-10-05T11:00", 3, ("A",))
    assert {str(slot.local): slot.works for slot in found}["2026-10-05T10:00"] == 2


def test_between_as_many_weeks_the_earlier_ones_are_taken() -> None:
    taken = {"A": ("2026-10-05", "2026-10-12"), "B": ("2026-10-19", "2026-10-26")}
    rooms = tuple(
        Candidate(key, VIENNA, (), tuple(on(f"{date}T10:00") for date in dates)) for key, dates in taken.items()
    )
    found = only(monday_at_ten(needs=(Need("Vienna", rooms),)), 4)
    assert [choice.free for choice in found.choices] == [("B",)]
    assert [week.number for week in found.odd] == [3, 4]


def test_an_optional_person_is_told_of_and_breaks_no_week() -> None:
    guest = Person("guest", Timetable(VIENNA), (on("2026-10-12T10:00"),), required=False)
    found = only(monday_at_ten(guest), 3)
    assert found.works == 3
    assert [(week.number, week.works) for week in found.odd] == [(2, True)]


def test_where_no_week_works_the_best_attended_time_leads() -> None:
    never = Person("never", Timetable(VIENNA, OFFICE, (DaysOff(dt.date(2026, 9, 1), dt.date(2027, 3, 1), "day_off"),)))
    early = Person("early", Timetable(VIENNA), (on("2026-10-05T10:00", 30),))
    window = (at("2026-10-05T10:00"), at("2026-10-05T12:00"))
    found = weekly(Query(VIENNA, 60, *window, (never, early)), 3, EVERY)
    assert {slot.works for slot in found} == {0}
    assert [str(slot.local.time)[:5] for slot in found] == ["10:30", "10:45", "11:00", "10:00", "10:15"]


def test_a_week_whose_start_the_clocks_skip_does_not_work() -> None:
    found = only(Query(VIENNA, 30, *on("2027-03-14T02:30", 30)), 3)
    assert (found.works, found.fold) == (2, None)
    assert [(week.number, str(week.local), week.starts) for week in found.odd] == [(3, "2027-03-28T02:30", None)]


def test_a_week_whose_start_the_clocks_show_twice_takes_the_earlier_one_and_says_so() -> None:
    busy = (at("2026-10-25T02:30") + HOUR, at("2026-10-25T02:30") + 2 * HOUR)  # the second 02:30
    person = Person("v", Timetable(VIENNA), (busy,))
    found = only(Query(VIENNA, 30, *on("2026-10-11T02:30", 30), (person,)), 3)
    assert (found.works, found.fold) == (3, 0)


def test_an_anchor_that_leaps_over_a_day_has_a_week_without_it() -> None:
    found = only(Query("Pacific/Apia", 60, *on("2011-12-16T10:00", zone="Pacific/Apia")), 4)
    assert [(week.number, str(week.local)) for week in found.odd] == [(3, "2011-12-30T10:00")]


def test_only_the_first_seven_days_of_the_window_count() -> None:
    found = weekly(Query(VIENNA, 60, at("2026-10-19T00:00"), at("2026-11-09T00:00")), 2, EVERY)
    assert len(found) == len({(slot.local.date.weekday(), slot.local.time) for slot in found}) == 7 * 96


def test_a_lesson_in_no_week_cannot_be() -> None:
    with pytest.raises(ValueError, match="0 weeks"):
        weekly(monday_at_ten(), 0)
