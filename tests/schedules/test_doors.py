"""A lesson's door shuts on those inside when its time has passed."""

from schedules import Repeat
from schedules.door import CLOSES_AFTER, OPENS_BEFORE
from tests.office import Office

WEEKLY = Repeat("week", count=2)


async def test_a_lesson_is_ended_when_its_door_closes_and_not_before(office: Office) -> None:
    lesson = await office.book()
    office.clock.now = lesson.occurrences[-1].ends + CLOSES_AFTER
    await office.lessons.shut_doors([lesson.public_id])
    assert office.ended == []
    office.clock.advance(1)
    await office.lessons.shut_doors([lesson.public_id])
    assert office.ended == [lesson.public_id]


async def test_a_weekly_lesson_is_ended_between_two_meetings(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    office.clock.now = lesson.occurrences[0].ends + CLOSES_AFTER + 1
    await office.lessons.shut_doors([lesson.public_id])
    assert office.ended == [lesson.public_id]


async def test_a_weekly_lesson_is_not_ended_when_its_next_meeting_is_about_to_begin(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    office.clock.now = lesson.occurrences[1].starts - OPENS_BEFORE
    await office.lessons.shut_doors([lesson.public_id])
    assert office.ended == []


async def test_who_is_in_a_lesson_that_nobody_knows_is_shown_out(office: Office) -> None:
    await office.lessons.shut_doors(["unknown"])
    assert office.ended == ["unknown"]
