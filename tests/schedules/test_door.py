"""When the door is open: early, open, ended, cancelled, and between meetings."""

import dataclasses

import pytest

from schedules import Held, Lesson, Timing, door
from schedules.door import CLOSES_AFTER, OPENS_BEFORE, DoorState
from schedules.model import Draft
from tests.support import SATURDAY
from vclass.core.zones import WallTime

HOUR = 3600
DAY = 24 * HOUR


def lesson(*spans: tuple[int, int]) -> Lesson:
    """A lesson with meetings at these hours after Saturday's ten o'clock."""
    wall = WallTime.parse("2026-11-21T11:00")
    meetings = tuple(
        Held(
            id=i, public_id=f"o{i}", recurrence=wall, start=wall, minutes=60, fold=None, starts=SATURDAY + first * HOUR,
            ends=SATURDAY + last * HOUR, booking_id=i, booking_public_id=f"b{i}", state="confirmed", reason=None,
            hold_until=None, wants=(),
        )
        for i, (first, last) in enumerate(spans)
    )  # fmt: skip
    draft = Draft("Seminar", "", Timing("Europe/Vienna", wall, 60), (), ())
    return Lesson(
        id=1, public_id="x", uid="u", address_token="a", institution_id=1, owner_id=1, draft=draft, sequence=0,
        revision=0, version=1, told_at=0, moved_from=None, cancelled_at=None, cancel_reason="", dates=meetings,
        attendees=(),
    )  # fmt: skip


ONE = lesson((0, 1))
WEEKLY = lesson((0, 1), (7 * 24, 7 * 24 + 1))
BACK_TO_BACK = lesson((0, 1), (1, 2))
OVERLAPPING = lesson((0, 24), (23, 47))


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (-DAY, DoorState.EARLY),
        (-OPENS_BEFORE - 1, DoorState.EARLY),
        (-OPENS_BEFORE, DoorState.OPEN),
        (HOUR, DoorState.OPEN),
        (HOUR + CLOSES_AFTER, DoorState.OPEN),
        (HOUR + CLOSES_AFTER + 1, DoorState.ENDED),
    ],
)
def test_the_door_opens_a_quarter_before_and_closes_half_an_hour_after(at: int, state: DoorState) -> None:
    assert door(ONE, SATURDAY + at).state is state


def test_between_two_meetings_it_is_early_for_the_next() -> None:
    found = door(WEEKLY, SATURDAY + 3 * DAY)
    assert (found.state, found.occurrence, found.following) == (DoorState.EARLY, WEEKLY.occurrences[1], None)


def test_an_open_door_names_the_meeting_that_follows() -> None:
    assert door(WEEKLY, SATURDAY).following == WEEKLY.occurrences[1]


@pytest.mark.parametrize(("at", "meeting"), [(HOUR - 1, 0), (HOUR, 0), (HOUR + 1, 1), (2 * HOUR, 1)])
def test_of_two_meetings_back_to_back_the_running_one_counts(at: int, meeting: int) -> None:
    found = door(BACK_TO_BACK, SATURDAY + at)
    assert (found.state, found.occurrence) == (DoorState.OPEN, BACK_TO_BACK.occurrences[meeting])


@pytest.mark.parametrize(("at", "meeting"), [(23 * HOUR + 60, 0), (24 * HOUR, 0), (24 * HOUR + 1, 1)])
def test_of_two_that_overlap_the_first_counts_until_its_end(at: int, meeting: int) -> None:
    assert door(OVERLAPPING, SATURDAY + at).occurrence == OVERLAPPING.occurrences[meeting]


@pytest.mark.parametrize(("at", "meeting"), [(-DAY, 0), (2 * HOUR, 1), (30 * DAY, 0)])
def test_a_cancelled_lesson_tells_of_the_meeting_that_would_have_come(at: int, meeting: int) -> None:
    gone = dataclasses.replace(WEEKLY, cancelled_at=SATURDAY)
    found = door(gone, SATURDAY + at)
    assert (found.state, found.occurrence) == (DoorState.CANCELLED, WEEKLY.occurrences[meeting])


def test_the_door_says_when_it_opens_and_closes() -> None:
    found = door(ONE, SATURDAY)
    assert (found.opens, found.closes) == (SATURDAY - 900, SATURDAY + HOUR + 1800)
