"""The road of a lesson through the desk: booked, changed, cancelled, each step whole or not at all."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from rooms import Desk, Wish
from rooms.store.tables import booking
from schedules import ClashError, Done, EquipmentWish, Guest, InThePastError, Lesson, LessonPatch, Repeat, Replayed
from schedules.service import prepare_cancellation, prepare_change
from schedules.tables import lesson as lesson_table
from tests.houses import MICROPHONES
from tests.office import GRETA, Office, attendee_id
from tests.support import SATURDAY
from vclass.core import audit, idempotency
from vclass.core.idempotency import Key, KeyReusedError
from vclass.core.refusals import NotFoundError, StaleError
from vclass.people import NewPerson, create_person

HOUR = 3600
WEEKLY = Repeat("week", count=3)


async def test_a_lesson_takes_both_halls_every_week(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    halls = sorted(office.world.halls[place].id for place in ("vienna", "kyiv"))
    assert await office.held() == [(hall, each.starts) for each in lesson.occurrences for hall in halls]
    assert (lesson.sequence, lesson.revision, lesson.version, lesson.state) == (0, 0, 1, "confirmed")


async def test_every_step_is_noted_with_who_did_it(office: Office) -> None:
    lesson = await office.cancel(await office.change(await office.book(), title="Phonetics"))
    entries = await office.database.read(audit.history, "lesson", lesson.id)
    assert [each["action"] for each in entries] == ["lesson.create", "lesson.change", "lesson.cancel"]
    assert {each["person_id"] for each in entries} == {office.teacher.person_id}


async def test_a_refused_lesson_leaves_nothing_and_tells_what_is_free(office: Office) -> None:
    await office.book(transparent=True)
    with pytest.raises(ClashError) as refusal:
        await office.book(title="Rival", rooms=(office.hall("kyiv"),))
    assert [each.resource for each in refusal.value.facts["clashes"]] == [office.hall("kyiv")]
    assert len(refusal.value.facts["alternatives"]) == 3
    assert await office.count(lesson_table) == 1
    assert {each.title for each in await office.mails()} == {"Joint seminar"}


@pytest.mark.parametrize("repeat", [None, WEEKLY, Repeat("week", count=3, weekdays=("TU", "TH"))])
async def test_each_alternative_can_be_booked(office: Office, repeat: Repeat | None) -> None:
    await office.book(rooms=(office.hall("vienna"),), transparent=True)
    with pytest.raises(ClashError) as refusal:
        await office.book(rooms=(office.hall("vienna"),), repeat=repeat)
    alternatives = refusal.value.facts["alternatives"]
    assert alternatives[0].rooms == (office.hall("vienna large"),)
    assert len(alternatives) == 3
    for each in alternatives:
        booked = await office.book(start=each.start, rooms=each.rooms, repeat=repeat)
        await office.cancel(booked)


async def test_a_series_until_a_date_is_offered_other_hours_of_its_days(office: Office) -> None:
    await office.book(rooms=(office.hall("kyiv"),))
    with pytest.raises(ClashError) as refusal:
        await office.book(rooms=(office.hall("kyiv"),), repeat=Repeat("week", until=dt.date(2026, 12, 15)))
    starts = [each.start for each in refusal.value.facts["alternatives"]]
    assert len(starts) == 3
    assert {each[:10] for each in starts} == {"2026-12-01"}


async def test_on_clash_skip_leaves_taken_dates_out_of_the_rule(office: Office) -> None:
    await office.book(start="2026-12-08T10:00")
    answer = await office.lessons.create(office.teacher, office.body(repeat=WEEKLY, on_clash="skip"))
    assert isinstance(answer, Done)
    assert [str(each.recurrence.date) for each in answer.lesson.occurrences] == ["2026-12-01", "2026-12-15"]
    assert [(str(each.recurrence), each.reason) for each in answer.lesson.skipped] == [("2026-12-08T10:00", "taken")]
    assert answer.lesson.draft.timing.rule is not None
    assert answer.lesson.draft.timing.rule.except_ == (dt.date(2026, 12, 8),)


async def test_a_lesson_of_which_every_date_is_taken_is_refused_even_with_skip(office: Office) -> None:
    await office.book()
    with pytest.raises(ClashError):
        await office.book(on_clash="skip")


async def test_kit_is_shared_to_the_last_piece(office: Office) -> None:
    kit = EquipmentWish(office.world.kit["vienna"].public_id, MICROPHONES - 1)
    await office.book(rooms=(), equipment=(kit,), transparent=True)
    with pytest.raises(ClashError) as refusal:
        await office.book(rooms=(), equipment=(kit,))
    assert [each.reason for each in refusal.value.facts["clashes"]] == ["too_few"]


def key(office: Office, body_hash: str = "body") -> Key:
    return Key(office.world.person_ids["teacher", "vienna"], "key-1", body_hash)


async def test_fifty_requests_with_one_key_make_one_lesson(office: Office) -> None:
    answers = await asyncio.gather(
        *(office.lessons.create(office.teacher, office.body(), key(office)) for _ in range(50))
    )
    assert [type(each) for each in answers].count(Done) == 1
    assert len({each.body for each in answers if isinstance(each, Replayed)}) == 1
    assert await office.count(lesson_table) == 1


async def test_a_key_is_not_used_for_another_body(office: Office) -> None:
    await office.lessons.create(office.teacher, office.body(), key(office))
    with pytest.raises(KeyReusedError):
        await office.lessons.create(office.teacher, office.body(), key(office, "another"))


async def test_a_repeat_is_answered_as_before_though_the_lesson_is_over(office: Office) -> None:
    body = office.body(start="2026-11-21T13:00")
    await office.lessons.create(office.teacher, body, key(office))
    office.clock.advance(5 * HOUR)
    assert isinstance(await office.lessons.create(office.teacher, body, key(office)), Replayed)
    office.clock.advance(24 * HOUR)
    with pytest.raises(InThePastError):
        await office.lessons.create(office.teacher, body, key(office))


async def test_a_refused_request_leaves_its_key_free(office: Office) -> None:
    first = await office.book()
    with pytest.raises(ClashError):
        await office.lessons.create(office.teacher, office.body(), key(office))
    assert await office.count(idempotency.idempotency) == 0
    await office.cancel(first)
    assert isinstance(await office.lessons.create(office.teacher, office.body(), key(office)), Done)


async def test_a_move_by_an_hour_takes_the_new_claims_for_the_old(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    moved = await office.change(lesson, start="2026-12-01T11:00")
    assert [each.starts for each in moved.occurrences] == [each.starts + HOUR for each in lesson.occurrences]
    assert {start for _, start in await office.held()} == {each.starts for each in moved.occurrences}
    assert (moved.uid, moved.sequence, moved.revision, moved.version) == (lesson.uid, 1, 1, 2)
    assert moved.moved_from == lesson.occurrences[0].starts


async def test_a_move_into_a_taken_hour_changes_nothing(office: Office) -> None:
    lesson = await office.book()
    await office.book(start="2026-12-01T12:00")
    before = await office.held()
    with pytest.raises(ClashError):
        await office.change(lesson, start="2026-12-01T11:00")
    assert await office.held() == before
    assert await office.read(lesson) == lesson


async def test_new_words_keep_claims_and_sequence(office: Office) -> None:
    lesson = await office.book()
    changed = await office.change(lesson, title="Phonetics", description="Bring a mirror.")
    assert [each.booking_id for each in changed.occurrences] == [each.booking_id for each in lesson.occurrences]
    assert (changed.sequence, changed.revision, changed.told_at) == (0, 1, lesson.told_at + 1)


async def test_another_room_moves_the_claims_and_keeps_the_sequence(office: Office) -> None:
    lesson = await office.book()
    changed = await office.change(lesson, rooms=(office.hall("vienna large"),))
    assert await office.held() == [(office.world.halls["vienna large"].id, lesson.occurrences[0].starts)]
    assert (changed.sequence, changed.revision) == (0, 1)


async def test_an_empty_change_publishes_nothing(office: Office) -> None:
    lesson = await office.book()
    mails = len(await office.mails())
    changed = await office.change(lesson)
    assert (changed.revision, changed.told_at, changed.version) == (0, lesson.told_at, 2)
    assert len(await office.mails()) == mails


async def without_greta(office: Office, lesson: Lesson) -> Lesson:
    return await office.change(lesson, attendees=(Guest("student@vienna.example"), Guest("student@kyiv.example")))


async def test_who_is_removed_loses_the_link_and_gets_a_cancel_with_a_higher_sequence(office: Office) -> None:
    lesson = await office.book()
    changed = await without_greta(office, lesson)
    assert office.revoked == [attendee_id(lesson, GRETA.email)]
    invited, removed = await office.mails(GRETA.email)
    assert (invited.method, removed.method, removed.news) == ("REQUEST", "CANCEL", "removed")
    assert removed.sequence == invited.sequence + 1
    assert GRETA.email not in {each.email for each in changed.present}
    assert [each.method for each in await office.mails("student@kyiv.example")] == ["REQUEST"]


async def test_who_is_invited_again_is_told_above_the_cancel_with_a_fresh_link(office: Office) -> None:
    lesson = await office.book()
    everyone = tuple(office.body().attendees)
    again = await office.change(await without_greta(office, lesson), attendees=everyone)
    invited, removed, readded = await office.mails(GRETA.email)
    assert (readded.method, readded.news) == ("REQUEST", "invited")
    assert readded.sequence > removed.sequence
    assert readded.dtstamp > removed.dtstamp > invited.dtstamp
    assert readded.generation > invited.generation
    gone = await office.cancel(again)
    assert (await office.mails(GRETA.email))[-1].sequence == gone.sequence > readded.sequence


async def test_somebody_new_is_invited_and_the_others_hear_nothing_of_it(office: Office) -> None:
    lesson = await office.book()
    more = (*office.body().attendees, Guest("new@example.org", "Nell"))
    changed = await office.change(lesson, attendees=more)
    assert [each.news for each in await office.mails("new@example.org")] == ["invited"]
    assert [each.news for each in await office.mails("student@kyiv.example")] == ["invited"]
    assert (changed.sequence, changed.revision) == (0, 1)


async def test_a_guest_who_got_an_account_is_that_person_from_the_next_change_on(office: Office) -> None:
    lesson, home = await office.book(), office.world.public_ids["vienna"]
    greta = await office.database.write(create_person, NewPerson(GRETA.email, "Greta G.", home, ("student",)), SATURDAY)
    after = await office.change(lesson, title="Phonetics")
    assert [each.person_id for each in after.attendees if each.email == GRETA.email] == [greta.id]


async def test_a_guest_keeps_the_name_that_is_not_given_again(office: Office) -> None:
    lesson = await office.book(teachers=("teacher@kyiv.example", "visitor@example.org"))
    changed = await office.change(lesson, attendees=(Guest(GRETA.email),))
    names = {each.email: each.name for each in changed.present}
    assert names[GRETA.email] == "Greta"
    assert names["teacher@kyiv.example"] == "teacher of kyiv"


async def test_a_change_from_an_old_version_is_stale(office: Office) -> None:
    lesson = await office.book()
    await office.change(lesson, title="Phonetics")
    with pytest.raises(StaleError):
        await office.change(lesson, title="Phonology")
    with pytest.raises(StaleError):
        await office.cancel(lesson)


async def changing(office: Office, lesson: Lesson, **patch: Any) -> Wish:  # noqa: ANN401  any field of a patch
    wanted = LessonPatch(**patch)
    return await office.database.read(
        prepare_change, office.teacher, lesson.public_id, wanted, version=lesson.version, now=office.clock()
    )


async def cancelling(office: Office, lesson: Lesson) -> Wish:
    return await office.database.read(
        prepare_cancellation, office.teacher, lesson.public_id, "", version=lesson.version, now=office.clock()
    )


async def handed_in(*wishes: tuple[Desk, Wish]) -> list[str]:
    """What became of wishes that were handed in together: the kind of each answer or refusal."""
    found = await asyncio.gather(*(desk.submit(wish) for desk, wish in wishes), return_exceptions=True)
    return [type(each).__name__ for each in found]


async def test_of_two_changes_in_one_batch_the_second_is_stale(office: Office) -> None:
    lesson = await office.book()
    wishes = [await changing(office, lesson, title=title) for title in ("One", "Two")]
    assert await handed_in(*((office.desk, each) for each in wishes)) == ["Done", "StaleError"]
    standing = await office.read(lesson)
    assert (standing.version, standing.draft.title) == (2, "One")


async def test_of_a_move_and_a_cancellation_in_one_batch_the_second_is_stale(office: Office) -> None:
    lesson = await office.book()
    move, cancellation = await changing(office, lesson, start="2026-12-01T15:00"), await cancelling(office, lesson)
    assert await handed_in((office.desk, move), (office.desk, cancellation)) == ["Done", "StaleError"]
    assert not (await office.read(lesson)).cancelled
    assert len(await office.held()) == 2


async def test_of_a_cancellation_and_a_move_in_one_batch_the_second_is_stale(office: Office) -> None:
    lesson = await office.book()
    move, cancellation = await changing(office, lesson, start="2026-12-01T15:00"), await cancelling(office, lesson)
    assert await handed_in((office.desk, cancellation), (office.desk, move)) == ["Done", "StaleError"]
    assert (await office.read(lesson)).cancelled
    assert await office.held() == []


async def test_two_desks_do_not_make_the_same_version_twice(office: Office) -> None:
    lesson = await office.book()
    other = Office(office.database, office.world, office.keyring, office.clock).desk
    wishes = [await changing(office, lesson, title=title) for title in ("One", "Two")]
    assert sorted(await handed_in((office.desk, wishes[0]), (other, wishes[1]))) == ["Done", "StaleError"]
    await other.close()


async def test_a_cancelled_lesson_gives_its_rooms_back_and_tells_everyone_why(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    gone = await office.cancel(lesson, " The hall is flooded. ")
    assert await office.held() == []
    assert (gone.state, gone.sequence, gone.revision, gone.version) == ("cancelled", 1, 1, 2)
    told = [each for each in await office.mails() if each.method == "CANCEL"]
    assert {each.email for each in told} == {each.email for each in lesson.present}
    assert {each.reason for each in told} == {"The hall is flooded."}
    assert office.ended == [lesson.public_id]


async def test_what_took_place_stays_booked_when_a_series_is_cancelled(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    office.clock.now = lesson.occurrences[1].starts - HOUR
    gone = await office.cancel(lesson)
    assert [each.state for each in gone.occurrences] == ["confirmed", "cancelled", "cancelled"]
    assert {start for _, start in await office.held()} == {lesson.occurrences[0].starts}


async def test_a_lesson_moved_away_from_an_open_door_ends_for_those_inside(office: Office) -> None:
    lesson = await office.book()
    office.clock.now = lesson.occurrences[0].starts - 300
    await office.change(lesson, title="Phonetics")
    assert office.ended == []
    await office.change(await office.read(lesson), start="2026-12-02T10:00")
    assert office.ended == [lesson.public_id]


async def test_the_link_of_a_cancelled_lesson_is_not_renewed(office: Office) -> None:
    lesson = await office.book()
    await office.cancel(lesson)
    mails = len(await office.mails())
    with pytest.raises(Exception, match="was cancelled"):
        await office.lessons.renew_link(office.teacher, lesson.public_id, attendee_id(lesson, GRETA.email))
    assert len(await office.mails()) == mails


async def test_a_link_is_renewed_for_attendees_alone(office: Office) -> None:
    lesson = await office.book()
    with pytest.raises(NotFoundError):
        await office.lessons.renew_link(office.teacher, lesson.public_id, "nobody")


async def test_a_renewed_link_is_told_above_all_that_went_before(office: Office) -> None:
    lesson = await office.change(await office.change(await office.book(), title="One"), title="Two")
    await office.lessons.renew_link(office.teacher, lesson.public_id, attendee_id(lesson, GRETA.email))
    await office.change(lesson, title="Three")
    stamps = [(each.sequence, each.dtstamp) for each in await office.mails(GRETA.email)]
    assert stamps == sorted(set(stamps))
    assert len(stamps) == 5


async def test_no_booking_outlives_a_lesson_that_was_moved_and_cancelled(office: Office) -> None:
    lesson = await office.change(await office.book(), start="2026-12-01T11:00")
    await office.cancel(lesson)
    states = await office.database.read(lambda c: [row.state for row in c.execute(booking.select())])
    assert states == ["cancelled", "cancelled"]


async def test_a_patch_names_the_lesson_by_an_id_that_exists(office: Office) -> None:
    with pytest.raises(NotFoundError):
        await office.lessons.change(office.teacher, "nothing", LessonPatch(title="x"), 1)
