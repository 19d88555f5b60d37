"""Dates and times as a language writes them."""

import pytest

from vclass.core.zones import parse_rfc3339
from vclass.web.words import first_name, initials, words

START = parse_rfc3339("2026-10-06T08:00:00Z")
ENGLISH, UKRAINIAN = words("en"), words("uk")


def test_a_span_is_written_with_the_clock_of_the_zone() -> None:
    span = (START, START + 5400)
    assert [ENGLISH.hours(span, zone) for zone in ("Europe/Vienna", "Asia/Kathmandu")] == [
        "10:00–11:30",
        "13:45–15:15",
    ]


@pytest.mark.parametrize(
    ("zone", "english", "ukrainian"),
    [
        ("Europe/Kiev", "Kyiv", "Київ"),
        ("Europe/Kyiv", "Kyiv", "Київ"),
        ("Europe/Vienna", "Vienna", "Відень"),
        ("America/New_York", "New York", "Нью-Йорк"),
        ("Asia/Kolkata", "Kolkata", "Колката"),
    ],
)
def test_a_city_is_named_in_the_language_whatever_the_zone_is_called(zone: str, english: str, ukrainian: str) -> None:
    assert (ENGLISH.city(zone), UKRAINIAN.city(zone)) == (english, ukrainian)


@pytest.mark.parametrize(
    ("style", "english", "ukrainian"),
    [
        ("day", "Tuesday 6 October", "вівторок, 6 жовтня"),
        ("year", "Tuesday 6 October 2026", "вівторок, 6 жовтня 2026"),
        ("short", "Tue 6 Oct", "вт, 6 жовт."),
        ("plain", "6 October 2026", "6 жовтня 2026"),
    ],
)
def test_a_date_has_its_weekday(style: str, english: str, ukrainian: str) -> None:
    assert ENGLISH.day(START, "Europe/Vienna", style) == english
    assert UKRAINIAN.day(START, "Europe/Vienna", style) == ukrainian


def test_a_calendar_leaf_has_three_parts() -> None:
    assert UKRAINIAN.date_parts(START, "Europe/Kyiv") == ("Вт", "6", "жовт.")


def test_another_date_is_said_so_in_both_directions() -> None:
    evening = parse_rfc3339("2026-10-06T21:30:00Z")
    assert ENGLISH.other_day(evening, "Asia/Tokyo", "Europe/Vienna") == "next day"
    assert ENGLISH.other_day(START, "Pacific/Honolulu", "Europe/Vienna") == "the day before"
    assert ENGLISH.other_day(START, "Europe/Kyiv", "Europe/Vienna") == ""


@pytest.mark.parametrize(("seconds", "text"), [(2700, "45 min"), (5400, "90 min"), (7200, "2 h"), (9000, "2 h 30 min")])
def test_a_duration_is_in_the_unit_people_use(seconds: int, text: str) -> None:
    assert ENGLISH.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "in 1 min"), (1080, "in 18 min"), (7199, "in 119 min"), (7200, "in 2 hr"), (260000, "in 3 days")],
)
def test_a_distance_is_in_its_largest_fitting_unit(seconds: int, text: str) -> None:
    assert ENGLISH.until(START + seconds, START) == text


@pytest.mark.parametrize(
    ("hour", "greeting"), [("04", "evening"), ("06", "morning"), ("11", "afternoon"), ("19", "evening")]
)
def test_the_greeting_follows_the_hour_of_the_zone(hour: str, greeting: str) -> None:
    now = parse_rfc3339(f"2026-10-06T{hour}:30:00Z") - (7200 if hour == "04" else 0)
    assert greeting in ENGLISH.greeting(now, "Europe/Vienna")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dr. Anna Leitner", "AL"),
        ("Оксана Коваленко", "ОК"),
        ("m.alvarez@nyu.example", "MA"),
        ("Björk", "B"),
        ("42", "4"),
    ],
)
def test_initials_leave_titles_out(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_people_are_greeted_by_their_first_name() -> None:
    assert (first_name("Prof. Oksana Kovalenko"), first_name("Dr.")) == ("Oksana", "Dr.")


def test_a_weekday_has_its_name() -> None:
    assert [words(language).day_name(0) for language in ("en", "uk")] == ["Monday", "понеділок"]
    assert ENGLISH.day_name(6) == "Sunday"
