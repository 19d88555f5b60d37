"""Teachers' time: wanted of everyone who teaches, taken once, and named only to who may see what takes it."""

import pytest
import sqlalchemy as sa

from rooms.store.tables import claim, resource
from schedules import ClashError, Guest, Lesson
from tests.office import Office
from tests.support import SATURDAY
from vclass.people import NewPerson, create_person

TEACHERS = ("teacher@vienna.example", "teacher@kyiv.example")


async def busy(office: Office) -> set[int]:
    """The people whose time is claimed."""
    found = sa.select(resource.c.person_id).join(claim, claim.c.resource_id == resource.c.id)
    found = found.where(resource.c.kind == "person")
    return await office.database.read(lambda connection: set(connection.execute(found).scalars()))


def people(office: Office, *places: str) -> set[int]:
    return {office.world.person_ids["teacher", place] for place in places}


async def moved(office: Office, lesson: Lesson, **patch: object) -> set[int]:
    await office.change(lesson, **patch)
    return await busy(office)


async def test_a_lesson_takes_the_time_of_all_its_teachers(office: Office) -> None:
    await office.book(teachers=TEACHERS)
    assert await busy(office) == people(office, "vienna", "kyiv")


async def test_whoever_books_for_others_keeps_the_own_time(office: Office) -> None:
    await office.book(teachers=TEACHERS[1:])
    assert await busy(office) == people(office, "kyiv")


async def test_whoever_names_nobody_teaches(office: Office) -> None:
    await office.book(teachers=())
    assert await busy(office) == people(office, "vienna")


async def test_a_transparent_lesson_takes_nobodys_time(office: Office) -> None:
    lesson = await office.book(teachers=TEACHERS, transparent=True)
    assert await busy(office) == set()
    assert await moved(office, lesson, transparent=False) == people(office, "vienna", "kyiv")


async def test_guests_and_attendees_have_no_time_to_take(office: Office) -> None:
    await office.book(teachers=("guest@example.org",), attendees=(Guest("student@vienna.example"),))
    assert await busy(office) == set()


async def test_a_teachers_time_is_made_a_resource_when_it_is_first_wanted(office: Office) -> None:
    home = office.world.public_ids["athens"]
    new = await office.database.write(
        create_person, NewPerson("new@athens.example", "New", home, ("teacher",)), SATURDAY
    )
    await office.book(teachers=("new@athens.example",))
    await office.book(teachers=("new@athens.example",), rooms=(), start="2026-12-02T10:00")
    assert await busy(office) == {new.id}


async def test_who_may_not_see_a_lesson_learns_but_that_its_teacher_is_busy(office: Office) -> None:
    await office.book(rooms=(), attendees=())
    stranger, wish = office.world.actors["teacher", "athens"], office.body(rooms=(), attendees=())
    with pytest.raises(ClashError, match="teacher of kyiv is busy") as refusal:
        await office.lessons.create(stranger, wish)
    assert [each.by for each in refusal.value.facts["clashes"]] == ["busy"]


async def test_nobody_teaches_two_lessons_at_once_and_is_told_which_it_is(office: Office) -> None:
    await office.book(teachers=TEACHERS, rooms=())
    with pytest.raises(ClashError, match="teacher of kyiv is busy") as refusal:
        await office.lessons.create(
            office.world.actors["teacher", "kyiv"], office.body(teachers=(), rooms=(office.hall("kyiv"),))
        )
    [clash] = refusal.value.facts["clashes"]
    assert (clash.reason, clash.by, clash.until) == ("busy", "Joint seminar", "2026-12-01T10:30:00Z")
    for each in refusal.value.facts["alternatives"]:
        assert each.start != "2026-12-01T10:00"
        await office.cancel(await office.book(teachers=TEACHERS[1:], start=each.start, rooms=each.rooms))


async def test_a_change_of_teachers_changes_whose_time_is_taken(office: Office) -> None:
    lesson = await office.book(teachers=TEACHERS)
    assert await moved(office, lesson, teachers=TEACHERS[:1]) == people(office, "vienna")


async def test_a_change_of_words_leaves_the_time_as_it_is(office: Office) -> None:
    lesson = await office.book(teachers=TEACHERS[1:])
    assert await moved(office, lesson, title="Phonetics", start="2026-12-01T12:00") == people(office, "kyiv")
