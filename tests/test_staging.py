"""The demo's stage: at each start the course stands and a lesson is open, whatever the visitor did before."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import schedules.web
from rooms import Retire, Room, bookings_between, change_wish, rooms_for
from rooms.blockings import standing_blockings
from rooms.custody import counter
from schedules import DoorState, Lesson, Lessons, door, lessons_between
from tests.support import SettableClock
from tests.web.api import settings
from vclass import migrations
from vclass.app import create_app
from vclass.core.db import Database
from vclass.core.keys import DATABASE, Actor
from vclass.demo import staging
from vclass.demo.cast import COURSE, LEADER
from vclass.demo.scene import set_scene
from vclass.people import actor_by_id, people_by_email

DAY = 24 * 3600


@pytest.fixture
async def lessons(tmp_path: Path, clock: SettableClock) -> AsyncIterator[Lessons]:
    """The road of lessons of a demo that was never started."""
    engine = Database(settings(tmp_path).database.url).engine
    migrations.upgrade(engine)
    with engine.begin() as connection:
        staging.set_stage(connection, clock())
    engine.dispose()
    app = create_app(settings(tmp_path), clock=clock)
    app[DATABASE].open()
    yield app[schedules.web.LESSONS]
    await app[schedules.web.LESSONS].desk.close()
    await app[DATABASE].close()


async def leader(lessons: Lessons) -> Actor:
    person = (await lessons.database.read(people_by_email, [LEADER]))[LEADER]
    actor = await lessons.database.read(actor_by_id, person.id)
    assert actor is not None
    return actor


async def courses(lessons: Lessons) -> list[Lesson]:
    now = lessons.clock()
    found = await lessons.database.read(lessons_between, await leader(lessons), now, now + 300 * DAY)
    return [each for each in found if each.draft.title == COURSE]


async def test_a_second_start_finds_the_lesson_and_the_course_of_the_first(lessons: Lessons) -> None:
    assert (await staging.open_doors(lessons)).id == (await staging.open_doors(lessons)).id
    assert len(await courses(lessons)) == 1


async def test_a_start_on_an_earlier_clock_opens_a_lesson_too(lessons: Lessons, clock: SettableClock) -> None:
    clock.advance(2 * DAY)
    await staging.open_doors(lessons)
    clock.advance(-2 * DAY)
    assert door(await staging.open_doors(lessons), clock()).state is DoorState.OPEN


async def test_what_the_visitor_cancelled_is_booked_anew(lessons: Lessons) -> None:
    actor, opened = await leader(lessons), await staging.open_doors(lessons)
    for each in (opened, *await courses(lessons)):
        await lessons.cancel(actor, each.public_id, "", each.version)
    again = await staging.open_doors(lessons)
    assert (again.cancelled, again.id == opened.id) == (False, False)
    assert [each.cancelled for each in await courses(lessons)] == [True, False]


async def keeper(lessons: Lessons) -> Actor:
    """Who administers the rooms of Vienna."""
    email = "eva.maurer@vii.ac.example"
    found = await lessons.database.read(actor_by_id, (await lessons.database.read(people_by_email, [email]))[email].id)
    assert found is not None
    return found


async def test_administrators_find_a_blocking_and_kit_that_is_out_at_every_start(
    lessons: Lessons, clock: SettableClock
) -> None:
    eva = await keeper(lessons)
    for _ in range(2):
        await staging.open_doors(lessons)
        await set_scene(lessons)
        found = await lessons.database.read(counter, eva, clock())
        assert ([each.quantity for each in found.to_hand_out], len(found.out)) == ([1], 1)
        [blocked] = await lessons.database.read(standing_blockings, eva, (clock(), clock() + 14 * DAY))
        assert [each.name for each in blocked.resources] == ["Lab 12"]


async def test_what_a_visitor_has_done_to_the_scene_stands(lessons: Lessons, clock: SettableClock) -> None:
    eva = await keeper(lessons)
    [lab] = [each for each in await lessons.database.read(rooms_for, None) if each.name == "Lab 12"]
    await lessons.desk.submit(change_wish(Retire(eva, lab.public_id, Room, lab.version), clock()))
    await set_scene(lessons)
    assert await lessons.database.read(standing_blockings, eva, (clock(), clock() + 14 * DAY)) == []


async def test_what_can_be_had_at_once_is_told_first_and_stays_free(lessons: Lessons, clock: SettableClock) -> None:
    await set_scene(lessons)
    told = await lessons.database.read(staging.inventory)
    assert {each["name"] for each in told["rooms"][-4:]} == {"Lab 12", "Lab 305", "Laboratory B", "Workshop 5"}
    plain = [each for each in await lessons.database.read(rooms_for, None) if each.approval == "none"]
    taken = await lessons.database.read(bookings_between, [each.id for each in plain], clock(), clock() + 365 * DAY)
    assert (len(plain), taken) == (10, [])


async def test_another_start_opens_a_lesson_though_all_sets_are_lent(lessons: Lessons, clock: SettableClock) -> None:
    first = await staging.open_doors(lessons)
    clock.advance(190 * 60)
    second = await staging.open_doors(lessons)
    assert [len(each.occurrences[0].wants) for each in (first, second)] == [3, 0]
