"""From facts to words: which dates a mail speaks of, and what it calls the usual time."""

from typing import Any

import msgspec
import pytest

from schedules import MailFacts, Meeting, Place
from schedules.recurrence import Rule, expand
from vclass.core.zones import WallTime
from vclass.web.letters import lesson_words

HOUR = 3600
LINK = "https://vclass.example/join/aGVsbG8"
HALL = Place("Hall 7", "hall", "Europe/Vienna", "Vienna", "University of Vienna", "VIE", 2)
WEEKS = tuple(
    Meeting(str(each.recurrence), each.starts, 90)
    for each in expand(WallTime.parse("2026-10-06T10:00"), "Europe/Vienna", 90, Rule("week", count=5)).occurrences
)
FACTS = MailFacts(
    method="REQUEST",
    news="invited",
    uid="lesson-1@vclass.example",
    sequence=0,
    dtstamp=1_790_000_000,
    lesson="l1",
    title="Phonetics",
    description="",
    zone="Europe/Vienna",
    start="2026-10-06T10:00",
    minutes=90,
    fold=None,
    rule=Rule("week", count=5),
    starts=tuple(each.starts for each in WEEKS),
    address_token="3f9c",
    owner="Dr. Weber",
    owner_email="weber@vienna.example",
    teachers=("Dr. Weber",),
    places=(HALL,),
    attendee="a1",
    generation=1,
    key_id="k1",
    email="anna@kyiv.example",
    name="Anna",
    teaches=False,
    attendee_zone="Europe/Kyiv",
    language="en",
    meetings=WEEKS,
)


def facts(**changes: Any) -> MailFacts:  # noqa: ANN401  any field of the facts
    return msgspec.structs.replace(FACTS, **changes)


def moved(which: int, hours: int) -> tuple[Meeting, ...]:
    new = msgspec.structs.replace(WEEKS[which], starts=WEEKS[which].starts + HOUR * hours)
    return (*WEEKS[:which], new, *WEEKS[which + 1 :])


def test_a_mail_on_one_week_speaks_of_that_week_alone() -> None:
    meetings = moved(3, 2)
    words = lesson_words(facts(news="moved-one", meetings=meetings, about=(meetings[3],), before=WEEKS[3].starts), LINK)
    assert (words.first, words.last, words.number) == (meetings[3].span, meetings[3].span, 1)
    assert (words.before, words.shifts, words.moved) == (WEEKS[3].starts, (), ())


def test_a_mail_on_one_week_names_its_own_rooms() -> None:
    library = msgspec.structs.replace(HALL, name="Library")
    one = msgspec.structs.replace(WEEKS[1], places=(library,))
    words = lesson_words(facts(news="changed-one", about=(one,)), LINK)
    assert [each.name for each in words.rooms] == ["Library"]


def test_the_usual_time_leads_where_the_first_week_is_elsewhere() -> None:
    meetings = moved(0, 3)
    words = lesson_words(facts(meetings=meetings), LINK)
    assert (words.first, words.number) == (WEEKS[1].span, 5)
    assert words.moved == ((WEEKS[0].starts, meetings[0].starts),)


def test_a_lesson_whose_first_week_was_moved_before_has_not_moved_now() -> None:
    meetings = moved(0, 24 * 8)
    assert lesson_words(facts(news="updated", meetings=meetings, before=meetings[0].starts), LINK).before is None
    assert lesson_words(facts(news="updated", meetings=meetings, before=WEEKS[0].starts), LINK).before is not None


@pytest.mark.parametrize("news", ["cut", "ended"])
def test_a_lesson_that_ends_early_is_told_by_what_is_left(news: str) -> None:
    apart = lesson_words(facts(news=news, method="CANCEL", about=WEEKS[3:]), LINK)
    series = lesson_words(facts(news=news, meetings=WEEKS[:3]), LINK)
    assert apart.last == series.last == WEEKS[2].span
    assert apart.number == series.number == 3


def test_a_row_without_meetings_is_told_by_its_starts() -> None:
    words = lesson_words(facts(meetings=()), LINK)
    assert (words.first, words.last, words.number) == (WEEKS[0].span, WEEKS[4].span, 5)
    assert words.moved == ()


def test_a_longer_week_is_told_with_its_own_end() -> None:
    longer = msgspec.structs.replace(WEEKS[4], minutes=180)
    assert lesson_words(facts(meetings=(*WEEKS[:4], longer)), LINK).last == (
        WEEKS[4].starts,
        WEEKS[4].starts + 3 * HOUR,
    )


@pytest.mark.parametrize(("zone", "odd"), [("Europe/Kyiv", 0), ("America/New_York", 1)])
def test_shifts_are_those_of_weeks_that_were_not_moved(zone: str, odd: int) -> None:
    words = lesson_words(facts(attendee_zone=zone, meetings=moved(1, 2)), LINK)
    assert sum(each.number for each in words.shifts) == odd
    assert len(words.moved) == 1
