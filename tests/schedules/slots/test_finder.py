"""The slot finder: judged by a walk through all quarters of an hour, and by examples that people would ask about."""

import datetime as dt

import pytest

from schedules.slots import Candidate, DaysOff, Need, Person, Query, Slot, Timetable, find
from tests.schedules.slots import oracle
from tests.schedules.slots.oracle import Judged
from tests.schedules.slots.timetables import random_query
from vclass.core import hours, zones
from vclass.core.hours import Opening
from vclass.core.spans import Span

VIENNA, KYIV = "Europe/Vienna", "Europe/Kyiv"
EVERY = 10**6
OFFICE = tuple(Opening(day, 480, 1080) for day in range(5))


def at(wall: str, zone: str = VIENNA) -> int:
    found = zones.resolve(wall, zone, fold=0)
    assert isinstance(found, int)
    return found


def span(starts: str, ends: str, zone: str = VIENNA) -> Span:
    return at(starts, zone), at(ends, zone)


def day(date: str, *people: Person, minutes: int = 60, needs: tuple[Need, ...] = ()) -> Query:
    return Query(VIENNA, minutes, *span(f"{date}T00:00", f"{date}T23:45"), people, needs)


def person(key: str, zone: str, *busy: Span, required: bool = True) -> Person:
    return Person(key, Timetable(zone, OFFICE), busy, required)


def said(slot: Slot) -> Judged:
    why = tuple(tuple(sorted(reason.why for reason in each.reasons)) for each in slot.people)
    return Judged(slot.starts, slot.comfort, why, tuple(choice.free for choice in slot.choices))


@pytest.mark.parametrize("hundred", range(10))
def test_a_thousand_timetables_are_answered_like_the_judge(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        query = random_query(seed)
        assert [said(slot) for slot in find(query, EVERY)] == oracle.slots(query), seed


def test_the_random_timetables_have_whole_partial_and_hopeless_answers() -> None:
    best = [found[0] for found in (find(random_query(seed), 1) for seed in range(600)) if found]
    assert sum(slot.complete for slot in best) > 50
    assert sum(not slot.complete for slot in best) > 50
    assert {reason.why for slot in best for each in slot.people for reason in each.reasons} == {
        "holiday", "day_off", "out_of_term", "outside_hours", "busy",
    }  # fmt: skip


def test_a_common_hour_is_found_on_both_clocks() -> None:
    best, *_ = find(day("2026-10-26", person("v", VIENNA), person("k", KYIV)))
    assert best.complete
    assert str(best.local) == "2026-10-26T08:00"
    assert [str(each.local) for each in best.people] == ["2026-10-26T08:00", "2026-10-26T09:00"]


def test_where_nobody_can_do_without_the_other_the_best_partial_answer_leads() -> None:
    busy = span("2026-10-26T12:00", "2026-10-26T18:00")
    best, *_ = find(day("2026-10-26", person("v", VIENNA), person("ny", "America/New_York", busy)))
    (missing,) = best.missing
    assert (str(best.local), missing.key, missing.comes) == ("2026-10-26T08:00", "ny", False)
    assert [reason.why for reason in missing.reasons] == ["outside_hours"]
    assert missing.reasons[0].until == at("2026-10-26T08:00", "America/New_York")


def test_it_is_better_without_an_optional_person_than_without_a_required_one() -> None:
    guest = person("guest", VIENNA, span("2026-10-26T08:00", "2026-10-26T12:00"), required=False)
    teacher = person("teacher", VIENNA, span("2026-10-26T12:00", "2026-10-26T18:00"))
    best, *_ = find(day("2026-10-26", guest, teacher))
    assert (str(best.local), best.complete) == ("2026-10-26T08:00", True)
    assert [(each.key, each.reasons[0].until) for each in best.missing] == [("guest", at("2026-10-26T12:00"))]


def test_between_equal_times_the_gentler_one_leads() -> None:
    night = Person("night", Timetable("Asia/Tokyo"))
    best, *_ = find(day("2026-10-26", Person("v", Timetable(VIENNA)), night))
    assert [each.comfort for each in best.people] == [0, 0]
    assert (str(best.local), best.comfort) == ("2026-10-26T08:00", 0)


def test_a_holiday_is_named() -> None:
    national = DaysOff(dt.date(2026, 10, 26), dt.date(2026, 10, 26), "holiday", "National Day")
    best, *_ = find(day("2026-10-26", Person("v", Timetable(VIENNA, OFFICE, (national,))), person("k", KYIV)))
    reason, *_ = best.people[0].reasons
    assert (reason.why, reason.name, reason.until) == ("holiday", "National Day", None)


def test_any_room_of_the_candidates_will_do_and_all_that_are_free_are_named() -> None:
    taken = span("2026-10-26T08:00", "2026-10-26T10:00")
    halls = Need("Vienna", tuple(Candidate(key, VIENNA, (), busy) for key, busy in (("A", (taken,)), ("B", ()))))
    first, *_, last = find(day("2026-10-26", person("v", VIENNA), needs=(halls,)), 9)
    assert [choice.free for choice in (*first.choices, *last.choices)] == [("B",), ("A", "B")]


def test_setup_and_teardown_do_not_touch_what_is_busy() -> None:
    hall = Candidate("A", VIENNA, OFFICE, (span("2026-10-26T10:00", "2026-10-26T12:00"),), 900, 1800)
    found = find(day("2026-10-26", person("v", VIENNA), needs=(Need("Vienna", (hall,)),)), EVERY)
    whole = sorted(str(slot.local.time)[:5] for slot in found if slot.complete)
    assert whole[:4] == ["08:00", "08:15", "08:30", "12:15"]


def test_a_need_without_a_candidate_makes_no_slot_complete_and_hides_none() -> None:
    found = find(day("2026-10-26", person("v", VIENNA), needs=(Need("Kyiv", ()),)), EVERY)
    assert len(found) == 92
    assert not any(slot.complete for slot in found)


def test_a_start_that_the_clocks_show_twice_says_which_it_is() -> None:
    night = Query(VIENNA, 30, *span("2026-10-25T01:45", "2026-10-25T03:30"))
    found = sorted(find(night, EVERY), key=lambda slot: slot.starts)
    assert [(f"{slot.local.time:%H:%M}", slot.fold) for slot in found if slot.fold is not None] == [
        *((time, 0) for time in ("02:00", "02:15", "02:30", "02:45")),
        *((time, 1) for time in ("02:00", "02:15", "02:30", "02:45")),
    ]


@pytest.mark.parametrize(
    ("date", "zone", "starts"),
    [
        ("2026-10-25", VIENNA, 100),
        ("2026-03-29", VIENNA, 92),
        ("2027-04-30", "Africa/Cairo", 92),
        ("2027-04-04", "Australia/Lord_Howe", 98),
        ("2026-10-26", "Asia/Kathmandu", 96),
    ],
)
def test_a_day_has_as_many_starts_as_it_has_quarters_of_an_hour(date: str, zone: str, starts: int) -> None:
    first, last = hours.day_span(dt.date.fromisoformat(date), zone)
    found = find(Query(zone, 15, first, last), EVERY)
    assert len(found) == starts
    assert {str(slot.local.date) for slot in found} == {date}


def test_a_lesson_over_midnight_is_within_hours_that_adjoin() -> None:
    owl = Person("owl", Timetable(VIENNA, (Opening(0, 1320, 1440), Opening(1, 0, 120))))
    found = find(Query(VIENNA, 240, *span("2026-10-26T12:00", "2026-10-27T12:00"), (owl,)), EVERY)
    assert [str(slot.local) for slot in found if slot.complete] == ["2026-10-26T22:00"]


def test_a_window_shorter_than_the_lesson_has_no_slot() -> None:
    assert find(Query(VIENNA, 90, *span("2026-10-26T08:00", "2026-10-26T09:00"))) == []


def test_people_who_are_nowhere_busy_get_the_whole_grid() -> None:
    found = find(Query(VIENNA, 60, *span("2026-10-26T08:05", "2026-10-26T10:00")), EVERY)
    assert [f"{slot.local.time:%H:%M}" for slot in found] == ["08:15", "08:30", "08:45", "09:00"]


def test_a_lesson_of_no_length_cannot_be() -> None:
    with pytest.raises(ValueError, match="0 minutes"):
        Query(VIENNA, 0, 0, 100)
