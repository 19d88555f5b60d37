"""The demo's stage: at each start the course stands and a lesson is open, whatever the visitor did before."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import schedules.web
from schedules import DoorState, Lesson, Lessons, door, lessons_between
from tests.support import SettableClock
from tests.web.api import settings
from vclass import migrations
from vclass.app import create_app
from vclass.core.db import Database
from vclass.core.keys import DATABASE, Actor
from vclass.demo import staging
from vclass.demo.cast import COURSE, LEADER
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
