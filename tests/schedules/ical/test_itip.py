"""Invitations and cancellations: what they say, and that four readers and libical's rules agree."""

import dataclasses
import datetime as dt
import re

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.ical import Attendee, CalendarValueError, Invitation, Organizer, cancel, request
from schedules.recurrence import Every, Rule, expand
from tests.judges import libical, python_readers
from tests.judges.icaljs import IcalJs
from tests.schedules.ical.examples import instances, invitation, lines
from vclass.core.zones import WallTime

WEEKLY = Rule("week", count=31)
AUTUMN_AND_SPRING = "2026-09-07T16:00"
ZONES = [
    "Europe/Vienna", "Europe/Kyiv", "Europe/Athens", "Europe/Dublin", "Europe/Moscow", "America/New_York",
    "America/Sao_Paulo", "America/Vancouver", "Africa/Cairo", "Africa/Casablanca", "Asia/Jerusalem", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Auckland",
]  # fmt: skip


def spans(lesson: Invitation) -> list[tuple[int, int]]:
    return [(occurrence.starts, occurrence.ends) for occurrence in lesson.occurrences]


def assert_all_read(lesson: Invitation, icaljs: IcalJs) -> None:
    written = request(lesson)
    assert libical.complaints(written) == libical.complaints(cancel(lesson)) == ""
    assert icaljs.spans(written) == spans(lesson)
    assert libical.spans(written) == spans(lesson)
    assert python_readers.dateutil_spans(written) == spans(lesson)
    assert python_readers.icalendar_spans(written) == spans(lesson)


@pytest.mark.parametrize("zone", ZONES)
def test_a_weekly_lesson_over_both_changes_is_the_same_in_every_reader(zone: str, icaljs: IcalJs) -> None:
    assert_all_read(invitation(AUTUMN_AND_SPRING, zone, WEEKLY), icaljs)


@pytest.mark.parametrize(
    ("start", "rule", "minutes"),
    [
        ("2026-10-06T10:00", None, 90),
        ("2026-10-05T10:00", Rule("week", 2, ("WE", "MO"), until=dt.date(2026, 12, 1)), 90),
        ("2026-10-06T10:00", Rule("week", count=6, except_=(dt.date(2026, 10, 6), dt.date(2026, 10, 20))), 90),
        ("2026-10-22T23:00", Rule("day", count=4), 360),
        ("2026-10-24T23:00", Rule("day", count=3), 360),
        ("2026-10-24T01:30", Rule("day", count=3), 60),
        ("2026-10-24T02:30", Rule("day", count=3), 60),
        ("2026-03-27T02:30", Rule("day", count=4, except_=(dt.date(2026, 3, 29),)), 60),
        ("2027-01-31T10:00", Rule("month", count=5), 90),
        ("2027-01-15T10:00", Rule("month", count=5), 90),
    ],
)
def test_series_of_every_kind_are_the_same_in_every_reader(
    start: str, rule: Rule | None, minutes: int, icaljs: IcalJs
) -> None:
    assert_all_read(invitation(start, rule=rule, minutes=minutes), icaljs)


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    date=st.dates(dt.date(2026, 1, 1), dt.date(2028, 1, 1)),
    time=st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    every=st.sampled_from(["day", "week", "month"]),
    count=st.integers(1, 12),
    minutes=st.integers(1, 1440),
)
def test_r17_any_series_is_the_same_in_every_reader(
    icaljs: IcalJs, zone: str, date: dt.date, time: dt.time, every: Every, count: int, minutes: int
) -> None:
    rule, start = Rule(every, count=count), WallTime(date, time)
    gaps = tuple(gap.wall.date for gap in expand(start, zone, minutes, rule, fold=0).gaps)
    rule = dataclasses.replace(rule, except_=gaps)
    if expand(start, zone, minutes, rule, fold=0).occurrences:
        assert_all_read(invitation(str(start), zone, rule, minutes), icaljs)


def test_a_single_lesson_is_written_in_utc() -> None:
    written = request(invitation("2026-10-06T10:00"))
    assert lines(written, "DTSTART") == ["DTSTART:20261006T080000Z"]
    assert lines(written, "DTEND") == ["DTEND:20261006T093000Z"]
    assert b"VTIMEZONE" not in written


def test_r17_a_series_is_written_in_its_zone_with_count_and_exdate() -> None:
    rule = Rule("week", until=dt.date(2026, 10, 30), except_=(dt.date(2026, 10, 13),))
    written = request(invitation("2026-10-06T10:00", "Europe/Kiev", rule))
    assert lines(written, "DTSTART")[-1] == "DTSTART;TZID=Europe/Kyiv:20261006T100000"
    assert lines(written, "RRULE")[-1] == "RRULE:FREQ=WEEKLY;COUNT=4"
    assert lines(written, "EXDATE") == ["EXDATE;TZID=Europe/Kyiv:20261013T100000"]
    assert written.count(b"BEGIN:VTIMEZONE") == written.count(b"BEGIN:VEVENT") == 1


def test_a_series_whose_first_or_last_date_is_excepted_begins_and_ends_with_what_takes_place() -> None:
    rule = Rule("week", count=5, except_=(dt.date(2026, 10, 6), dt.date(2026, 11, 3)))
    written = request(invitation("2026-10-06T10:00", rule=rule))
    assert lines(written, "DTSTART")[-1] == "DTSTART;TZID=Europe/Vienna:20261013T100000"
    assert lines(written, "RRULE")[-1] == "RRULE:FREQ=WEEKLY;COUNT=3"
    assert lines(written, "EXDATE") == []


def test_what_is_left_of_a_series_when_one_date_stands_replaces_the_whole_series() -> None:
    rule = Rule("week", count=2, except_=(dt.date(2026, 10, 13),))
    written = request(invitation("2026-10-06T10:00", rule=rule))
    assert lines(written, "RECURRENCE-ID") == lines(cancel(invitation(rule=rule)), "RECURRENCE-ID") == []
    assert lines(written, "DTSTART") == ["DTSTART:20261006T080000Z"]


def test_an_occurrence_that_touches_a_change_of_clocks_is_written_in_utc_besides() -> None:
    written = request(invitation("2026-10-23T01:30", rule=Rule("day", count=4), minutes=60))
    assert lines(written, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Vienna:20261025T013000"]
    assert lines(written, "DTSTART")[-1] == "DTSTART:20261024T233000Z"
    assert lines(written, "DTEND")[-1] == "DTEND:20261025T003000Z"


@pytest.mark.parametrize("zone", ["Africa/Cairo", "Asia/Jerusalem", "America/Santiago"])
def test_a_series_in_a_zone_without_definition_is_single_events_in_utc_of_one_uid(zone: str) -> None:
    written = request(invitation("2026-10-06T10:00", zone, Rule("week", count=5)))
    assert b"TZID" not in written
    assert written.count(b"BEGIN:VEVENT") == 5
    assert set(lines(written, "UID")) == {"UID:lesson-1@vclass.example"}
    assert [line.split(":")[1] for line in lines(written, "RECURRENCE-ID")] == [
        line.split(":")[1] for line in lines(written, "DTSTART")
    ]


def test_the_join_link_is_where_each_client_looks_for_it() -> None:
    written = request(invitation(location="Hörsaal 7", description="Bring the text."))
    link = "https://vclass.example/join/aGVsbG8"
    assert lines(written, "LOCATION") == [f"LOCATION:Hörsaal 7\\, {link}"]
    assert lines(written, "DESCRIPTION")[0] == f"DESCRIPTION:{link}\\n\\nBring the text."
    assert lines(written, "URL") == [f"URL:{link}"]
    assert lines(written, "CONFERENCE") == [f"CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO,CHAT;LABEL=vclass:{link}"]
    assert lines(written, "X-GOOGLE-CONFERENCE") == [f"X-GOOGLE-CONFERENCE:{link}"]


def test_r8_the_only_attendee_is_the_reader_and_the_organizer_is_the_lesson() -> None:
    written = request(invitation(attendee=Attendee("Anna+vclass@kyiv.example", "Anna", "CHAIR", rsvp=True)))
    assert lines(written, "ATTENDEE") == [
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=CHAIR;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Anna:mailto:Anna+vclass@kyiv.example"
    ]
    assert lines(written, "ORGANIZER") == ['ORGANIZER;CN="vclass, Dr. Weber":mailto:b-3f9c@vclass.example']


def test_answers_are_not_asked_for_unless_they_can_be_read() -> None:
    assert ";RSVP=FALSE;" in lines(request(invitation()), "ATTENDEE")[0]


def test_an_attendee_without_a_name_is_shown_by_address() -> None:
    written = request(invitation(attendee=Attendee("anna@kyiv.example", "")))
    assert ";CN=anna@kyiv.example:" in lines(written, "ATTENDEE")[0]


def test_one_alarm_a_quarter_of_an_hour_before() -> None:
    (event,) = icalendar.Calendar.from_ical(request(invitation())).walk("VEVENT")
    (alarm,) = event.walk("VALARM")
    assert alarm.get("TRIGGER").dt == dt.timedelta(minutes=-15)


@pytest.mark.parametrize("rule", [None, Rule("week", count=5), Rule("day", count=25)])
def test_a_cancellation_has_the_uid_and_says_cancelled_of_the_whole(rule: Rule | None) -> None:
    written = cancel(invitation(rule=rule, sequence=2))
    assert lines(written, "METHOD") == ["METHOD:CANCEL"]
    assert lines(written, "STATUS") == ["STATUS:CANCELLED"]
    assert lines(written, "SEQUENCE") == ["SEQUENCE:2"]
    assert not lines(written, "RECURRENCE-ID")
    assert b"VALARM" not in written
    assert b"/join/" not in written


@pytest.mark.parametrize("status", ["CONFIRMED", "TENTATIVE"])
def test_the_status_of_an_invitation_is_the_lessons(status: str) -> None:
    written = request(invitation(status=status))
    assert lines(written, "STATUS") == [f"STATUS:{status}"]
    assert lines(written, "METHOD") == ["METHOD:REQUEST"]


@settings(deadline=None)
@given(
    text=st.text(st.characters(codec="utf-8"), max_size=80),
    evil=st.sampled_from(["", "\r\nATTENDEE:mailto:evil@x.example", "\nEND:VEVENT", "\u2028METHOD:CANCEL"]),
)
def test_r2_no_text_of_people_adds_a_property_or_breaks_a_rule(text: str, evil: str) -> None:
    given_ = text + evil
    plain = request(invitation())
    written = request(
        invitation(
            summary=given_, description=given_, location=given_,
            attendee=Attendee("a@x.example", given_), organizer=Organizer("o@x.example", given_),
        )
    )  # fmt: skip
    assert re.findall(rb"\r\n([A-Z-]+)", written.replace(b"\r\n ", b"")) == re.findall(
        rb"\r\n([A-Z-]+)", plain.replace(b"\r\n ", b"")
    )
    assert libical.complaints(written) == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "https://x/ y", "https://x/\r\nATTENDEE:mailto:e@x"])
def test_a_link_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(CalendarValueError):
        request(invitation(url=url))


def test_occurrences_that_do_not_belong_to_the_rule_are_refused() -> None:
    other = instances("2026-10-07T10:00", "Europe/Vienna", 90, Rule("week", count=2))
    with pytest.raises(CalendarValueError, match="its rule doesn't give"):
        request(invitation(rule=Rule("week", count=3), occurrences=other))


def test_a_lesson_without_occurrences_is_refused() -> None:
    with pytest.raises(CalendarValueError):
        request(invitation(occurrences=()))


def test_an_occurrence_that_ends_before_it_starts_is_refused() -> None:
    (only,) = invitation().occurrences
    with pytest.raises(CalendarValueError, match="ends before"):
        request(invitation(occurrences=(dataclasses.replace(only, ends=only.starts),)))


def test_two_occurrences_of_one_name_are_refused() -> None:
    (only,) = invitation().occurrences
    with pytest.raises(CalendarValueError, match="a recurrence of its own"):
        request(invitation(occurrences=(only, only)))


def test_a_transparent_lesson_leaves_its_time_free() -> None:
    written = request(invitation(transparent=True))
    assert lines(written, "TRANSP") == ["TRANSP:TRANSPARENT"]
    assert lines(written, "X-MICROSOFT-CDO-BUSYSTATUS") == ["X-MICROSOFT-CDO-BUSYSTATUS:FREE"]
    assert lines(request(invitation()), "TRANSP") == ["TRANSP:OPAQUE"]
