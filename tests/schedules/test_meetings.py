"""Single meetings of a series: moved, put into other rooms, cancelled, while the others stay as they are."""

from datetime import date
from typing import Any

import pytest

from rooms.store.tables import booking
from schedules import (
    AlreadyBegunError,
    AlreadyCancelledError,
    ClashError,
    ClosedError,
    FoldError,
    GapError,
    InThePastError,
    Lesson,
    LessonPatch,
    OverlapError,
    Repeat,
)
from schedules.tables import occurrence
from schedules.wire import AddedMeeting
from tests.office import GRETA, Office
from vclass.core import audit
from vclass.core.refusals import InvalidInputError, NotFoundError, StaleError
from vclass.core.zones import rfc3339

HOUR = 3600
DAY = 24 * HOUR
WEEKLY = Repeat("week", count=4)


async def move(office: Office, lesson: Lesson, which: int, **patch: Any) -> Lesson:  # noqa: ANN401  any field of a patch
    """Change one meeting alone, as the lesson's teacher."""
    name = str(lesson.dates[which].recurrence)
    return await office.lessons.change_meeting(
        office.teacher, lesson.public_id, name, LessonPatch(**patch), "this", lesson.version
    )


async def cancel(office: Office, lesson: Lesson, which: int, scope: Any = "this", reason: str = "") -> Lesson:  # noqa: ANN401  a word
    name = str(lesson.dates[which].recurrence)
    return await office.lessons.cancel_meeting(office.teacher, lesson.public_id, name, scope, reason, lesson.version)


async def test_one_meeting_moves_and_keeps_its_names(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await move(office, lesson, 1, start="2026-12-09T14:00", minutes=60)
    one, before = next(each for each in after.dates if each.id == lesson.dates[1].id), lesson.dates[1]
    assert (one.public_id, one.recurrence, one.published_start) == (
        before.public_id,
        before.recurrence,
        before.published_start,
    )
    assert (str(one.start), one.ends - one.starts) == ("2026-12-09T14:00", HOUR)
    assert one.booking_id != before.booking_id


async def test_the_other_meetings_keep_their_bookings(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await move(office, lesson, 1, start="2026-12-08T14:00")
    assert [a.booking_id == b.booking_id for a, b in zip(after.dates, lesson.dates, strict=True)] == [
        True,
        False,
        True,
        True,
    ]
    assert (after.uid, after.sequence, after.revision, after.version) == (lesson.uid, 1, 1, 2)
    assert after.draft == lesson.draft


async def test_everyone_is_told_of_the_moved_meeting_alone(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    await move(office, lesson, 1, start="2026-12-08T14:00")
    told = (await office.mails(GRETA.email))[-1]
    assert (told.news, told.method, told.sequence) == ("moved-one", "REQUEST", 1)
    assert [each.recurrence for each in told.about] == ["2026-12-08T10:00"]
    assert told.before == lesson.dates[1].starts


async def test_a_meeting_in_other_rooms_is_told_without_a_new_sequence(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await move(office, lesson, 2, rooms=(office.hall("vienna large"),))
    told = (await office.mails(GRETA.email))[-1]
    assert (told.news, told.sequence, after.sequence, after.revision) == ("changed-one", 0, 0, 1)
    assert [[place.name for place in each.places or ()] for each in told.about] == [["Large hall"]]
    assert {each.starts for each in after.dates} == {each.starts for each in lesson.dates}


async def test_a_change_of_nothing_tells_nobody(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    mails = len(await office.mails())
    after = await move(office, lesson, 2, start="2026-12-15T10:00")
    assert (after.version, after.revision, after.dates) == (2, 0, lesson.dates)
    assert len(await office.mails()) == mails


async def test_the_only_meeting_of_a_lesson_moves_with_the_lesson(office: Office) -> None:
    lesson = await office.book()
    after = await move(office, lesson, 0, start="2026-12-02T11:00")
    assert str(after.draft.timing.start) == "2026-12-02T11:00"
    assert [(each.id, str(each.recurrence)) for each in after.dates] == [(lesson.dates[0].id, "2026-12-01T10:00")]
    assert (await office.mails(GRETA.email))[-1].news == "updated"


async def test_a_meeting_moves_over_midnight(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await move(office, lesson, 1, start="2026-12-08T23:30")
    one = next(each for each in after.dates if str(each.recurrence) == "2026-12-08T10:00")
    assert one.ends - one.starts == 90 * 60
    assert one.starts - lesson.dates[1].starts == 13 * HOUR + HOUR // 2


async def test_a_meeting_never_clashes_with_its_own_booking(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await move(office, lesson, 1, start="2026-12-08T10:30")
    assert after.dates[1].starts == lesson.dates[1].starts + HOUR // 2


async def test_a_series_never_clashes_with_itself(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("day", count=5))
    after = await office.change(lesson, start="2026-12-01T10:30")
    assert [each.id for each in after.dates] == [each.id for each in lesson.dates]
    assert [each.starts for each in after.dates] == [each.starts + HOUR // 2 for each in lesson.dates]


@pytest.mark.parametrize("rooms", [None, ()])
async def test_a_meeting_is_not_moved_onto_another_of_its_series(office: Office, rooms: tuple[str, ...] | None) -> None:
    changes = {} if rooms is None else {"rooms": rooms}
    lesson = await office.book(repeat=WEEKLY, **changes)
    with pytest.raises(OverlapError, match="meets already from 2026-12-15T10:00") as refusal:
        await move(office, lesson, 1, start="2026-12-15T10:30")
    assert refusal.value.facts == {
        "recurrence": "2026-12-08T10:00",
        "other": "2026-12-15T10:00",
        "until": "2026-12-15T10:30:00Z",
        "start": "2026-12-15T11:30",
    }
    assert (await office.read(lesson)).version == 1
    after = await move(office, lesson, 1, start="2026-12-15T11:30")
    assert after.version == 2


async def test_a_meeting_that_finds_its_room_taken_stays_and_is_offered_ways_out(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    await office.book(start="2026-12-09T10:00", teachers=(), rooms=(office.hall("vienna"),), transparent=True)
    with pytest.raises(ClashError) as refusal:
        await move(office, lesson, 1, start="2026-12-09T10:00")
    assert {each.recurrence for each in refusal.value.facts["clashes"]} == {"2026-12-08T10:00"}
    way = refusal.value.facts["alternatives"][0]
    after = await move(office, lesson, 1, start=way.start, rooms=way.rooms)
    assert after.version == 2


async def test_a_meeting_is_moved_into_a_gap_or_a_fold_only_with_a_word(office: Office) -> None:
    lesson = await office.book(start="2027-03-22T02:30", minutes=60, repeat=WEEKLY, attendees=())
    assert len(lesson.dates) == 4
    with pytest.raises(GapError):
        await move(office, lesson, 0, start="2027-03-28T02:30")
    with pytest.raises(FoldError):
        await move(office, lesson, 0, start="2027-10-31T02:30")
    after = await move(office, lesson, 0, start="2027-10-31T02:30", fold=1)
    assert rfc3339(after.dates[-1].starts) == "2027-10-31T01:30:00Z"


async def test_what_belongs_to_the_lesson_is_not_changed_of_one_meeting(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    with pytest.raises(InvalidInputError, match="title: belongs to the lesson"):
        await move(office, lesson, 1, title="Phonetics")


async def test_only_what_is_to_come_is_moved(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    office.clock.now = lesson.dates[1].starts
    with pytest.raises(ClosedError):
        await move(office, lesson, 0, start="2026-12-20T10:00")
    with pytest.raises(AlreadyBegunError):
        await move(office, lesson, 1, start="2026-12-20T10:00")
    with pytest.raises(InThePastError):
        await move(office, lesson, 2, start="2026-12-07T10:00")
    with pytest.raises(StaleError):
        await office.lessons.change_meeting(
            office.teacher, lesson.public_id, "2026-12-15T10:00", LessonPatch(), "this", 7
        )
    with pytest.raises(NotFoundError):
        await office.lessons.change_meeting(office.teacher, lesson.public_id, "2026-12-16", LessonPatch(), "this", 1)


async def test_one_meeting_is_cancelled_and_the_others_take_place(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await cancel(office, lesson, 1, reason=" Ill. ")
    assert [each.state for each in after.dates] == ["confirmed", "cancelled", "confirmed", "confirmed"]
    assert (after.dates[1].reason, after.sequence, after.version, after.state) == ("Ill.", 1, 2, "confirmed")
    told = (await office.mails(GRETA.email))[-1]
    assert (told.news, told.method, told.reason) == ("cancelled-one", "CANCEL", "Ill.")
    with pytest.raises(AlreadyCancelledError):
        await cancel(office, after, 1)
    with pytest.raises(AlreadyCancelledError):
        await move(office, after, 1, start="2026-12-09T10:00")


async def test_the_rest_of_a_series_is_cancelled(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await cancel(office, lesson, 2, "following", "Budget.")
    assert [each.state for each in after.dates] == ["confirmed", "confirmed", "cancelled", "cancelled"]
    told = (await office.mails(GRETA.email))[-1]
    assert (told.news, told.method, told.reason, len(told.meetings)) == ("ended", "REQUEST", "Budget.", 2)


async def test_the_last_meeting_cancelled_is_the_lesson_cancelled(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=2))
    after = await cancel(office, await cancel(office, lesson, 0), 1, reason="No one left.")
    assert (after.cancelled, after.cancel_reason, after.version, after.sequence) == (True, "No one left.", 3, 2)
    assert [each.news for each in await office.mails(GRETA.email)] == ["invited", "cancelled-one", "cancelled"]
    assert await office.held() == []


async def test_a_series_whose_last_meetings_are_cancelled_is_closed(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=2))
    office.clock.now = lesson.dates[0].ends
    after = await cancel(office, lesson, 1)
    assert not after.cancelled
    assert after.state_at(office.clock()) == "closed"
    with pytest.raises(ClosedError):
        await office.cancel(after)


async def test_every_step_has_one_row_in_the_audit_and_one_version(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await cancel(office, await move(office, lesson, 1, start="2026-12-09T10:00"), 3)
    entries = await office.database.read(audit.history, "lesson", lesson.id)
    assert [each["action"] for each in entries] == ["lesson.create", "lesson.change", "lesson.cancel"]
    assert after.version == 3


async def test_a_series_that_moves_leaves_what_took_place_and_what_was_cancelled(office: Office) -> None:
    lesson = await cancel(office, await office.book(repeat=WEEKLY), 2)
    office.clock.now = lesson.dates[0].ends
    after = await office.change(lesson, start="2026-12-01T15:00")
    assert [each.id for each in after.dates] == [each.id for each in lesson.dates]
    assert [str(each.start) for each in after.dates] == [
        "2026-12-01T10:00",
        "2026-12-08T15:00",
        "2026-12-15T10:00",
        "2026-12-22T15:00",
    ]
    assert [each.state for each in after.dates] == ["confirmed", "confirmed", "cancelled", "confirmed"]
    assert {str(each.recurrence)[-5:] for each in after.dates} == {"15:00"}


async def test_a_meeting_that_was_moved_alone_keeps_its_time_when_the_series_gets_longer(office: Office) -> None:
    lesson = await move(office, await office.book(repeat=WEEKLY), 1, start="2026-12-09T14:00")
    after = await office.change(lesson, repeat=Repeat("week", count=6))
    assert [str(each.start) for each in after.dates][1:3] == ["2026-12-09T14:00", "2026-12-15T10:00"]
    assert len(after.dates) == 6
    shorter = await office.change(after, repeat=Repeat("week", count=3))
    assert [each.id for each in shorter.dates] == [each.id for each in lesson.dates[:3]]
    assert await office.count(occurrence) == 3


async def test_a_meeting_with_a_room_of_its_own_keeps_it_when_the_others_change(office: Office) -> None:
    lesson = await move(office, await office.book(repeat=WEEKLY), 1, rooms=(office.hall("vienna large"),))
    after = await office.change(lesson, rooms=(office.hall("vienna"),))
    assert after.dates[1].booking_id == lesson.dates[1].booking_id
    assert all(a.booking_id != b.booking_id for a, b in list(zip(after.dates, lesson.dates, strict=True))[2:])


async def test_what_took_place_on_dates_that_a_new_rule_lacks_is_not_forgotten(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    office.clock.now = lesson.dates[1].ends
    with pytest.raises(AlreadyBegunError, match="2 of these meetings took place"):
        await office.change(lesson, start="2026-12-22T10:00", repeat=Repeat("week", count=4))
    assert await office.count(booking) == 4


async def test_a_cancelled_meeting_stays_off_when_the_series_moves_to_another_weekday(office: Office) -> None:
    lesson = await cancel(office, await office.book(repeat=Repeat("week", count=4, weekdays=("TU",))), 1)
    after = await office.change(lesson, start="2026-12-03T10:00")
    assert [(str(each.recurrence.date), each.state) for each in after.dates if each.state == "cancelled"] == [
        ("2026-12-10", "cancelled")
    ]
    assert [each.id for each in sorted(after.dates, key=lambda each: each.recurrence)] == [e.id for e in lesson.dates]


async def test_dates_that_were_left_out_stay_so_when_the_series_moves_to_another_weekday(office: Office) -> None:
    rule = Repeat("week", count=4, except_=(date(2026, 12, 8), date(2026, 12, 15)))
    after = await office.change(await office.book(repeat=rule), start="2026-12-02T10:00")
    assert [str(each.start.date) for each in after.dates] == ["2026-12-02", "2026-12-23"]


async def add(office: Office, lesson: Lesson, recurrence: str, **fields: Any) -> Lesson:  # noqa: ANN401  any field
    body = AddedMeeting(recurrence, **fields)
    return await office.lessons.add_meeting(office.teacher, lesson.public_id, body, lesson.version)


async def test_a_date_that_was_skipped_is_added_once_it_is_free(office: Office) -> None:
    rival = await office.book(start="2026-12-08T10:00")
    lesson = await office.book(repeat=WEEKLY, on_clash="skip")
    with pytest.raises(ClashError) as refusal:
        await add(office, lesson, "2026-12-08T10:00")
    assert refusal.value.facts["alternatives"]
    await office.cancel(rival)
    after = await add(office, lesson, "2026-12-08T10:00")
    assert [str(each.recurrence.date) for each in after.dates] == [f"2026-12-{day:02}" for day in (1, 8, 15, 22)]
    assert (after.skipped, after.sequence, after.version, after.draft.timing.rule.except_) == ((), 1, 2, ())  # type: ignore[union-attr]  # it repeats
    told = (await office.mails(GRETA.email))[-1]
    assert (told.news, told.sequence, len(told.meetings)) == ("updated", 1, 4)


async def test_a_skipped_date_is_added_at_an_hour_that_is_offered(office: Office) -> None:
    await office.book(start="2026-12-08T10:00")
    lesson = await office.book(repeat=WEEKLY, on_clash="skip")
    with pytest.raises(ClashError) as refusal:
        await add(office, lesson, "2026-12-08T10:00")
    way = refusal.value.facts["alternatives"][0]
    after = await add(office, lesson, "2026-12-08T10:00", start=way.start, rooms=way.rooms)
    assert str(after.dates[1].start) == way.start
    assert str(after.dates[1].recurrence) == "2026-12-08T10:00"


async def test_a_cancelled_meeting_takes_place_after_all_in_its_row(office: Office) -> None:
    lesson = await cancel(office, await office.book(repeat=WEEKLY), 1, reason="Ill.")
    after = await add(office, lesson, "2026-12-08T10:00")
    assert [(each.id, each.state, each.reason) for each in after.dates] == [
        (each.id, "confirmed", None) for each in lesson.dates
    ]
    assert after.sequence == lesson.sequence + 1


async def test_only_a_date_of_the_rule_that_is_off_is_added(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    with pytest.raises(OverlapError):
        await add(office, lesson, "2026-12-08T10:00")
    for wrong in ("2026-12-09T10:00", "2026-12-08T11:00"):
        with pytest.raises(InvalidInputError, match="none of this lesson's dates"):
            await add(office, lesson, wrong)
    with pytest.raises(InvalidInputError):
        await add(office, await office.book(start="2027-01-01T10:00"), "2027-01-08T10:00")


async def test_a_date_that_has_passed_is_not_added(office: Office) -> None:
    lesson = await cancel(office, await office.book(repeat=WEEKLY), 0)
    office.clock.now = lesson.dates[1].starts
    with pytest.raises(InThePastError):
        await add(office, lesson, "2026-12-01T10:00")
