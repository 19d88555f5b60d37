"""What takes time in a calendar, and how it is reported."""

import pytest

from tests.icsreader.files import NOW, calendar, event, one, reading, reasons, spans, starts
from vclass.core.zones import parse_rfc3339
from vclass.icsreader.model import DAY, LARGEST, MOST_EVENTS, Failure, Task
from vclass.icsreader.reading import read

HOUR = "DURATION:PT1H"
AT_TEN = "DTSTART;TZID=Europe/Vienna:20261005T100000"


def test_f2_neither_titles_nor_places_nor_people_come_out() -> None:
    secret = (
        "SUMMARY:Zahnarzt",
        "LOCATION:Zahnarzt",
        "DESCRIPTION:Zahnarzt",
        "ATTENDEE;CN=Zahnarzt:mailto:z@z.example",
    )
    found = reading(calendar(event(AT_TEN, HOUR, *secret), event(*secret), event("DTSTART:Zahn", *secret)))
    assert "Zahnarzt" not in str(found)


def test_f3_our_own_lessons_do_not_keep_anybody_busy() -> None:
    content = calendar(event(AT_TEN, HOUR, uid="abc@Vclass.example"))
    assert reasons(content, domain="vclass.example") == {"ours": 1}
    assert reasons(content, domain="other.example") == {}


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        (("DTSTART;VALUE=DATE:20261005", "DTEND;VALUE=DATE:20261007"), ("2026-10-04T22:00", "2026-10-06T22:00")),
        (("DTSTART:20261005", "DTEND:20261005"), ("2026-10-04T22:00", "2026-10-05T22:00")),
        (("DTSTART;VALUE=DATE:20261005", "DURATION:P2D"), ("2026-10-04T22:00", "2026-10-06T22:00")),
        (("DTSTART;TZID=Europe/Vienna:20261024T100000", "DURATION:P1D"), ("2026-10-24T08:00", "2026-10-25T09:00")),
        (("DTSTART;TZID=Europe/Vienna:20261024T100000", "DURATION:PT24H"), ("2026-10-24T08:00", "2026-10-25T08:00")),
        ((AT_TEN, "DTEND;TZID=Europe/Kyiv:20261005T120000"), ("2026-10-05T08:00", "2026-10-05T09:00")),
        ((AT_TEN, "DTEND:20261006"), ("2026-10-05T08:00", "2026-10-05T22:00")),
    ],
)
def test_an_event_lasts_as_it_says(lines: tuple[str, ...], busy: tuple[str, str]) -> None:
    assert spans(one(*lines)) == [busy]


def test_what_lasts_no_time_takes_none() -> None:
    assert reasons(one(AT_TEN)) == {"free": 1}


def test_what_ends_before_it_begins_is_broken() -> None:
    assert reasons(one(AT_TEN, "DTEND;TZID=Europe/Vienna:20261005T090000")) == {"broken": 1}


def test_what_is_over_or_too_far_ahead_is_outside() -> None:
    content = calendar(event("DTSTART:20260101T080000Z", HOUR), event("DTSTART:20290101T080000Z", HOUR, uid="2"))
    assert reasons(content) == {"outside": 2}


def test_what_goes_on_at_the_moment_is_cut_to_what_is_to_come() -> None:
    assert spans(one("DTSTART:20260801", "DTEND:20290101")) == [("2026-09-01T00:00", "2027-10-06T00:00")]


def test_a_series_keeps_its_wall_time() -> None:
    assert starts(one("DTSTART;TZID=Europe/Vienna:20261019T100000", HOUR, "RRULE:FREQ=WEEKLY;COUNT=2")) == [
        "2026-10-19T08:00",
        "2026-10-26T09:00",
    ]


@pytest.mark.parametrize("until", ["20261012T080000Z", "20261012", "20261012T100000"])
def test_the_end_of_a_rule_is_included(until: str) -> None:
    assert len(starts(one(AT_TEN, HOUR, f"RRULE:FREQ=WEEKLY;UNTIL={until}"))) == 2


def test_a_second_before_the_last_start_it_is_excluded() -> None:
    assert len(starts(one(AT_TEN, HOUR, "RRULE:FREQ=WEEKLY;UNTIL=20261012T075959Z"))) == 1


def test_dates_beside_the_rule_count_each_with_its_own_length() -> None:
    period = "RDATE;VALUE=PERIOD:20261007T080000Z/PT2H,20261008T080000Z/20261008T083000Z"
    assert spans(one(AT_TEN, HOUR, "RDATE;TZID=Europe/Vienna:20261006T100000", period)) == [
        ("2026-10-05T08:00", "2026-10-05T09:00"),
        ("2026-10-06T08:00", "2026-10-06T09:00"),
        ("2026-10-07T08:00", "2026-10-07T10:00"),
        ("2026-10-08T08:00", "2026-10-08T08:30"),
    ]


def test_touching_and_overlapping_times_become_one() -> None:
    content = calendar(event("DTSTART:20261005T080000Z", HOUR), event("DTSTART:20261005T090000Z", HOUR, uid="2"))
    assert spans(content) == [("2026-10-05T08:00", "2026-10-05T10:00")]


def test_an_older_version_of_an_event_is_replaced() -> None:
    older, newer = ("DTSTART:20261005T080000Z", HOUR, "SEQUENCE:1"), ("DTSTART:20261006T080000Z", HOUR, "SEQUENCE:2")
    content = calendar(event(*older), event(*newer))
    assert (starts(content), reasons(content)) == (["2026-10-06T08:00"], {"replaced": 1})


def test_an_occurrence_changed_for_all_that_follow_is_noted() -> None:
    changed = event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261012T080000Z", "DTSTART:20261012T090000Z", HOUR)
    found = reading(calendar(event(AT_TEN, HOUR, "RRULE:FREQ=WEEKLY;COUNT=3"), changed))
    assert [each.note for each in found.report.notes] == ["this_and_following"]


def test_an_unknown_clock_of_the_calendar_is_noted() -> None:
    found = reading(calendar("X-WR-TIMEZONE:Middle-earth/Shire\n", event("DTSTART:20261005T100000", HOUR)))
    assert [each.note for each in found.report.notes] == ["unknown_clock"]


def test_a_calendar_named_by_an_address_is_its_owners() -> None:
    declined = event(AT_TEN, HOUR, "ATTENDEE;PARTSTAT=DECLINED:mailto:anna@gmail.example")
    assert reasons(calendar("X-WR-CALNAME:anna@gmail.example\n", declined)) == {"declined": 1}


def test_of_each_reason_there_are_but_a_few_examples() -> None:
    [skipped] = reading(calendar(*[event(uid=str(number)) for number in range(9)])).report.skipped
    assert (skipped.number, len(skipped.examples)) == (9, 3)


def test_the_whole_way_of_series_counts_against_the_limit() -> None:
    daily = "RRULE:FREQ=DAILY"
    content = calendar(*[event(AT_TEN, HOUR, daily, uid=str(number)) for number in range(60)])
    report = reading(content).report
    assert [each.reason for each in report.skipped] == ["too_many"]
    assert report.taken > 50


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not_a_calendar"),
        (b"%PDF-1.7", "not_a_calendar"),
        (b"BEGIN:VCALENDAR\n" * 50_000, "not_a_calendar"),
        (b"\0" * 50_000, "not_a_calendar"),
        (b" " * (LARGEST + 1), "too_large"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * (MOST_EVENTS + 1), "too_many_events"),
    ],
)
def test_f2_what_is_no_calendar_or_too_much_is_refused_as_a_whole(content: bytes, why: str) -> None:
    assert read(Task(content, "Europe/Vienna", NOW)) == Failure(why)  # type: ignore[arg-type]  # one of the reasons


def test_the_window_begins_now_and_lasts_four_hundred_days() -> None:
    now = parse_rfc3339("2026-10-05T08:30:00Z")
    [first, *_, last] = reading(one(AT_TEN, HOUR, "RRULE:FREQ=DAILY"), now=now).spans
    assert first == (now, now + 1800)
    assert now + 399 * DAY < last[1] <= now + 400 * DAY
