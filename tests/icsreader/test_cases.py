"""The nasty cases 13 and 40 to 48: what an import makes of files that people really send."""

from pathlib import Path

import icalendar
import pytest

from tests.icsreader.files import calendar, event, one, reading, reasons, spans, starts, vtimezone
from vclass.core.zones import parse_rfc3339
from vclass.icsreader.model import Failure, Task
from vclass.icsreader.reading import read

HOUR = "DURATION:PT1H"
AT_TEN = "DTSTART;TZID=Europe/Vienna:20261005T100000"
TEN = ("2026-10-05T08:00", "2026-10-05T09:00")
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=4"
SPRING = parse_rfc3339("2027-03-01T00:00:00Z")
QUOTED = "(UTC+01:00) Amsterdam, Berlin"
BROKEN_VEVENTS = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:no-start
SUMMARY:Nobody knows when
END:VEVENT
BEGIN:VEVENT
UID:odd
DTSTART:yesterday
END:VEVENT
BEGIN:VEVENT
UID:fine
DTSTART:20261005T080000Z
DTEND:20261005T090000Z
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    ("zone", "day", "busy"),
    [
        ("Africa/Cairo", "20270430", ("2027-04-29T22:00", "2027-04-30T21:00")),
        ("Asia/Beirut", "20270328", ("2027-03-27T22:00", "2027-03-28T21:00")),
        ("Europe/Vienna", "20270328", ("2027-03-27T23:00", "2027-03-28T22:00")),
        ("Europe/Vienna", "20271031", ("2027-10-30T22:00", "2027-10-31T23:00")),
    ],
)
def test_case_13_a_whole_day_is_as_long_as_its_clocks_make_it(zone: str, day: str, busy: tuple[str, str]) -> None:
    assert spans(one(f"DTSTART;VALUE=DATE:{day}"), zone, SPRING) == [busy]


def test_case_13_a_time_within_the_gap_at_midnight_counts_from_before() -> None:
    busy = spans(one("DTSTART;TZID=Africa/Cairo:20270430T003000", HOUR), now=SPRING)
    assert busy == [("2027-04-29T22:30", "2027-04-29T23:30")]


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1"]
)
def test_case_40_what_repeats_without_end_is_named(rule: str) -> None:
    [skipped] = reading(one(AT_TEN, HOUR, f"RRULE:{rule}")).report.skipped
    assert (skipped.reason, skipped.examples[0].text) == ("too_frequent", f"RRULE:{rule}")


def test_case_40_a_count_beyond_all_measure_is_followed_to_the_end_of_the_window_and_noted() -> None:
    found = reading(one(AT_TEN, HOUR, "RRULE:FREQ=DAILY;COUNT=1000000000"))
    assert [(each.note, each.number) for each in found.report.notes] == [("clipped", 1)]
    assert len(found.spans) == 366


def test_case_40_a_rule_that_never_comes_true_is_broken_off() -> None:
    never = event(AT_TEN, HOUR, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid="never")
    assert reasons(calendar(never, event(AT_TEN, HOUR, uid="fine"))) == {"too_slow": 1}
    assert spans(calendar(never, event(AT_TEN, HOUR, uid="fine"))) == [TEN]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1", "utf-16-le", "utf-16-be"])
def test_case_41_any_usual_encoding_is_read(encoding: str) -> None:
    content = one("SUMMARY:Prüfung", AT_TEN, HOUR).decode()
    assert spans(content.encode(encoding)) == [TEN]


@pytest.mark.parametrize("newline", [b"\n", b"\r"])
def test_case_41_any_end_of_line_is_read(newline: bytes) -> None:
    assert spans(one(AT_TEN, HOUR).replace(b"\r\n", newline)) == [TEN]


def test_case_41_an_event_without_its_end_is_reported() -> None:
    whole = calendar(event(AT_TEN, HOUR, uid="whole"), event(AT_TEN, HOUR, uid="cut"))
    cut = whole[: whole.rindex(b"END:VEVENT")]
    assert (spans(cut), reasons(cut)) == ([TEN], {"cut_off": 1})


def test_case_42_a_windows_name_is_a_zone() -> None:
    assert spans(one("DTSTART;TZID=W. Europe Standard Time:20261005T100000", HOUR)) == [TEN]


def test_case_42_a_quoted_name_with_a_colon_is_the_zone_that_the_file_defines() -> None:
    assert spans(calendar(vtimezone(QUOTED), event(f'DTSTART;TZID="{QUOTED}":20261005T100000', HOUR))) == [TEN]


def test_case_42_the_same_name_without_quotes_is_reported() -> None:
    content = calendar(vtimezone(QUOTED), event(f"DTSTART;TZID={QUOTED}:20261005T100000", HOUR))
    assert (spans(content), reasons(content)) == ([], {"broken": 1})


def test_case_43_a_zone_that_nobody_knows_is_reported_and_not_taken_for_utc() -> None:
    content = one("DTSTART;TZID=Nowhere/Zone:20261005T100000", HOUR)
    [skipped] = reading(content).report.skipped
    assert (skipped.reason, spans(content)) == ("unknown_zone", [])
    assert (skipped.examples[0].line, skipped.examples[0].text) == (6, "DTSTART;TZID=Nowhere/Zone:20261005T100000")


@pytest.mark.parametrize("tzid", ["Europe", "../../etc/passwd", "", "europe/kyiv", "A" * 90_000])
def test_r29_case_43_what_is_no_zone_is_reported(tzid: str) -> None:
    assert reasons(one(f"DTSTART;TZID={tzid}:20261005T100000", HOUR)) == {"unknown_zone": 1}


def test_case_44_a_time_without_zone_is_on_the_clock_of_the_calendar() -> None:
    athens = calendar("X-WR-TIMEZONE:Europe/Athens\n", event("DTSTART:20261005T100000", HOUR))
    assert starts(athens) == ["2026-10-05T07:00"]


def test_case_44_without_such_a_clock_it_is_on_that_of_the_owner() -> None:
    assert spans(one("DTSTART:20261005T100000", HOUR)) == [TEN]
    assert starts(one("DTSTART:20261005T100000", HOUR), zone="Europe/Kyiv") == ["2026-10-05T07:00"]


def test_case_44_what_repeats_in_utc_stays_at_ten_in_athens_over_the_change_of_clocks() -> None:
    repeated = event("DTSTART:20261019T070000Z", "DTEND:20261019T080000Z", "RRULE:FREQ=WEEKLY;COUNT=2")
    assert starts(calendar("X-WR-TIMEZONE:Europe/Athens\n", repeated)) == ["2026-10-19T07:00", "2026-10-26T08:00"]
    assert starts(calendar(repeated)) == ["2026-10-19T07:00", "2026-10-26T07:00"]


def test_case_45_what_is_free_cancelled_or_declined_takes_no_time() -> None:
    declined = "ATTENDEE;CN=Anna;PARTSTAT=DECLINED:mailto:Anna@Elsewhere.example"
    content = calendar(
        event(AT_TEN, HOUR, "TRANSP:TRANSPARENT", uid="1"),
        event(AT_TEN, HOUR, "STATUS:CANCELLED", uid="2"),
        event(AT_TEN, HOUR, declined, uid="3"),
        event(AT_TEN, HOUR, "X-MICROSOFT-CDO-BUSYSTATUS:FREE", uid="4"),
    )
    assert spans(content, owners=("anna@elsewhere.example",)) == []
    assert reasons(content, owners=("anna@elsewhere.example",)) == {"free": 2, "cancelled": 1, "declined": 1}


def test_case_45_what_somebody_else_declined_takes_time() -> None:
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@elsewhere.example"
    assert spans(one(AT_TEN, HOUR, declined), owners=("anna@elsewhere.example",)) == [TEN]


def test_case_45_a_cancelled_change_takes_its_occurrence_away() -> None:
    cancelled = event("RECURRENCE-ID:20261012T080000Z", "DTSTART:20261012T080000Z", HOUR, "STATUS:CANCELLED")
    found = starts(calendar(event(AT_TEN, HOUR, WEEKLY), cancelled))
    assert found == ["2026-10-05T08:00", "2026-10-19T08:00", "2026-10-26T09:00"]


def test_case_46_an_occurrence_moved_to_another_zone_is_moved_once() -> None:
    moved = event("RECURRENCE-ID:20261012T080000Z", "DTSTART;TZID=Europe/Kyiv:20261013T140000", HOUR)
    found = starts(calendar(event(AT_TEN, HOUR, WEEKLY), moved))
    assert found == ["2026-10-05T08:00", "2026-10-13T11:00", "2026-10-19T08:00", "2026-10-26T09:00"]


@pytest.mark.parametrize(
    "without",
    [
        "EXDATE;VALUE=DATE:20261012",
        "EXDATE:20261012T080000Z",
        "EXDATE;TZID=Europe/Kyiv:20261012T110000",
        "EXDATE;TZID=Europe/Vienna:20261012T100000",
    ],
)
def test_case_47_an_occurrence_is_left_out_in_whichever_way_it_is_named(without: str) -> None:
    assert starts(one(AT_TEN, HOUR, WEEKLY, without)) == ["2026-10-05T08:00", "2026-10-19T08:00", "2026-10-26T09:00"]


def test_case_48_events_without_a_start_are_left_out_with_the_reason() -> None:
    content = BROKEN_VEVENTS.encode()
    assert (reasons(content), spans(content)) == ({"no_start": 1, "broken": 1}, [TEN])


def test_case_48_the_broken_files_of_the_icalendar_wheel_have_a_reason_each() -> None:
    folder = Path(icalendar.__file__).parent / "tests" / "calendars"
    assert reasons((folder / "small_bad_calendar.ics").read_bytes()) == {"no_start": 1}
    assert isinstance(read(Task(b"BEGIN:VTODO\nEND:VTODO\n", "Europe/Vienna", 0)), Failure)
