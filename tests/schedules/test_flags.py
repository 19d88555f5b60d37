"""Lessons as they stand tell which of their meetings are at a bad time for a side."""

import sqlalchemy as sa

from schedules import Lesson, Repeat
from schedules.service import lesson_view
from schedules.tables import working_hours
from schedules.views import views
from schedules.wire import LessonView
from tests.office import Office
from tests.schedules.test_closed import close

OFFICE_HOURS = [{"weekday": day, "opens_minute": 540, "closes_minute": 1020} for day in range(5)]


async def seen(office: Office, lesson: Lesson) -> LessonView:
    return await office.database.read(lesson_view, office.teacher, lesson, office.clock())


async def work(office: Office, **whose: int | None) -> None:
    def insert(connection: sa.Connection) -> None:
        connection.execute(sa.insert(working_hours).values(whose), OFFICE_HOURS)

    await office.database.write(insert)


async def test_a_lesson_after_hours_is_flagged_for_the_house_that_has_gone_home(office: Office) -> None:
    await work(office, institution_id=office.world.institutions["kyiv"])
    [flag] = (await seen(office, await office.book(start="2026-12-01T15:00"))).flags
    assert (flag.partner, flag.zone, flag.reason) == ("KPI", "Europe/Kyiv", "after_hours")
    assert [each.local for each in flag.weeks] == ["2026-12-01T16:00"]


async def test_only_the_weeks_that_clocks_move_out_of_the_hours_are_flagged(office: Office) -> None:
    await work(office, person_id=office.world.person_ids["teacher", "kyiv"])
    repeat = Repeat("week", count=4)
    lesson = await office.book(zone="America/New_York", start="2027-03-09T10:00", minutes=60, repeat=repeat)
    [flag] = (await seen(office, lesson)).flags
    assert (flag.partner, flag.detail) == ("teacher of kyiv", "17:00")
    assert [each.recurrence for each in flag.weeks] == ["2027-03-09T10:00", "2027-03-30T10:00"]


async def test_a_holiday_that_came_later_is_flagged_by_its_name(office: Office) -> None:
    lesson = await office.book(start="2027-01-12T10:00", repeat=Repeat("week", count=3))
    await close(office, "kyiv", "2027-01-19")
    [flag] = (await seen(office, lesson)).flags
    assert (flag.reason, [each.recurrence for each in flag.weeks]) == ("holiday", ["2027-01-19T10:00"])
    assert flag.sentence.startswith("On 19 Jan it is a holiday for KPI (")


async def test_many_lessons_are_shown_with_as_many_queries_as_one(office: Office) -> None:
    lessons = [await office.book(start=f"2026-12-0{day}T10:00") for day in (1, 2, 3, 4)]
    said: list[str] = []

    def counted(connection: sa.Connection) -> list[int]:
        sa.event.listen(connection, "after_cursor_execute", lambda _c, _d, text, *_more: said.append(text[:6]))
        numbers = []
        for some in (lessons[:1], lessons):
            said.clear()
            views(connection, some, lambda _: True, office.clock())
            numbers.append(said.count("SELECT"))
        return numbers

    one, many = await office.database.read(counted)
    assert one == many
