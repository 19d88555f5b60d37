"""What is written of one occurrence: its name stays, wherever it goes, and the others are left alone."""

import dataclasses

import pytest

from schedules.ical import Apart, Invitation, cancel_occurrence, request, request_occurrence, shape_of
from schedules.recurrence import Rule
from tests.judges import libical, python_readers
from tests.judges.icaljs import IcalJs
from tests.schedules.ical.examples import invitation, lines, moved, rearranged, told, without

WEEKLY = Rule("week", count=5)
BOOKED = invitation("2026-10-06T10:00", rule=WEEKLY)
APART = invitation("2026-10-06T10:00", "Africa/Cairo", WEEKLY)


def assert_all_read(lesson: Invitation, icaljs: IcalJs) -> None:
    written = request(lesson)
    spans = sorted((each.starts, each.ends) for each in lesson.occurrences)
    assert libical.complaints(written) == ""
    assert icaljs.spans(written) == libical.spans(written) == spans
    assert python_readers.dateutil_spans(written) == python_readers.icalendar_spans(written) == spans


@pytest.mark.parametrize("lesson", [BOOKED, APART])
@pytest.mark.parametrize("minutes", [120, -45, 24 * 60, 26 * 24 * 60])
def test_r7_a_series_with_one_week_elsewhere_is_the_same_in_every_reader(
    lesson: Invitation, minutes: int, icaljs: IcalJs
) -> None:
    assert_all_read(moved(lesson, 2, minutes), icaljs)


@pytest.mark.parametrize("lesson", [BOOKED, APART])
@pytest.mark.parametrize("which", range(5))
def test_r6_a_series_with_one_week_cancelled_is_the_same_in_every_reader(
    lesson: Invitation, which: int, icaljs: IcalJs
) -> None:
    assert_all_read(without(lesson, which), icaljs)


def test_a_series_with_one_longer_week_is_the_same_in_every_reader(icaljs: IcalJs) -> None:
    first, *others = BOOKED.occurrences
    longer = dataclasses.replace(first, ends=first.ends + 1800)
    assert_all_read(told(BOOKED, occurrences=(longer, *others)), icaljs)


def test_a_cancelled_week_that_the_clocks_show_twice_is_the_same_in_every_reader(icaljs: IcalJs) -> None:
    assert_all_read(without(invitation("2026-10-23T02:30", rule=Rule("day", count=4), minutes=30), 2), icaljs)


def rule_lines(written: bytes) -> list[str]:
    """RRULEs of events; those of the VTIMEZONE are yearly."""
    return [line for line in lines(written, "RRULE") if "YEARLY" not in line]


def test_r7_a_moved_week_is_named_by_its_original_start_in_the_zone_of_the_series() -> None:
    later = moved(BOOKED, 3, 120)
    written = request_occurrence(later, later.occurrences[3])
    assert lines(written, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Vienna:20261027T100000"]
    assert lines(written, "DTSTART")[-1] == "DTSTART;TZID=Europe/Vienna:20261027T120000"
    assert (lines(written, "UID"), lines(written, "SEQUENCE")) == (lines(request(BOOKED), "UID"), ["SEQUENCE:1"])


def test_r7_a_week_moved_over_a_change_of_clocks_keeps_the_wall_time_of_its_name() -> None:
    later = moved(BOOKED, 2, 7 * 24 * 60)
    written = request_occurrence(later, later.occurrences[2])
    assert lines(written, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Vienna:20261020T100000"]
    assert lines(written, "DTSTART")[-1] == "DTSTART;TZID=Europe/Vienna:20261027T090000"


def test_a_week_moved_into_a_change_of_clocks_is_told_in_utc() -> None:
    later = moved(BOOKED, 2, 4 * 24 * 60 + 15 * 60 + 45)
    written = request_occurrence(later, later.occurrences[2])
    assert lines(written, "DTSTART")[-1] == "DTSTART:20261024T234500Z"


@pytest.mark.parametrize("lesson", [BOOKED, APART])
def test_r6_an_object_for_one_week_has_one_event_without_a_rule(lesson: Invitation) -> None:
    later = moved(lesson, 2, 120)
    one = later.occurrences[2]
    for written in (request_occurrence(later, one), cancel_occurrence(later, one)):
        assert libical.complaints(written) == ""
        assert (written.count(b"BEGIN:VEVENT"), rule_lines(written)) == (1, [])


@pytest.mark.parametrize("lesson", [BOOKED, APART])
def test_a_cancelled_week_that_was_moved_keeps_its_original_name(lesson: Invitation) -> None:
    later = moved(lesson, 2, 120)
    written = cancel_occurrence(told(later), later.occurrences[2])
    booked = request_occurrence(lesson, lesson.occurrences[2])
    assert lines(written, "RECURRENCE-ID") == lines(booked, "RECURRENCE-ID")
    assert lines(written, "STATUS") == ["STATUS:CANCELLED"]


def test_a_cancelled_week_is_an_exception_of_the_whole() -> None:
    written = request(without(BOOKED, 0))
    assert lines(written, "EXDATE") == ["EXDATE;TZID=Europe/Vienna:20261006T100000"]
    assert rule_lines(written) == ["RRULE:FREQ=WEEKLY;COUNT=5"]


def test_a_series_keeps_its_shape_when_one_week_is_left() -> None:
    last = told(BOOKED, occurrences=BOOKED.occurrences[4:])
    assert rule_lines(request(last)) == ["RRULE:FREQ=WEEKLY;COUNT=5"]
    one = told(APART, occurrences=APART.occurrences[4:])
    assert lines(request(one), "RECURRENCE-ID") == ["RECURRENCE-ID:20261103T080000Z"]


def test_one_week_has_rooms_and_words_of_its_own() -> None:
    (first, *others) = BOOKED.occurrences
    own = dataclasses.replace(first, location="Hall 8", summary="Exam", description="Bring ink.")
    written = request(told(BOOKED, location="Hall 7", occurrences=(own, *others)))
    assert [line.split("\\,")[0] for line in lines(written, "LOCATION")] == ["LOCATION:Hall 7", "LOCATION:Hall 8"]
    assert lines(written, "SUMMARY") == ["SUMMARY:Joint seminar", "SUMMARY:Exam"]
    assert lines(written, "DESCRIPTION")[2].endswith("Bring ink.")


def test_dates_apart_keep_their_names_when_the_whole_moves() -> None:
    after = rearranged(APART, invitation("2026-10-07T12:00", "Africa/Cairo", WEEKLY))
    assert isinstance(shape_of(after), Apart)
    assert lines(request(after), "RECURRENCE-ID") == lines(request(APART), "RECURRENCE-ID")
    assert lines(request(after), "DTSTART")[0] == "DTSTART:20261007T090000Z"


def test_the_only_lesson_is_told_and_cancelled_as_a_whole() -> None:
    single = invitation("2026-10-06T10:00")
    assert request_occurrence(single, *single.occurrences) == request(single)
    assert lines(cancel_occurrence(single, *single.occurrences), "RECURRENCE-ID") == []
