"""The names by which calendars know dates apart, and what a change leaves behind there."""

import datetime as dt

import pytest

from schedules.ical import Apart, left_behind, published_starts, shape_of
from schedules.ical.shape import Series, Single
from schedules.recurrence import Rule
from tests.schedules.ical.examples import instances, invitation, rearranged

CAIRO = "Africa/Cairo"
WEEKLY = Rule("week", count=5)


def known(start: str, rule: Rule) -> dict[str, int]:
    return {str(each.recurrence): each.starts for each in instances(start, CAIRO, 90, rule)}


def names(before: tuple[str, Rule], after: tuple[str, Rule]) -> list[int]:
    """The names of the occurrences after a change, in order."""
    former = {each.recurrence: each.starts for each in instances(before[0], CAIRO, 90, before[1])}
    found = published_starts(former, instances(after[0], CAIRO, 90, after[1]))
    return [found[wall] for wall in sorted(found)]


@pytest.mark.parametrize(
    ("start", "zone", "rule", "shape"),
    [
        ("2026-10-06T10:00", "Europe/Vienna", None, Single),
        ("2026-10-06T10:00", CAIRO, None, Single),
        ("2026-10-06T10:00", "Europe/Vienna", Rule("week", count=1), Single),
        ("2026-10-06T10:00", "Europe/Vienna", Rule("week", count=2, except_=(dt.date(2026, 10, 6),)), Single),
        ("2026-10-06T10:00", "Europe/Vienna", WEEKLY, Series),
        ("2026-10-06T10:00", CAIRO, WEEKLY, Apart),
        ("2026-10-06T10:00", "Asia/Jerusalem", WEEKLY, Apart),
        ("2026-10-31T10:00", "Europe/Vienna", Rule("month", count=3), Apart),
        ("2026-10-25T01:30", "Europe/Vienna", WEEKLY, Apart),
    ],
)
def test_the_shape_follows_from_zone_start_and_rule(start: str, zone: str, rule: Rule | None, shape: type) -> None:
    assert isinstance(shape_of(invitation(start, zone, rule)), shape)


def test_occurrences_that_move_take_over_the_names_in_order_of_time() -> None:
    before = "2026-10-06T10:00", WEEKLY
    assert names(before, ("2026-10-08T12:00", WEEKLY)) == list(known(*before).values())


def test_an_occurrence_that_stays_keeps_its_name_whatever_comes_between() -> None:
    before, after = ("2026-10-06T10:00", WEEKLY), ("2026-10-06T10:00", Rule("week", 1, ("TU", "TH"), count=9))
    assert names(before, after)[::2] == list(known(*before).values())
    assert len(set(names(before, after))) == 9


def test_a_new_occurrence_is_named_by_its_own_start() -> None:
    before, after = ("2026-10-06T10:00", Rule("week", count=2)), ("2026-09-29T10:00", Rule("week", count=3))
    first, second = known(*before).values()
    assert names(before, after) == [first - 7 * 86400, first, second]


def test_a_new_occurrence_never_gets_a_name_that_another_has() -> None:
    first, second = instances("2026-10-06T10:00", CAIRO, 90, Rule("day", count=2))
    found = published_starts({second.recurrence: first.starts}, [first, second])
    assert found == {second.recurrence: first.starts, first.recurrence: first.starts + 1}


def test_a_shorter_series_of_dates_apart_leaves_the_last_ones_behind() -> None:
    booked = invitation("2026-10-06T10:00", CAIRO, WEEKLY)
    shorter = rearranged(booked, invitation("2026-10-06T10:00", CAIRO, Rule("week", count=3)))
    assert left_behind(booked, shorter) == booked.occurrences[3:]


def test_a_recurring_event_stands_in_the_way_of_dates_apart_as_a_whole() -> None:
    booked = invitation("2026-10-06T10:00", rule=WEEKLY)
    assert left_behind(booked, invitation("2026-10-06T10:00", CAIRO, WEEKLY)) == ()


def test_a_recurring_event_leaves_nothing_behind() -> None:
    booked = invitation("2026-10-06T10:00", CAIRO, WEEKLY)
    assert left_behind(booked, invitation("2026-10-06T10:00", rule=Rule("week", count=2))) is None
