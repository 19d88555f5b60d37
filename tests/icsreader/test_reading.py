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


WEEKLY = event(AT_TEN, HOUR, "RRULE:FREQ=WEEKLY;COUNT=5")
"""On 5, 12, 19, 26 October and 2 November at ten in Vienna, whose clocks change on 25 October."""


def onward(date: str, *lines: str) -> str:
    return event(f"RECURRENCE-ID;TZID=Europe/Vienna;RANGE=THISANDFUTURE:{date}T100000", *lines)


def test_a_date_moved_with_all_that_follow_moves_them_on_the_clock_of_the_series() -> None:
    content = calendar(WEEKLY, onward("20261019", "DTSTART;TZID=Europe/Vienna:20261020T130000", "DURATION:PT2H"))
    assert spans(content)[2:] == [
        ("2026-10-20T11:00", "2026-10-20T13:00"),
        ("2026-10-27T12:00", "2026-10-27T14:00"),
        ("2026-11-03T12:00", "2026-11-03T14:00"),
    ]
    assert reading(content).report.notes == ()


def test_a_new_time_in_utc_is_one_on_the_clock_of_the_series_for_all_that_follow() -> None:
    content = calendar(WEEKLY, onward("20261019", "DTSTART:20261019T060000Z", HOUR))
    assert starts(content)[2:] == ["2026-10-19T06:00", "2026-10-26T07:00", "2026-11-02T07:00"]


def test_a_later_change_onward_and_a_date_of_its_own_go_before_an_earlier_one() -> None:
    first = onward("20261012", "DTSTART;TZID=Europe/Vienna:20261012T120000", HOUR)
    second = onward("20261026", "DTSTART;TZID=Europe/Vienna:20261026T140000", HOUR)
    alone = event(
        "RECURRENCE-ID;TZID=Europe/Vienna:20261019T100000", "DTSTART;TZID=Europe/Vienna:20261019T170000", HOUR
    )
    times = ["2026-10-05T08:00", "2026-10-12T10:00", "2026-10-19T15:00", "2026-10-26T13:00", "2026-11-02T13:00"]
    assert starts(calendar(WEEKLY, first, second, alone)) == times


def test_a_series_that_is_off_or_free_from_a_date_on_takes_no_time_after_it() -> None:
    for said in ("STATUS:CANCELLED", "TRANSP:TRANSPARENT"):
        off = onward("20261019", "DTSTART;TZID=Europe/Vienna:20261019T100000", HOUR, said)
        assert starts(calendar(WEEKLY, off)) == ["2026-10-05T08:00", "2026-10-12T08:00"]


def test_whole_days_move_onward_by_days() -> None:
    whole = event("DTSTART;VALUE=DATE:20261005", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = event("RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20261012", "DTSTART;VALUE=DATE:20261014")
    assert starts(calendar(whole, moved)) == ["2026-10-04T22:00", "2026-10-13T22:00", "2026-10-20T22:00"]


def test_dates_that_are_moved_far_onward_come_into_the_window_from_before_it() -> None:
    whole = event("DTSTART;TZID=Europe/Vienna:20260803T100000", HOUR, "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = onward("20260810", "DTSTART;TZID=Europe/Vienna:20260907T100000", HOUR)
    assert starts(calendar(whole, moved)) == ["2026-09-07T08:00", "2026-09-14T08:00"]


ALONE = {
    "no series": calendar(onward("20261012", "DTSTART:20261012T090000Z", HOUR)),
    "all before": calendar(
        WEEKLY, event("RECURRENCE-ID;RANGE=THISANDPRIOR:20261012T080000Z", "DTSTART:20261012T090000Z", HOUR)
    ),
    "a whole day": calendar(WEEKLY, onward("20261012", "DTSTART;VALUE=DATE:20261012")),
}


LOST = {
    "no date": "RECURRENCE-ID;RANGE=THISANDFUTURE:",
    "two dates": "RECURRENCE-ID;RANGE=THISANDFUTURE:20261012T080000Z,20261019T080000Z",
}


@pytest.mark.parametrize("case", LOST)
def test_a_change_onward_that_names_no_one_date_leaves_the_series(case: str) -> None:
    found = reading(calendar(WEEKLY, event(LOST[case], "DTSTART:20261012T090000Z", HOUR)))
    assert [each.note for each in found.report.notes] == ["this_and_following"]
    assert found.report.events == 2


def test_a_change_onward_that_leads_out_of_the_calendar_spoils_its_series_alone() -> None:
    far = onward("20261019", "DTSTART;TZID=Europe/Vienna:89991019T100000", HOUR)
    other = event("DTSTART:20261101T100000Z", HOUR, uid="2")
    assert starts(calendar(WEEKLY, far, other))[-1] == "2026-11-01T10:00"


@pytest.mark.parametrize("case", ALONE)
def test_what_was_changed_with_dates_that_cannot_be_told_is_changed_alone_and_reported(case: str) -> None:
    [note] = reading(ALONE[case]).report.notes
    assert (note.note, note.number) == ("this_and_following", 1)
    assert note.examples[0].text.startswith("RECURRENCE-ID")


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
