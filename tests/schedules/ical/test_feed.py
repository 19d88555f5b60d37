"""Whole calendars for subscribers: what they say, and that ical.js and libical read it as meant."""

import dataclasses
import os
import re
import subprocess
import sys
from typing import Any

import icalendar
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.ical.feed import Entry, Shown, Status, Venue, calendar, calendar_object
from schedules.recurrence import Rule, expand
from tests.judges import libical
from tests.judges.icaljs import IcalJs
from tests.schedules.ical.examples import LINK, lines
from vclass.core.zones import WallTime

WEEKLY = Rule("week", count=8)
AUTUMN = "2026-10-06T10:00"


def entry(zone: str = "Europe/Vienna", rule: Rule | None = None, start: str = AUTUMN, **changes: Any) -> Entry:  # noqa: ANN401  any field of an entry
    wall = WallTime.parse(start)
    found = expand(wall, zone, 90, rule, fold=0).occurrences
    usual = Entry(
        uid=f"lesson-{zone}@vclass.example",
        sequence=2,
        dtstamp=1_790_000_000,
        summary="Joint seminar",
        url=LINK,
        joins=True,
        zone=zone,
        start=wall,
        minutes=90,
        rule=rule,
        occurrences=tuple(Shown(each.recurrence, each.starts, each.ends, each.starts) for each in found),
    )
    return dataclasses.replace(usual, **changes)


def with_status(lesson: Entry, which: int, status: Status) -> Entry:
    dates = list(lesson.occurrences)
    dates[which] = dataclasses.replace(dates[which], status=status)
    return dataclasses.replace(lesson, occurrences=tuple(dates))


def spans(*lessons: Entry) -> list[tuple[int, int]]:
    return sorted((each.starts, each.ends) for lesson in lessons for each in lesson.occurrences)


def statuses(written: bytes) -> list[str]:
    return [line.partition(":")[2] for line in lines(written, "STATUS")]


def test_r19_a_feed_names_itself_says_how_often_to_come_and_has_no_method() -> None:
    written = calendar("Lessons of Олена", [entry()])
    assert lines(written, "METHOD") == []
    assert lines(written, "REFRESH-INTERVAL") == ["REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    assert lines(written, "X-PUBLISHED-TTL") == ["X-PUBLISHED-TTL:PT1H"]
    assert [*lines(written, "NAME"), *lines(written, "X-WR-CALNAME")] == [
        "NAME:Lessons of Олена",
        "X-WR-CALNAME:Lessons of Олена",
    ]


def test_r19_every_shape_is_read_alike_by_ical_js_and_libical(icaljs: IcalJs) -> None:
    lessons = [entry(), entry("Europe/Kyiv", WEEKLY), entry("Africa/Cairo", WEEKLY)]
    written = calendar("Lessons", lessons)
    assert libical.complaints(written) == ""
    assert icaljs.spans(written) == libical.spans(written) == spans(*lessons)


def test_each_zone_is_defined_once(icaljs: IcalJs) -> None:
    later = dataclasses.replace(entry(rule=WEEKLY, start="2027-02-01T09:00"), uid="another@vclass.example")
    lessons = [entry(rule=WEEKLY), later, entry("Europe/Kyiv", WEEKLY)]
    written = calendar("Lessons", lessons)
    assert lines(written, "TZID") == ["TZID:Europe/Vienna", "TZID:Europe/Kyiv"]
    assert icaljs.spans(written) == spans(*lessons)


def test_a_series_whose_zone_had_other_rules_is_written_apart(icaljs: IcalJs) -> None:
    old = dataclasses.replace(entry("Asia/Almaty", WEEKLY, "2018-03-01T09:00"), uid="old@vclass.example")
    lessons = [old, entry("Asia/Almaty", WEEKLY)]
    written = calendar("Lessons", lessons)
    assert len(lines(written, "TZID")) == 1
    assert len(lines(written, "RECURRENCE-ID")) == 8
    assert icaljs.spans(written) == libical.spans(written) == spans(*lessons)


def test_r19_a_cancelled_date_of_a_series_is_shown_as_cancelled(icaljs: IcalJs) -> None:
    lesson = with_status(entry(rule=WEEKLY), 2, "CANCELLED")
    written = calendar("Lessons", [lesson])
    assert statuses(written) == ["CONFIRMED", "CANCELLED"]
    assert lines(written, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Vienna:20261020T100000"]
    assert libical.complaints(written) == ""
    assert icaljs.spans(written) == spans(lesson)


def test_r19_a_cancelled_lesson_is_shown_as_cancelled_and_takes_no_time() -> None:
    off = dataclasses.replace(
        entry(), occurrences=tuple(dataclasses.replace(each, status="CANCELLED") for each in entry().occurrences)
    )
    written = calendar("Lessons", [off])
    assert statuses(written) == ["CANCELLED"]
    assert lines(written, "TRANSP") == ["TRANSP:TRANSPARENT"]


def test_a_date_that_is_not_decided_is_tentative() -> None:
    written = calendar("Lessons", [with_status(entry(rule=WEEKLY), 0, "TENTATIVE")])
    assert statuses(written) == ["CONFIRMED", "TENTATIVE"]


def test_a_cancelled_date_beyond_a_rule_that_ends_early_now_is_left_out(icaljs: IcalJs) -> None:
    long = with_status(entry(rule=WEEKLY), 7, "CANCELLED")
    cut = dataclasses.replace(long, rule=Rule("week", count=7))
    written = calendar("Lessons", [cut])
    assert icaljs.spans(written) == spans(cut)[:7]
    assert libical.spans(written) == spans(cut)[:7]


def test_busy_tells_the_time_and_nothing_else(icaljs: IcalJs) -> None:
    secret = entry(rule=WEEKLY, busy=True, description="Exam", location="Hall 1", summary="Thesis of Anna")
    written = calendar("Busy", [secret])
    assert icaljs.spans(written) == spans(secret)
    assert lines(written, "SUMMARY") == ["SUMMARY:Busy"]
    assert lines(written, "CLASS") == ["CLASS:PRIVATE"]
    assert not re.search(rb"Exam|Hall|Anna|http|ATTENDEE|ORGANIZER|DESCRIPTION|LOCATION", written)


def test_a_room_is_an_attendee_of_its_own_calendar() -> None:
    room = Venue("AAAA", "Auditory 5", "Dr. Weber")
    written = calendar("Auditory 5", [entry(venue=room, url="https://vclass.example/lessons/x", joins=False)])
    [attendee] = lines(written, "ATTENDEE")
    assert "CUTYPE=ROOM" in attendee
    assert 'CN="Auditory 5"' in attendee
    assert libical.complaints(written) == ""


def test_only_a_personal_link_is_offered_as_the_way_in() -> None:
    page = calendar("Course", [entry(url="https://vclass.example/lessons/x", joins=False)])
    assert lines(page, "URL") == ["URL:https://vclass.example/lessons/x"]
    assert lines(page, "CONFERENCE") == lines(page, "LOCATION") == []
    assert LINK in lines(calendar("Mine", [entry()]), "LOCATION")[0]


def test_an_empty_calendar_has_a_component_all_the_same() -> None:
    written = calendar("Lessons", [])
    assert libical.complaints(written) == ""
    assert icalendar.Calendar.from_ical(written).subcomponents


@settings(max_examples=40, deadline=None)
@given(words=st.text(max_size=120), more=st.text(max_size=300), place=st.text(max_size=100))
def test_r3_any_words_make_short_lines_and_come_back(icaljs: IcalJs, words: str, more: str, place: str) -> None:
    written = calendar("Lessons", [entry(summary=words, description=more, location=place)])
    assert max(map(len, written.split(b"\r\n"))) <= 75
    assert icaljs.spans(written) == spans(entry())
    assert len(lines(written, "UID")) == 1


def test_a_calendar_object_is_the_same_lesson_alone(icaljs: IcalJs) -> None:
    lesson = with_status(entry(rule=WEEKLY), 3, "CANCELLED")
    written = calendar_object(lesson)
    assert lines(written, "X-WR-CALNAME") == lines(written, "METHOD") == []
    assert icaljs.spans(written) == spans(lesson)
    assert written.count(b"BEGIN:VEVENT") == calendar("x", [lesson]).count(b"BEGIN:VEVENT")


def test_case_56_neither_the_systems_zone_nor_its_language_changes_an_octet() -> None:
    script = (
        "import sys; from schedules.ical.feed import calendar; from schedules.recurrence import Rule; "
        "from tests.schedules.ical.test_feed import entry; "
        "sys.stdout.buffer.write(calendar('Заняття', [entry('Europe/Kyiv', Rule('week', count=8))]))"
    )
    written = {
        subprocess.check_output([sys.executable, "-c", script], env={**os.environ, "TZ": zone, "LANG": language})
        for zone, language in (("Asia/Kathmandu", "uk_UA.UTF-8"), ("America/New_York", "C"))
    }
    assert written == {calendar("Заняття", [entry("Europe/Kyiv", WEEKLY)])}
