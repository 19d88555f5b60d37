"""Days on which somebody involved is closed: left out of series and named, refused for single meetings."""

from datetime import date
from typing import Any

import pytest

from schedules import ClosedDayError, Lesson, LessonPatch, Repeat
from schedules.service import see_lesson
from schedules.terms import service
from schedules.terms.store import Kind
from schedules.wire import LessonView
from tests.office import Office

WEEKLY = Repeat("week", count=4)


async def close(office: Office, place: str, first: str, last: str = "", name: str = "Holidays") -> None:
    await _add(office, "closure", place, name, first, last or first)


async def tell_term(office: Office, name: str, first: str, last: str) -> None:
    await _add(office, "term", "vienna", name, first, last)


async def _add(office: Office, kind: Kind, place: str, name: str, first: str, last: str) -> None:
    admin, since, until = office.world.actors["room_admin", place], date.fromisoformat(first), date.fromisoformat(last)
    await office.database.write(service.add, admin, kind, name, since, until, office.clock())


async def view(office: Office, lesson: Lesson) -> LessonView:
    return (await office.database.read(see_lesson, office.teacher, lesson.public_id, office.clock()))[0]


def dates(lesson: Lesson) -> list[str]:
    return [str(each.start.date) for each in lesson.dates]


async def move(office: Office, lesson: Lesson, **patch: Any) -> Lesson:  # noqa: ANN401  any field of a patch
    name = str(lesson.dates[0].recurrence)
    body = LessonPatch(**patch)
    return await office.lessons.change_meeting(office.teacher, lesson.public_id, name, body, "this", lesson.version)


@pytest.mark.parametrize("place", ["vienna", "kyiv"])
async def test_a_series_leaves_out_days_on_which_either_house_is_closed(office: Office, place: str) -> None:
    await close(office, place, "2026-12-08", name="Feast")
    lesson = await office.book(repeat=WEEKLY)
    assert dates(lesson) == ["2026-12-01", "2026-12-15", "2026-12-22"]
    (skipped,) = (await view(office, lesson)).skipped
    assert (skipped.recurrence, skipped.reason) == ("2026-12-08T10:00", "closed")
    assert skipped.detail.endswith("is closed (Feast) until 2026-12-08")


async def test_a_house_that_is_not_involved_may_be_closed(office: Office) -> None:
    await close(office, "athens", "2026-12-08")
    assert len((await office.book(repeat=WEEKLY)).dates) == 4


async def test_a_series_leaves_out_the_time_between_two_terms(office: Office) -> None:
    await tell_term(office, "Autumn", "2026-10-01", "2026-12-07")
    await tell_term(office, "Winter", "2026-12-15", "2027-01-31")
    lesson = await office.book(repeat=WEEKLY)
    assert dates(lesson) == ["2026-12-01", "2026-12-15", "2026-12-22"]
    assert [each.reason for each in (await view(office, lesson)).skipped] == ["between_terms"]


async def test_whoever_ignores_closures_has_every_date(office: Office) -> None:
    await close(office, "vienna", "2026-12-08")
    lesson = await office.book(repeat=WEEKLY, closures="ignore")
    assert (len(lesson.dates), lesson.skipped) == (4, ())


async def test_a_single_lesson_on_a_closed_day_is_refused_with_a_way_on_that_works(office: Office) -> None:
    await close(office, "kyiv", "2026-11-30", "2026-12-03", "Strike")
    with pytest.raises(ClosedDayError, match=r"KPI is closed \(Strike\) until 2026-12-03") as refusal:
        await office.book()
    assert refusal.value.facts["until"] == "2026-12-03"
    await office.book(start="2026-12-04T10:00")
    await office.book(closures="ignore")


async def test_a_series_of_closed_days_alone_is_refused(office: Office) -> None:
    await close(office, "vienna", "2026-12-01", "2026-12-31")
    with pytest.raises(ClosedDayError):
        await office.book(repeat=WEEKLY)


async def test_one_meeting_is_not_moved_onto_a_closed_day_without_a_word(office: Office) -> None:
    await close(office, "vienna", "2026-12-09")
    lesson = await office.book(repeat=WEEKLY)
    with pytest.raises(ClosedDayError):
        await move(office, lesson, start="2026-12-09T10:00")
    assert (await move(office, lesson, start="2026-12-09T10:00", closures="ignore")).version == 2


async def test_a_series_that_moves_onto_closed_days_leaves_them_out(office: Office) -> None:
    await close(office, "vienna", "2026-12-09")
    lesson = await office.book(repeat=WEEKLY)
    after = await office.change(lesson, start="2026-12-02T10:00")
    assert dates(after) == ["2026-12-02", "2026-12-16", "2026-12-23"]
    assert [str(each.recurrence) for each in after.skipped] == ["2026-12-09T10:00"]


async def test_a_series_does_not_move_onto_closed_days_alone(office: Office) -> None:
    await close(office, "vienna", "2026-12-02", "2027-01-31")
    lesson = await office.book()
    weekly = await office.book(start="2026-12-01T14:00", repeat=Repeat("week", count=1))
    for each in (lesson, weekly):
        with pytest.raises(ClosedDayError):
            await office.change(each, start="2026-12-02T10:00")


async def test_what_was_booked_before_a_closure_stays_and_may_move_within_its_day(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    await close(office, "vienna", "2026-12-08")
    after = await office.change(lesson, start="2026-12-01T11:00")
    assert (len(after.dates), after.skipped) == (4, ())


async def test_skipped_dates_keep_their_reason_when_the_series_moves_by_an_hour(office: Office) -> None:
    await close(office, "vienna", "2026-12-08")
    lesson = await office.book(repeat=WEEKLY)
    after = await office.change(lesson, start="2026-12-01T11:00")
    assert [(str(each.recurrence), each.reason) for each in after.skipped] == [("2026-12-08T11:00", "closed")]
    assert (await office.change(after, repeat=Repeat("week", count=1))).skipped == ()
