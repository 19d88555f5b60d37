"""From drafts to wishes: instants, people, and what may no longer be changed."""

import datetime as dt

import pytest

from schedules import (
    AlreadyBegunError,
    AlreadyCancelledError,
    ClosedError,
    FoldError,
    GapError,
    Guest,
    InThePastError,
    Repeat,
)
from schedules.model import Timing
from schedules.planning import bookings_for, find_invited, occurrences_of
from schedules.recurrence import Rule
from tests.office import Office
from vclass.core.refusals import InvalidInputError
from vclass.core.zones import WallTime, rfc3339

HOUR = 3600
WEEK = 7 * 24 * HOUR


def timing(start: str, rule: Rule | None = None, fold: int | None = None, zone: str = "Europe/Vienna") -> Timing:
    return Timing(zone, WallTime.parse(start), 60, fold, rule)


def starts(wanted: Timing) -> list[str]:
    return [rfc3339(each.starts) for each in occurrences_of(wanted)]


def test_a_series_keeps_its_wall_time_over_a_change_of_clocks() -> None:
    assert starts(timing("2027-03-22T10:00", Rule("week", count=2))) == ["2027-03-22T09:00:00Z", "2027-03-29T08:00:00Z"]


def test_a_start_in_a_gap_is_refused_with_both_readings() -> None:
    with pytest.raises(GapError) as refusal:
        occurrences_of(timing("2027-03-28T02:30"))
    assert refusal.value.facts["readings"] == ["2027-03-28T01:30", "2027-03-28T03:30"]
    assert "Choose 01:30 or 03:30" in refusal.value.sentence


def test_the_gap_dates_of_a_series_are_named() -> None:
    with pytest.raises(GapError) as refusal:
        occurrences_of(timing("2027-03-27T02:30", Rule("day", count=3)))
    assert refusal.value.facts["dates"] == ["2027-03-28"]
    left_out = Rule("day", count=3, except_=(dt.date(2027, 3, 28),))
    assert len(occurrences_of(timing("2027-03-27T02:30", left_out))) == 2


def test_a_start_in_a_fold_is_asked_about_with_both_instants() -> None:
    with pytest.raises(FoldError) as refusal:
        occurrences_of(timing("2027-10-31T02:30"))
    assert [each["start"] for each in refusal.value.facts["readings"]] == [
        "2027-10-31T00:30:00Z",
        "2027-10-31T01:30:00Z",
    ]


@pytest.mark.parametrize(("fold", "start"), [(0, "2027-10-31T00:30:00Z"), (1, "2027-10-31T01:30:00Z")])
def test_a_fold_says_which_start_is_meant(fold: int, start: str) -> None:
    assert starts(timing("2027-10-31T02:30", fold=fold)) == [start]


def test_a_series_whose_every_date_is_left_out_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="keep at least one"):
        occurrences_of(timing("2027-01-05T10:00", Rule("week", count=1, except_=(dt.date(2027, 1, 5),))))


def test_each_occurrence_asks_for_all_rooms() -> None:
    occurrences = occurrences_of(timing("2027-01-05T10:00", Rule("week", count=3)))
    wishes = bookings_for(occurrences, ())
    assert [each.reference for each in wishes] == ["2027-01-05T10:00", "2027-01-12T10:00", "2027-01-19T10:00"]
    assert {each.ends - each.starts for each in wishes} == {HOUR}


async def test_a_guest_reads_in_the_anchor_zone_and_the_teachers_language(office: Office) -> None:
    lesson = await office.book(attendees=(Guest("student@kyiv.example"), Guest("max.power@example.org")))
    invited = await office.database.read(find_invited, office.teacher, lesson.draft)
    by_email = {each.email: each for each in invited}
    assert by_email["student@kyiv.example"].zone == "Europe/Kyiv"
    guest = by_email["max.power@example.org"]
    assert (guest.person_id, guest.name, guest.zone, guest.language) == (
        None,
        "max.power",
        "Europe/Vienna",
        office.teacher.language,
    )


async def test_a_lesson_that_is_over_is_not_booked_but_one_that_runs_is(office: Office) -> None:
    with pytest.raises(InThePastError):
        await office.book(start="2026-11-21T09:30", minutes=90)
    assert (await office.book(start="2026-11-21T10:30", minutes=90)).state == "confirmed"


async def test_a_lesson_that_has_begun_keeps_its_time_and_rooms_but_not_its_words(office: Office) -> None:
    lesson = await office.book()
    office.clock.now = lesson.occurrences[0].starts
    for patch in ({"start": "2026-12-01T11:00"}, {"rooms": ()}, {"minutes": 60}):
        with pytest.raises(AlreadyBegunError):
            await office.change(lesson, **patch)
    assert (await office.change(lesson, title="Phonetics")).draft.title == "Phonetics"


@pytest.mark.parametrize("repeat", [None, Repeat("week", count=2)])
async def test_a_lesson_that_took_place_is_changed_in_nothing(office: Office, repeat: Repeat | None) -> None:
    lesson = await office.book(repeat=repeat)
    office.clock.now = lesson.dates[-1].ends
    longer = Repeat("week", count=5)
    for patch in ({"start": "2026-12-30T10:00"}, {"rooms": ()}, {"title": "New"}, {"teachers": ()}, {"repeat": longer}):
        with pytest.raises(ClosedError, match="took place"):
            await office.change(lesson, **patch)
    with pytest.raises(ClosedError):
        await office.cancel(lesson)
    assert (await office.read(lesson)).state_at(office.clock()) == "closed"


async def test_a_lesson_is_not_moved_into_the_past(office: Office) -> None:
    with pytest.raises(InThePastError):
        await office.change(await office.book(), start="2026-11-20T10:00")


async def test_a_cancelled_lesson_is_neither_changed_nor_cancelled_again(office: Office) -> None:
    gone = await office.cancel(await office.book())
    with pytest.raises(AlreadyCancelledError):
        await office.change(gone, title="Again")
    with pytest.raises(AlreadyCancelledError):
        await office.cancel(gone)
