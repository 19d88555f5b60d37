"""A series of which a rival has got some dates before it is approved: the rest is not held up by them."""

import pytest

from schedules import AddedMeeting, ClashError, Lesson, LessonPatch, NothingLostError, Repeat, lost_dates
from schedules.service import see_lesson
from tests.office import GRETA, Office
from tests.schedules.test_approvals import approve, ask_first, joint
from vclass.core.refusals import NotFoundError, StaleError
from vclass.core.zones import rfc3339

OWNER = "teacher@vienna.example"


async def rival(office: Office, start: str) -> Lesson:
    """Somebody who gets the hall in Vienna first."""
    asked = await office.book(
        start=start, rooms=(office.hall("vienna"),), teachers=(), attendees=(), title="Rival", transparent=True
    )
    return await approve(office, asked, "vienna")


async def half_granted(office: Office, *taken: str) -> Lesson:
    """Three dates in Vienna's hall, approved after rivals have taken some."""
    await ask_first(office, "vienna", "vienna large")
    lesson = await office.book(
        rooms=(office.hall("vienna"),), teachers=(), attendees=(GRETA,), repeat=Repeat("week", count=3)
    )
    for start in taken or ("2026-12-08T10:00",):
        await rival(office, start)
    return await approve(office, lesson, "vienna")


async def approve_second(office: Office, lesson: Lesson) -> None:
    admin = office.world.actors["room_admin", "vienna"]
    await office.approvals.approve(admin, lesson.dates[1].booking_public_id, "all")


async def test_what_was_taken_stays_requested_with_the_reason_and_the_rest_is_confirmed(office: Office) -> None:
    lesson = await half_granted(office)
    assert [(each.state, each.reason) for each in lesson.dates] == [
        ("confirmed", None),
        ("requested", "taken"),
        ("confirmed", None),
    ]
    assert await office.mails(GRETA.email) == []


async def test_the_owner_is_told_at_once_what_is_confirmed_what_is_lost_and_what_is_free_instead(
    office: Office,
) -> None:
    lesson = await half_granted(office)
    [notice] = [each for each in await office.notices(OWNER) if each.notice == "taken"]
    first, gone, last = lesson.dates
    assert notice.confirmed == ((first.starts, first.ends), (last.starts, last.ends))
    assert [(each.span, each.until) for each in notice.lost] == [((gone.starts, gone.ends), gone.ends)]
    assert ("Large hall",) in [each.rooms for each in notice.lost[0].slots]
    assert notice.path == f"/lessons/{lesson.public_id}"


async def test_the_owner_goes_on_without_what_was_lost_and_everyone_is_invited_to_the_rest(office: Office) -> None:
    lesson = await half_granted(office)
    after = await office.lessons.drop_lost(office.teacher, lesson.public_id, lesson.version)
    assert [each.state for each in after.dates] == ["confirmed", "cancelled", "confirmed"]
    [invitation] = await office.mails(GRETA.email)
    assert [each.recurrence for each in invitation.meetings] == ["2026-12-01T10:00", "2026-12-15T10:00"]


async def test_a_date_that_was_dropped_is_added_again_elsewhere(office: Office) -> None:
    lesson = await half_granted(office)
    lesson = await office.lessons.drop_lost(office.teacher, lesson.public_id, lesson.version)
    body = AddedMeeting("2026-12-08T10:00", start="2026-12-08T14:00")
    lesson = await office.lessons.add_meeting(office.teacher, lesson.public_id, body, lesson.version)
    assert [each.state for each in lesson.dates] == ["confirmed", "requested", "confirmed"]


async def test_the_ways_on_that_a_lost_date_is_offered_work(office: Office) -> None:
    lesson = await half_granted(office)
    [lost] = (await office.database.read(lost_dates, office.teacher, lesson.public_id, office.clock())).lost
    assert (lost.recurrence, lost.reason, lost.clashes[0].by) == ("2026-12-08T10:00", "taken", "Rival")
    for way in lost.alternatives:
        patch = LessonPatch(start=way.start, rooms=way.rooms)
        lesson = await office.lessons.change_meeting(
            office.teacher, lesson.public_id, lost.recurrence, patch, "this", lesson.version
        )
        assert [each.reason for each in lesson.dates] == [None, None, None]
    await office.approvals.approve(
        office.world.actors["room_admin", "vienna"], lesson.dates[1].booking_public_id, "all"
    )
    assert (await office.read(lesson)).state == "confirmed"
    assert lost.alternatives
    assert [each.news for each in await office.mails(GRETA.email)] == ["invited"]


async def test_a_lost_date_is_approved_when_its_slot_is_free_again(office: Office) -> None:
    await ask_first(office, "vienna")
    lesson = await office.book(rooms=(office.hall("vienna"),), teachers=(), repeat=Repeat("week", count=2))
    other = await rival(office, "2026-12-08T10:00")
    lesson = await approve(office, lesson, "vienna")
    await office.cancel(other)
    [lost] = (await office.database.read(lost_dates, office.teacher, lesson.public_id, office.clock())).lost
    assert (lost.clashes, lost.alternatives) == ((), ())
    await office.approvals.approve(
        office.world.actors["room_admin", "vienna"], lesson.dates[1].booking_public_id, "all"
    )
    lesson = await office.read(lesson)
    assert [(each.state, each.reason) for each in lesson.dates] == [("confirmed", None)] * 2


async def test_where_all_is_lost_there_is_nothing_to_go_on_with(office: Office) -> None:
    await ask_first(office, "vienna")
    lesson = await office.book(rooms=(office.hall("vienna"),), teachers=())
    with pytest.raises(NothingLostError, match="has lost no date"):
        await office.lessons.drop_lost(office.teacher, lesson.public_id, lesson.version)
    await rival(office, "2026-12-01T10:00")
    with pytest.raises(ClashError):
        await approve(office, lesson, "vienna")
    lesson = await office.read(lesson)
    with pytest.raises(NothingLostError, match="Nothing would be left"):
        await office.lessons.drop_lost(office.teacher, lesson.public_id, lesson.version)


async def test_only_who_may_change_the_lesson_drops_dates_and_from_the_version_that_was_read(office: Office) -> None:
    lesson = await half_granted(office)
    with pytest.raises(NotFoundError):
        await office.lessons.drop_lost(office.world.actors["teacher", "athens"], lesson.public_id, lesson.version)
    with pytest.raises(StaleError):
        await office.lessons.drop_lost(office.teacher, lesson.public_id, lesson.version - 1)


async def agreements(office: Office) -> list[tuple[str, tuple[str, ...], int]]:
    told = [each for each in await office.notices(OWNER) if each.notice == "approved"]
    return [(each.by, each.waits_for, each.number) for each in told]


async def test_the_owner_hears_once_that_one_house_agrees_and_for_whom_and_until_when_it_waits(office: Office) -> None:
    lesson = await joint(office, repeat=Repeat("week", count=3))
    admin = office.world.actors["room_admin", "vienna"]
    for held in lesson.dates:
        await office.approvals.approve(admin, held.booking_public_id, "this")
    assert await agreements(office) == [("Uni Wien", ("KPI",), 3)]
    [notice] = [each for each in await office.notices(OWNER) if each.notice == "approved"]
    assert notice.until == lesson.dates[0].hold_until
    await approve(office, lesson, "kyiv")
    assert len(await agreements(office)) == 1


async def test_of_a_rejected_date_nobody_waits_for_an_answer(office: Office) -> None:
    lesson = await joint(office, repeat=Repeat("week", count=2))
    admin = office.world.actors["room_admin", "vienna"]
    await office.approvals.reject(admin, lesson.dates[0].booking_public_id, "this", "Exams.")
    await office.approvals.approve(admin, lesson.dates[1].booking_public_id, "this")
    assert await agreements(office) == [("Uni Wien", ("KPI",), 1)]


async def test_a_lesson_says_which_house_has_agreed_and_which_has_until_when_to_answer(office: Office) -> None:
    lesson = await approve(office, await joint(office), "vienna")
    view, _ = await office.database.read(see_lesson, office.teacher, lesson.public_id, office.clock())
    until = rfc3339(lesson.dates[0].hold_until or 0)
    assert [(each.name, each.pending, each.until) for each in view.approvals] == [
        ("Uni Wien", 0, None),
        ("KPI", 1, until),
    ]
    assert view.occurrences[0].hold_until == until
    await approve(office, lesson, "kyiv")
    view, _ = await office.database.read(see_lesson, office.teacher, lesson.public_id, office.clock())
    assert (view.approvals, view.occurrences[0].hold_until) == ((), None)
