"""The numbers by which calendar programs catch up: nothing that changed after a mark has a lower one."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schedules import changes
from schedules.model import Lesson
from schedules.tables import blocked_room, former_room, lesson
from tests.conftest import Fresh
from tests.office import GRETA, Office, attendee_id
from vclass.core import dialects


async def mark(office: Office) -> int:
    return await office.database.read(changes.mark)


async def changed(office: Office, since: int) -> set[int]:
    found = sa.select(lesson.c.id).where(lesson.c.changed >= since)
    return set(await office.database.read(lambda c: c.execute(found).scalars()))


async def blocked(office: Office, since: int, before: int) -> list[tuple[int, int]]:
    found = sa.select(blocked_room.c.booking_id, blocked_room.c.resource_id)
    found = found.where(blocked_room.c.changed >= since, blocked_room.c.changed < before)
    return await office.database.read(lambda c: [(row[0], row[1]) for row in c.execute(found)])


async def rooms_before(office: Office, booked: Lesson) -> set[int]:
    found = sa.select(former_room.c.resource_id).where(former_room.c.lesson_id == booked.id)
    return set(await office.database.read(lambda c: c.execute(found).scalars()))


async def test_a_new_lesson_has_a_number_from_the_mark_on(office: Office) -> None:
    before = await mark(office)
    booked = await office.book()
    assert await changed(office, before) == {booked.id}
    assert await changed(office, await mark(office)) == set()


@pytest.mark.parametrize("patch", [{"title": "Other"}, {"start": "2026-12-01T12:00"}, {"attendees": (GRETA,)}])
async def test_every_change_raises_the_number(office: Office, patch: dict[str, object]) -> None:
    booked = await office.book()
    await office.book(start="2026-12-02T10:00")
    before = await mark(office)
    await office.change(booked, **patch)
    assert await changed(office, before) == {booked.id}


async def test_a_cancellation_raises_the_number(office: Office) -> None:
    booked = await office.book()
    before = await mark(office)
    await office.cancel(booked)
    assert await changed(office, before) == {booked.id}


async def test_what_blocks_a_room_is_numbered_in_the_same_run_each_time_anew(office: Office) -> None:
    booked = await office.book(rooms=(office.hall("vienna"),), teachers=(), transparent=True)
    hall, ids = office.world.halls["vienna"].id, [each.booking_id for each in booked.dates]
    for _ in range(2):
        before = await mark(office)
        await office.database.write(changes.note_blockings, ids)
        assert await blocked(office, before, await mark(office)) == [(ids[0], hall)]


async def test_another_personal_link_raises_the_number(office: Office) -> None:
    booked = await office.book()
    before = await mark(office)
    greta = attendee_id(booked, GRETA.email)
    await office.lessons.renew_link(office.teacher, booked.public_id, greta)
    assert await changed(office, before) == {booked.id}


async def test_a_lesson_that_leaves_a_room_is_remembered_there(office: Office) -> None:
    booked = await office.book(rooms=(office.hall("vienna"),))
    assert await rooms_before(office, booked) == set()
    await office.change(booked, rooms=(office.hall("vienna large"),))
    assert office.world.halls["vienna"].id in await rooms_before(office, booked)


def test_on_postgresql_a_change_that_commits_late_is_not_passed_over(fresh: Fresh, tmp_path: Path) -> None:
    with fresh("postgres", tmp_path) as url:
        engine = dialects.open_engine(url, writer=True, size=3)
        with engine.connect() as slow, engine.connect() as quick, engine.connect() as reader:
            early, late = changes.number(slow), changes.number(quick)
            quick.commit()
            assert late > early >= changes.mark(reader)
        engine.dispose()
