"""Several processes over one database answer at once: each answer counts once, and none waits for ever."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from schedules import ClashError, Lesson
from tests.office import GRETA, Office
from tests.schedules.test_approvals import ask_first, joint
from vclass.core.db import Database
from vclass.core.refusals import Refusal

ROUNDS = 8


@pytest.fixture
async def twin(office: Office) -> AsyncIterator[Office]:
    """Another process's office over the same database."""
    database = Database(office.database.url)
    database.open()
    other = Office(database, office.world, office.keyring, office.clock)
    yield other
    await other.desk.close()
    await database.close()


async def answer(office: Office, lesson: Lesson, place: str, **more: Any) -> object:  # noqa: ANN401  a rejection's words
    """What becomes of an answer: what was decided, or the refusal."""
    admin, booking = office.world.actors["room_admin", place], lesson.dates[0].booking_public_id
    try:
        if more:
            return await office.approvals.reject(admin, booking, "all", **more)
        return await office.approvals.approve(admin, booking, "all")
    except Refusal as refusal:
        return refusal


async def test_two_houses_that_say_yes_at_the_same_moment_confirm(office: Office, twin: Office) -> None:
    await ask_first(office, "vienna", "kyiv")
    lessons = [await office.book(start=f"2026-12-{day:02}T10:00") for day in range(1, ROUNDS + 1)]
    await asyncio.gather(
        *(answer(where, each, place) for each in lessons for where, place in ((office, "vienna"), (twin, "kyiv")))
    )
    assert {(await office.read(each)).state for each in lessons} == {"confirmed"}
    assert len(await office.mails(GRETA.email)) == ROUNDS


async def test_both_answers_of_one_batch_count(office: Office) -> None:
    lesson = await joint(office)
    await asyncio.gather(answer(office, lesson, "vienna"), answer(office, lesson, "kyiv"))
    assert (await office.read(lesson)).state == "confirmed"


async def test_of_rivals_that_are_approved_at_once_one_wins(office: Office, twin: Office) -> None:
    await ask_first(office, "vienna")
    rooms = (office.hall("vienna"),)
    pairs = [
        [
            await office.book(rooms=rooms, teachers=(), title=title, start=f"2026-12-{day:02}T10:00", transparent=True)
            for title in ("One", "Two")
        ]
        for day in range(1, ROUNDS + 1)
    ]
    for one, two in pairs:
        found = await asyncio.gather(answer(office, one, "vienna"), answer(twin, two, "vienna"))
        assert sorted(isinstance(each, ClashError) for each in found) == [False, True]
        assert {(await office.read(each)).state for each in (one, two)} == {"confirmed", "requested"}


async def test_a_yes_and_a_no_at_once_end_as_the_no(office: Office, twin: Office) -> None:
    lesson = await joint(office)
    await asyncio.gather(answer(office, lesson, "vienna"), answer(twin, lesson, "kyiv", reason="No."))
    assert (await office.read(lesson)).state == "rejected"
    assert await office.held() == []


async def test_what_expires_in_several_processes_is_told_once(office: Office, twin: Office) -> None:
    lesson = await joint(office)
    office.clock.now = lesson.dates[0].hold_until or 0
    await asyncio.gather(*(each.approvals.expire() for each in (office, twin, office, twin)))
    assert [each.to for each in await office.notices("teacher@vienna.example")].count("owner") == 2
    assert [each.notice for each in await office.notices("teacher@vienna.example")] == ["requested", "expired"]


async def test_a_cancellation_and_a_yes_at_once_leave_nothing_held(office: Office, twin: Office) -> None:
    lesson = await joint(office)
    await answer(office, lesson, "vienna")
    found = await asyncio.gather(
        twin.lessons.cancel(office.teacher, lesson.public_id, "", lesson.version),
        answer(office, lesson, "kyiv"),
        return_exceptions=True,
    )
    standing = await office.read(lesson)
    assert standing.cancelled or standing.state == "confirmed", found
    assert len(await office.held()) == (0 if standing.cancelled else 2)
