"""A calendar that gets our mails in any order ends right (RFC 5546 section 2.1.5)."""

import itertools
from collections.abc import Sequence

import pytest

from schedules.ical import cancel, cancel_occurrence, left_behind, request, request_occurrence
from schedules.recurrence import Rule
from tests.schedules.ical.conftest import Delivered
from tests.schedules.ical.examples import changed, invitation, meetings, moved, rearranged, told, without

WEEKLY = Rule("week", count=5)
BOOKED = invitation("2026-10-06T10:00", rule=WEEKLY)
RETITLED = told(BOOKED, sequence=0, summary="Phonetics")
MOVED = rearranged(RETITLED, invitation("2026-10-06T11:00", rule=WEEKLY))
GONE = told(MOVED)

ZONES = ["Europe/Vienna", "Africa/Cairo"]
"""A zone whose series recur, and one whose dates are events of their own."""


def orders(mails: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    return list(itertools.permutations(mails))


@pytest.mark.parametrize("order", orders([request(BOOKED), request(RETITLED), request(MOVED), cancel(GONE)]))
def test_booked_retitled_moved_and_cancelled_ends_cancelled_in_any_order(
    order: tuple[bytes, ...], delivered: Delivered
) -> None:
    assert delivered(order) == []


@pytest.mark.parametrize("order", orders([request(BOOKED), request(RETITLED), request(MOVED)]))
def test_booked_retitled_and_moved_ends_an_hour_later_in_any_order(
    order: tuple[bytes, ...], delivered: Delivered
) -> None:
    assert delivered(order) == meetings(MOVED)


def test_a_mail_that_comes_twice_changes_nothing(delivered: Delivered) -> None:
    assert delivered([request(BOOKED), request(MOVED)] * 2) == meetings(MOVED)


def test_an_attendee_who_was_removed_and_invited_again_sees_the_lesson(delivered: Delivered) -> None:
    removed = told(BOOKED)
    again = told(removed)
    assert delivered([request(BOOKED), cancel(removed)]) == []
    assert delivered([request(again), cancel(removed), request(BOOKED)]) == meetings(again)


@pytest.mark.parametrize("zone", ZONES)
def test_one_week_moved_then_cancelled_leaves_the_others_in_any_order(zone: str, delivered: Delivered) -> None:
    booked = invitation("2026-10-06T10:00", zone, WEEKLY)
    later = moved(booked, 2, 120)
    gone = without(later, 2)
    mails = [
        request(booked),
        request_occurrence(later, later.occurrences[2]),
        cancel_occurrence(gone, later.occurrences[2]),
    ]
    assert delivered(mails[:2]) == meetings(later)
    assert all(delivered(order) == meetings(gone) for order in orders(mails))


@pytest.mark.parametrize("zone", ZONES)
def test_one_week_in_another_room_is_told_without_a_new_sequence(zone: str, delivered: Delivered) -> None:
    booked = invitation("2026-10-06T10:00", zone, WEEKLY, location="Hall 7")
    swapped = moved(booked, 1, 0, location="Hall 8")
    swapped = told(swapped, sequence=booked.sequence)
    mails = [request(booked), request_occurrence(swapped, swapped.occurrences[1])]
    assert all(delivered(order) == meetings(swapped) for order in orders(mails))


@pytest.mark.parametrize("zone", ZONES)
def test_who_is_invited_late_sees_what_the_others_see(zone: str, delivered: Delivered) -> None:
    booked = invitation("2026-10-06T10:00", zone, WEEKLY)
    later = moved(booked, 0, 24 * 60)
    gone = without(later, 4)
    back = moved(gone, 0, -60)
    mails = [request(gone), request_occurrence(back, back.occurrences[0])]
    assert delivered([request(gone)]) == meetings(gone)
    assert all(delivered(order) == meetings(back) for order in orders(mails))


@pytest.mark.parametrize("zone", ZONES)
def test_a_whole_series_that_moves_leaves_no_old_date_in_any_order(zone: str, delivered: Delivered) -> None:
    booked = invitation("2026-10-06T10:00", zone, WEEKLY)
    after = rearranged(booked, invitation("2026-10-07T12:00", zone, WEEKLY))
    assert left_behind(booked, after) is None
    assert all(delivered(order) == meetings(after) for order in orders([request(booked), request(after)]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Africa/Cairo", WEEKLY), ("Africa/Cairo", Rule("week", count=3))),
        (("Africa/Cairo", WEEKLY), ("Africa/Cairo", Rule("week", count=7))),
        (("Africa/Cairo", WEEKLY), ("Africa/Cairo", None)),
        (("Africa/Cairo", None), ("Africa/Cairo", WEEKLY)),
        (("Africa/Cairo", WEEKLY), ("Europe/Vienna", WEEKLY)),
        (("Europe/Vienna", WEEKLY), ("Africa/Cairo", WEEKLY)),
        (("Europe/Vienna", WEEKLY), ("Europe/Vienna", None)),
    ],
)
def test_a_series_of_another_shape_leaves_nothing_of_the_old_one_in_any_order(
    before: tuple[str, Rule | None], after: tuple[str, Rule | None], delivered: Delivered
) -> None:
    booked = invitation("2026-10-06T10:00", *before)
    later = rearranged(booked, invitation("2026-10-06T13:00", *after))
    mails = [request(booked), *changed(booked, later)]
    assert all(delivered(order) == meetings(later) for order in orders(mails))


@pytest.mark.parametrize("zone", ZONES)
def test_this_and_following_end_the_old_entry_and_begin_a_new_one_in_any_order(zone: str, delivered: Delivered) -> None:
    booked = invitation("2026-10-06T10:00", zone, WEEKLY)
    early = told(booked, rule=Rule("week", count=2), occurrences=booked.occurrences[:2])
    rest = invitation("2026-10-21T14:00", zone, Rule("week", count=3), uid="lesson-2@vclass.example")
    mails = [request(booked), *changed(booked, early), request(rest)]
    assert all(delivered(order) == meetings(early, rest) for order in orders(mails))
