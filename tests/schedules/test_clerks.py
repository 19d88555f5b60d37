"""The clerks: what they write with a batch, and what they refuse inside the transaction."""

import asyncio
from typing import Any

import pytest

from rooms import BookingWish, Result, Taken, Wish
from schedules import Done, Repeat
from schedules.clerks.create import granted_draft
from schedules.model import Creation
from schedules.service import prepare_new
from schedules.tables import attendee, lesson, occurrence
from tests.office import DOMAIN, Office


async def prepared(office: Office, start: str, **changes: object) -> Wish:
    body = office.body(start=start, **changes)
    return await office.database.read(prepare_new, office.teacher, body, key=None, now=office.clock())


async def test_a_batch_of_lessons_is_written_whole_each_with_its_own_rows(office: Office) -> None:
    wishes = [await prepared(office, f"2026-12-{day:02}T10:00") for day in range(1, 11)]
    answers = await asyncio.gather(*map(office.desk.submit, wishes))
    starts = [str(each.lesson.draft.timing.start) for each in answers if isinstance(each, Done)]
    assert starts == [f"2026-12-{day:02}T10:00" for day in range(1, 11)]
    assert await office.count(lesson) == await office.count(occurrence) == 10
    assert await office.count(attendee) == len(await office.mails()) == 50


async def test_of_a_batch_for_one_hour_the_first_is_granted(office: Office) -> None:
    wishes = [await prepared(office, "2026-12-01T10:00", title=f"Lesson {number}") for number in range(20)]
    answers = await asyncio.gather(*map(office.desk.submit, wishes))
    assert [isinstance(each, Done) for each in answers] == [True] + [False] * 19
    assert {each.title for each in await office.mails()} == {"Lesson 0"}


async def test_a_batch_that_cannot_be_written_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = await prepared(office, "2026-12-01T10:00")
    monkeypatch.setattr("schedules.clerks.create.audit.append", _fall)
    with pytest.raises(RuntimeError, match="fallen"):
        await office.desk.submit(wish)
    assert not await office.held()
    assert not await office.mails()
    assert await office.count(lesson) == 0


def _fall(*_arguments: object) -> None:
    raise RuntimeError("fallen")


async def test_a_lesson_has_a_random_uid_and_an_address_of_its_own(office: Office) -> None:
    one, two = await office.book(), await office.book(start="2026-12-02T10:00")
    assert one.uid.endswith(f"@{DOMAIN}")
    assert len({one.uid, two.uid, one.address_token, two.address_token}) == 4


async def test_an_occurrence_is_named_by_its_wall_start(office: Office) -> None:
    booked = await office.book(start="2027-03-23T10:00", repeat=Repeat("week", count=2))
    assert [str(each.recurrence) for each in booked.occurrences] == ["2027-03-23T10:00", "2027-03-30T10:00"]


async def test_a_granted_draft_is_the_wanted_one_when_nothing_was_skipped(office: Office) -> None:
    wish = await prepared(office, "2026-12-01T10:00", repeat=Repeat("week", count=2))
    assert isinstance(wish.payload, Creation)
    whole = Result(wish, tuple(_taken(each) for each in wish.bookings), ())
    assert granted_draft(whole) == wish.payload.draft
    half = Result(wish, (_taken(wish.bookings[1]),), ())
    rule = granted_draft(half).timing.rule
    assert rule is not None
    assert [str(each) for each in rule.except_] == ["2026-12-01"]


def _taken(wanted: BookingWish) -> Taken:
    return Taken(wanted.reference, 1, "x", "confirmed")


@pytest.mark.parametrize(
    "changes", [{}, {"repeat": Repeat("week", count=15)}, {"transparent": True, "rooms": (), "description": "Law"}]
)
async def test_a_lesson_as_it_was_written_is_the_lesson_as_it_is_read(office: Office, changes: dict[str, Any]) -> None:
    written = await office.book(**changes)
    assert await office.read(written) == written
