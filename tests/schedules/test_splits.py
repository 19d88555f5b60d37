"""This and following: one lesson becomes two, and whoever has a link to the first finds the second."""

import asyncio
from datetime import date
from typing import Any

import pytest

from schedules import (
    AlreadyBegunError,
    ClashError,
    Guest,
    Lesson,
    LessonPatch,
    Repeat,
    meetings,
    store,
    token_of,
    told_by_token,
)
from schedules.recurrence import RuleError
from schedules.service import prepare_cancellation
from schedules.tables import lesson as lesson_table
from schedules.tables import occurrence
from tests.office import GRETA, Office
from vclass.admission import Admission
from vclass.core import audit

WEEKLY = Repeat("week", count=5)


async def split(office: Office, lesson: Lesson, which: int, **patch: Any) -> tuple[Lesson, Lesson]:  # noqa: ANN401  any field
    """Change a meeting and those after it; give the lesson before it and the one that continues."""
    name, body = str(lesson.dates[which].recurrence), LessonPatch(**patch)
    later = await office.lessons.change_meeting(
        office.teacher, lesson.public_id, name, body, "following", lesson.version
    )
    return await office.read(lesson), later


def starts(lesson: Lesson) -> list[str]:
    return [str(each.start) for each in lesson.dates]


@pytest.mark.parametrize("repeat", [WEEKLY, Repeat("week", until=date(2026, 12, 29))])
async def test_a_series_goes_on_at_another_time_as_another_lesson(office: Office, repeat: Repeat) -> None:
    lesson = await office.book(repeat=repeat)
    early, later = await split(office, lesson, 2, start="2026-12-16T14:00", title="Phonetics")
    assert starts(early) == ["2026-12-01T10:00", "2026-12-08T10:00"]
    assert starts(later) == ["2026-12-16T14:00", "2026-12-23T14:00", "2026-12-30T14:00"][: len(later.dates)]
    assert (later.continues_id, later.sequence, later.version, later.draft.title) == (lesson.id, 0, 1, "Phonetics")
    assert (early.uid, early.sequence, early.version, early.draft.title) == (lesson.uid, 1, 2, "Joint seminar")
    assert later.uid != lesson.uid
    assert {each.email for each in later.present} == {each.email for each in lesson.present}


async def test_meetings_that_stay_as_they_are_keep_their_rows_and_bookings(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    before = await office.held()
    early, later = await split(office, lesson, 2, title="Phonetics")
    assert [(each.id, each.booking_id) for each in (*early.dates, *later.dates)] == [
        (each.id, each.booking_id) for each in lesson.dates
    ]
    assert await office.held() == before
    assert [each.published_start for each in later.dates] == [each.starts for each in later.dates]


async def test_everyone_is_told_of_the_end_and_invited_to_what_continues(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    people = (*office.body().attendees, Guest("new@example.org", "Nell"))
    _, later = await split(office, lesson, 2, start="2026-12-15T14:00", attendees=people)
    assert [(each.news, each.uid) for each in await office.mails(GRETA.email)] == [
        ("invited", lesson.uid),
        ("cut", lesson.uid),
        ("continued", later.uid),
    ]
    assert [(each.news, each.uid) for each in await office.mails("new@example.org")] == [("invited", later.uid)]


async def test_a_split_before_the_first_meeting_changes_the_lesson_itself(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    early, later = await split(office, lesson, 0, start="2026-12-01T14:00")
    assert early == later
    assert (later.id, later.version, later.continues_id) == (lesson.id, 2, None)
    assert await office.count(lesson_table) == 1


async def without_the_first(office: Office, start: str, repeat: Repeat) -> Lesson:
    """A series whose first date is cancelled."""
    lesson = await office.book(start=start, repeat=repeat)
    name = str(lesson.dates[0].recurrence)
    return await office.lessons.cancel_meeting(office.teacher, lesson.public_id, name, "this", "Ill.", lesson.version)


def standing(lesson: Lesson) -> list[str]:
    return [str(each.start) for each in lesson.occurrences]


async def test_after_a_cancelled_date_all_meetings_move_as_far_as_the_one_that_is_named(office: Office) -> None:
    lesson = await without_the_first(office, "2026-12-01T10:00", WEEKLY)
    _, later = await split(office, lesson, 1, start="2026-12-09T14:00")
    assert standing(later) == ["2026-12-09T14:00", "2026-12-16T14:00", "2026-12-23T14:00", "2026-12-30T14:00"]
    assert (later.id, later.continues_id, len(later.dates)) == (lesson.id, None, 5)


async def test_after_a_date_that_was_left_out_all_meetings_move_as_far_as_the_one_that_is_named(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3, except_=(date(2026, 12, 1),)))
    _, later = await split(office, lesson, 0, start="2026-12-09T10:00")
    assert standing(later) == ["2026-12-09T10:00", "2026-12-16T10:00"]


@pytest.mark.parametrize("start", ["2026-12-08T10:00", "2026-12-10T10:00"])
async def test_after_a_cancelled_date_another_rule_begins_with_the_meeting_that_is_named(
    office: Office, start: str
) -> None:
    lesson = await without_the_first(office, "2026-12-01T10:00", WEEKLY)
    _, later = await split(office, lesson, 1, start=start, repeat=Repeat("day", interval=2, count=2))
    assert standing(later) == [start, start[:8] + f"{int(start[8:10]) + 2:02}T10:00"]
    assert later.id == lesson.id


async def test_after_a_cancelled_date_a_lesson_can_become_a_single_one(office: Office) -> None:
    lesson = await without_the_first(office, "2026-12-01T10:00", Repeat("week", count=2))
    _, later = await split(office, lesson, 1, repeat=None)
    assert (standing(later), later.draft.timing.start.date) == (["2026-12-08T10:00"], date(2026, 12, 8))


async def test_after_a_cancelled_month_the_others_keep_the_day_of_the_meeting_that_is_named(office: Office) -> None:
    lesson = await without_the_first(office, "2027-01-15T10:00", Repeat("month", count=3))
    _, later = await split(office, lesson, 1, start="2027-03-01T10:00")
    assert standing(later) == ["2027-03-01T10:00", "2027-04-01T10:00"]


async def test_a_split_before_the_last_meeting_leaves_one_alone(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    early, later = await split(office, lesson, 4, start="2026-12-30T10:00")
    assert (len(early.dates), starts(later)) == (4, ["2026-12-30T10:00"])
    assert (await office.change(later, start="2026-12-31T10:00")).version == 2
    assert (await office.cancel(early)).cancelled


async def test_a_split_over_a_change_of_clocks_keeps_the_wall_time(office: Office) -> None:
    lesson = await office.book(start="2027-03-16T10:00", repeat=WEEKLY)
    early, later = await split(office, lesson, 2, minutes=60)
    assert starts(later)[0] == "2027-03-30T10:00"
    assert later.dates[0].starts - early.dates[-1].starts == 7 * 24 * 3600 - 3600


async def test_excepted_moved_and_cancelled_meetings_go_with_their_half(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    name = str(lesson.dates[3].recurrence)
    moved = LessonPatch(start="2026-12-23T08:00")
    lesson = await office.lessons.change_meeting(office.teacher, lesson.public_id, name, moved, "this", 1)
    name = str(lesson.dates[4].recurrence)
    lesson = await office.lessons.cancel_meeting(office.teacher, lesson.public_id, name, "this", "Ill.", 2)
    _, later = await split(office, lesson, 2, minutes=60)
    assert starts(later) == ["2026-12-15T10:00", "2026-12-23T08:00", "2026-12-29T10:00"]
    assert [each.state for each in later.dates] == ["confirmed", "confirmed", "cancelled"]


async def test_a_split_that_clashes_changes_nothing_and_is_offered_a_way_on(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    await office.book(start="2026-12-22T14:00", rooms=(office.hall("vienna"),), teachers=(), transparent=True)
    with pytest.raises(ClashError) as refusal:
        await split(office, lesson, 2, start="2026-12-15T14:00")
    assert (await office.read(lesson)).version == 1
    way = refusal.value.facts["alternatives"][0]
    _, later = await split(office, lesson, 2, start=way.start, rooms=way.rooms)
    assert len(later.dates) == 3


async def test_what_has_begun_is_not_split_off(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    office.clock.now = lesson.dates[2].starts
    with pytest.raises(AlreadyBegunError):
        await split(office, lesson, 2, title="Late")
    early, later = await split(office, lesson, 3, start="2026-12-22T11:00")
    assert (len(early.dates), len(later.dates)) == (3, 2)


async def test_a_rule_of_several_weekdays_is_moved_to_another_only_with_a_rule(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=6, weekdays=("TU", "TH")))
    with pytest.raises(RuleError, match="Add WE"):
        await split(office, lesson, 2, start="2026-12-09T10:00")


async def test_a_split_is_noted_once_for_each_lesson(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    _, later = await split(office, lesson, 2, title="Phonetics")
    for each, actions in ((lesson, ["lesson.create", "lesson.change"]), (later, ["lesson.create"])):
        entries = await office.database.read(audit.history, "lesson", each.id)
        assert [entry["action"] for entry in entries] == actions
    assert await office.count(occurrence) == 5


async def test_a_lesson_is_split_twice(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    early, last = await split(office, lesson, 3, title="Third")
    first, middle = await split(office, early, 1, title="Second")
    assert [len(each.dates) for each in (first, middle, last)] == [1, 2, 2]
    assert middle.continues_id == last.continues_id == lesson.id


async def led_to(office: Office, lesson: Lesson, email: str) -> tuple[str, str]:
    """The lesson and the seat to which somebody's link to a lesson leads now."""
    attendee = next(each for each in lesson.attendees if each.email == email)
    found = await office.database.read(told_by_token, token_of(office.keyring, attendee), office.clock())
    assert found is not None
    return found[0].public_id, found[1].public_id


async def test_old_and_new_links_lead_into_one_live_room_once_the_old_lesson_is_over(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    early, later = await split(office, lesson, 2, title="Phonetics")
    assert (await led_to(office, early, GRETA.email))[0] == early.public_id
    office.clock.now = later.dates[0].starts
    assert await led_to(office, early, GRETA.email) == await led_to(office, later, GRETA.email)
    admission = Admission(office.database, office.keyring, office.clock)
    lessons = set()
    for each, email in ((early, GRETA.email), (later, "student@kyiv.example")):
        found = await office.database.read(store.attendee_by_public_id, (await led_to(office, each, email))[1])
        assert found is not None
        seat = await admission.seat(admission.seat_cookie(found), later.public_id)
        assert seat is not None
        admitted = await admission.admit(admission.ticket(seat))
        assert admitted is not None
        lessons.add(admitted.lesson.id)
    assert lessons == {later.public_id}


async def test_a_link_goes_through_a_chain_to_the_next_lesson_that_is_not_over(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    early, last = await split(office, lesson, 3, title="Third")
    early, middle = await split(office, early, 1, title="Second")
    for held, expected in zip(lesson.dates, (early, middle, middle, last, last), strict=True):
        office.clock.now = held.starts
        assert (await led_to(office, early, GRETA.email))[0] == expected.public_id


async def test_who_is_not_invited_to_what_continues_stays_with_the_old_lesson(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    early, later = await split(office, lesson, 2, attendees=())
    office.clock.now = later.dates[0].starts
    assert (await led_to(office, early, GRETA.email))[0] == early.public_id


async def test_of_a_split_and_a_cancellation_in_one_batch_the_second_is_stale(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    name, read, now = str(lesson.dates[2].recurrence), office.database.read, office.clock()
    body, teacher, uid = LessonPatch(title="Phonetics"), office.teacher, lesson.public_id
    halving = await read(meetings.prepare_change, teacher, uid, name, body, "following", version=1, now=now)
    ending = await read(prepare_cancellation, teacher, uid, "", version=1, now=now)
    found = await asyncio.gather(*map(office.desk.submit, (halving, ending)), return_exceptions=True)
    assert [type(each).__name__ for each in found] == ["Done", "StaleError"]
    assert await office.count(lesson_table) == 2
