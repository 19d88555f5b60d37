"""Who comes to a lesson's door is known with one query, and is the attendee that the whole lesson tells."""

import dataclasses

from schedules import Attendee, Entrant, Lesson, Repeat, door, entrant_by_id, entrant_by_token, token_of, told_to
from tests.office import GRETA, Office
from tests.statements import statements

WEEKLY = Repeat("week", count=3)
DAY = 86_400


async def at_the_door(office: Office, attendee: Attendee) -> Entrant:
    found = await office.database.read(entrant_by_token, token_of(office.keyring, attendee), office.clock())
    assert found is not None
    return found


def greta_of(lesson: Lesson) -> Attendee:
    return next(each for each in lesson.attendees if each.email == GRETA.email)


async def test_every_link_leads_to_its_attendee_by_token_and_by_seat(office: Office) -> None:
    lesson = await office.book()
    for each in lesson.attendees:
        found = await at_the_door(office, each)
        assert (found.id, found.lesson_public_id, found.name) == (each.id, lesson.public_id, each.name)
        assert (found.zone, found.language, found.teaches) == (each.zone, each.language, each.teaches)
        assert await office.database.read(entrant_by_id, each.public_id, each.generation) == found


async def test_people_we_know_come_from_their_house_and_guests_from_none(office: Office) -> None:
    lesson = await office.book()
    known = {each.email: (await at_the_door(office, each)).home for each in lesson.attendees}
    houses = {each.email: each.person_id is not None for each in lesson.attendees}
    assert {email: home is not None for email, home in known.items()} == houses
    assert any(houses.values())
    assert not all(houses.values())


async def test_the_door_is_that_of_the_whole_lesson_at_every_hour(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    found = await at_the_door(office, greta_of(lesson))
    for now in range(lesson.dates[0].starts - DAY, lesson.dates[-1].ends + DAY, 1200):
        here, there = found.door(now), door(lesson, now)
        assert (here.state, here.occurrence.starts) == (there.state, there.occurrence.starts)


async def test_dates_that_are_off_open_no_door(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    name = str(lesson.dates[0].recurrence)
    await office.lessons.cancel_meeting(office.teacher, lesson.public_id, name, "this", "ill", lesson.version)
    found = await at_the_door(office, greta_of(lesson))
    assert [each.starts for each in found.sittings] == [each.starts for each in lesson.dates[1:]]


async def test_a_lesson_that_is_off_altogether_is_told_as_such(office: Office) -> None:
    lesson = await office.book()
    await office.cancel(lesson)
    found = await at_the_door(office, greta_of(lesson))
    assert found.door(office.clock()).state == "cancelled"


async def test_whoever_comes_is_known_with_one_query(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    attendee = greta_of(lesson)
    with statements() as asked:
        await at_the_door(office, attendee)
    assert sum("attendee" in each for each in asked) == 1


async def test_whoever_comes_is_told_of_the_lesson_and_its_owner_but_of_no_other_guests(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    attendee = greta_of(lesson)
    told, same = await office.database.read(told_to, await at_the_door(office, attendee))
    assert same == attendee
    assert {each.person_id for each in told.attendees} == {attendee.person_id, lesson.owner_id}
    assert dataclasses.replace(told, draft=lesson.draft, attendees=lesson.attendees) == lesson
    assert len(told.attendees) < len(lesson.attendees)


async def test_a_foreign_link_and_a_former_generation_lead_nowhere(office: Office) -> None:
    attendee = greta_of(await office.book())
    assert await office.database.read(entrant_by_token, "elsewhere", office.clock()) is None
    assert await office.database.read(entrant_by_id, attendee.public_id, attendee.generation + 1) is None
