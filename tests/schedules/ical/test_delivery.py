"""A calendar that gets our mails in any order ends right (RFC 5546 section 2.1.5)."""

import itertools

import pytest

from schedules.ical import Invitation, cancel, request
from schedules.recurrence import Rule
from tests.judges.calendar import SimulatedCalendar
from tests.schedules.ical.examples import invitation

WEEKLY = Rule("week", count=5)
BOOKED = invitation("2026-10-06T10:00", rule=WEEKLY)
RETITLED = invitation("2026-10-06T10:00", rule=WEEKLY, dtstamp=BOOKED.dtstamp + 5, summary="Phonetics")
MOVED = invitation("2026-10-06T11:00", rule=WEEKLY, dtstamp=BOOKED.dtstamp + 10, sequence=1)
GONE = invitation("2026-10-06T11:00", rule=WEEKLY, dtstamp=BOOKED.dtstamp + 20, sequence=2)


def spans(lesson: Invitation) -> list[tuple[int, int]]:
    return [(occurrence.starts, occurrence.ends) for occurrence in lesson.occurrences]


def delivered(*mails: bytes) -> SimulatedCalendar:
    calendar = SimulatedCalendar()
    for mail in mails:
        calendar.receive(mail)
    return calendar


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_booked_retitled_moved_and_cancelled_ends_cancelled_in_any_order(order: tuple[int, ...]) -> None:
    mails = [request(BOOKED), request(RETITLED), request(MOVED), cancel(GONE)]
    calendar = delivered(*(mails[index] for index in order))
    assert list(calendar.newest) == [BOOKED.uid]
    assert calendar.shown() == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_booked_retitled_and_moved_ends_an_hour_later_in_any_order(order: tuple[int, ...]) -> None:
    mails = [request(BOOKED), request(RETITLED), request(MOVED)]
    assert delivered(*(mails[index] for index in order)).shown() == spans(MOVED)


def test_a_mail_that_comes_twice_changes_nothing() -> None:
    assert delivered(request(BOOKED), request(MOVED), request(BOOKED), request(MOVED)).shown() == spans(MOVED)


def test_an_attendee_who_was_removed_and_invited_again_sees_the_lesson() -> None:
    removed = cancel(invitation("2026-10-06T10:00", rule=WEEKLY, dtstamp=BOOKED.dtstamp + 5))
    again = request(invitation("2026-10-06T10:00", rule=WEEKLY, dtstamp=BOOKED.dtstamp + 9))
    assert delivered(request(BOOKED), removed).shown() == []
    assert delivered(again, removed, request(BOOKED)).shown() == spans(BOOKED)
