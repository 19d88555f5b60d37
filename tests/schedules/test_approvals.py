"""Two-sided bookings: each house says yes or no in time, one winner a slot, and everyone is told once."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.approvals import AlreadyDecidedError
from rooms.store.tables import booking, resource
from schedules import ClashError, EquipmentWish, Guest, Lesson, Repeat
from tests.office import GRETA, Office
from vclass.core import audit
from vclass.core.refusals import ForbiddenError, InvalidInputError, NotFoundError

HOUR = 3600
DAY = 24 * HOUR
EVERYONE = 5


async def ask_first(office: Office, *places: str) -> None:
    """Let the halls of some places be booked with approval only."""
    ids = [office.world.halls[place].id for place in places]
    required = sa.update(resource).where(resource.c.id.in_(ids)).values(approval="required")
    await office.database.write(lambda connection: connection.execute(required))


async def joint(office: Office, **changes: Any) -> Lesson:  # noqa: ANN401  any field of a lesson
    """A lesson in both halls, of which both houses must approve."""
    await ask_first(office, "vienna", "kyiv")
    return await office.book(**changes)


async def approve(office: Office, lesson: Lesson, place: str, scope: Any = "all") -> Lesson:  # noqa: ANN401  a scope
    admin = office.world.actors["room_admin", place]
    await office.approvals.approve(admin, lesson.dates[0].booking_public_id, scope)
    return await office.read(lesson)


async def reject(office: Office, lesson: Lesson, place: str, reason: str = "Needed for exams.") -> Lesson:
    admin = office.world.actors["room_admin", place]
    await office.approvals.reject(admin, lesson.dates[0].booking_public_id, "all", reason)
    return await office.read(lesson)


async def told(office: Office) -> list[tuple[str, str, str]]:
    return [(each.notice, each.to, each.email) for each in await office.notices()]


async def test_two_houses_hold_until_both_have_said_yes_and_then_everyone_is_invited_once(office: Office) -> None:
    lesson = await joint(office)
    assert (lesson.state, await office.mails()) == ("held", [])
    lesson = await approve(office, lesson, "vienna")
    assert (lesson.state, await office.mails()) == ("held", [])
    lesson = await approve(office, lesson, "kyiv")
    assert lesson.state == "confirmed"
    mails = await office.mails()
    assert [each.news for each in mails] == ["invited"] * EVERYONE
    assert len({each.email for each in mails}) == EVERYONE


async def test_a_request_in_one_house_holds_nothing_and_is_confirmed_by_its_administrator(office: Office) -> None:
    await ask_first(office, "vienna")
    lesson = await office.book(rooms=(office.hall("vienna"),), teachers=())
    assert (lesson.state, await office.held()) == ("requested", [])
    lesson = await approve(office, lesson, "vienna")
    assert lesson.state == "confirmed"
    assert len(await office.held()) == 1


async def test_who_administers_a_house_approves_by_booking(office: Office) -> None:
    await ask_first(office, "vienna")
    body = office.body(rooms=(office.hall("vienna"),), teachers=())
    answer = await office.lessons.create(office.world.actors["room_admin", "vienna"], body)
    assert answer.lesson.state == "confirmed"  # type: ignore[union-attr]  # without a key nothing is replayed


async def test_owner_and_approvers_are_told_of_a_request_at_once(office: Office) -> None:
    await joint(office)
    assert sorted(await told(office)) == [
        ("requested", "approver", "institution_admin@vienna.example"),
        ("requested", "approver", "room_admin@kyiv.example"),
        ("requested", "approver", "room_admin@vienna.example"),
        ("requested", "owner", "teacher@vienna.example"),
    ]
    [owner] = await office.notices("teacher@vienna.example")
    assert set(owner.waits_for) == {"Uni Wien", "KPI"}
    assert owner.until > office.clock()


async def test_a_hold_that_nobody_answers_expires_once_and_frees_both_sides(office: Office) -> None:
    lesson = await joint(office)
    await approve(office, lesson, "vienna")
    office.clock.now = lesson.dates[0].hold_until or 0
    await office.approvals.expire()
    await office.approvals.expire()
    lesson = await office.read(lesson)
    assert [(each.state, each.reason) for each in lesson.dates] == [("rejected", "expired")]
    assert await office.held() == []
    assert sorted(each for each in await told(office) if each[0] == "expired") == [
        ("expired", "approver", "institution_admin@vienna.example"),
        ("expired", "approver", "room_admin@kyiv.example"),
        ("expired", "approver", "room_admin@vienna.example"),
        ("expired", "owner", "teacher@vienna.example"),
    ]
    assert await office.mails() == []


async def test_whoever_asked_for_what_somebody_else_was_given_is_told_once_with_what_is_free(office: Office) -> None:
    await ask_first(office, "vienna")
    one, other = [await office.book(rooms=(office.hall("vienna"),), teachers=(), transparent=True) for _ in range(2)]
    await office.approvals.tell_outdone()
    assert [each for each in await told(office) if each[0] == "taken"] == []
    await approve(office, one, "vienna")
    await office.approvals.tell_outdone()
    await office.approvals.tell_outdone()
    [notice] = [each for each in await office.notices() if each.notice == "taken"]
    assert (notice.email, bool(notice.slots)) == ("teacher@vienna.example", True)
    assert [(each.state, each.reason) for each in (await office.read(other)).dates] == [("requested", "taken")]


async def test_a_hold_that_is_over_can_no_longer_be_approved(office: Office) -> None:
    lesson = await joint(office)
    office.clock.now = lesson.dates[0].hold_until or 0
    with pytest.raises(AlreadyDecidedError, match="could be answered until"):
        await approve(office, lesson, "vienna")


async def test_a_request_whose_start_has_come_expires(office: Office) -> None:
    await ask_first(office, "vienna")
    lesson = await office.book(rooms=(office.hall("vienna"),), teachers=())
    office.clock.now = lesson.dates[0].starts
    await office.approvals.expire()
    assert (await office.read(lesson)).dates[0].reason == "expired"


async def test_a_no_of_one_house_frees_both_and_tells_the_owner_why_and_what_is_free(office: Office) -> None:
    lesson = await joint(office)
    await approve(office, lesson, "vienna")
    lesson = await reject(office, lesson, "kyiv")
    assert (lesson.state, lesson.dates[0].reason, await office.held()) == ("rejected", "Needed for exams.", [])
    rejected = [each for each in await office.notices() if each.notice == "rejected"]
    assert sorted((each.to, each.email) for each in rejected) == [
        ("approver", "institution_admin@vienna.example"),
        ("approver", "room_admin@vienna.example"),
        ("owner", "teacher@vienna.example"),
    ]
    assert (rejected[0].by, rejected[0].reason) == ("KPI", "Needed for exams.")
    assert rejected[0].slots


async def test_what_was_rejected_can_be_moved_to_a_slot_that_the_notice_offers(office: Office) -> None:
    lesson = await reject(office, await joint(office), "kyiv")
    moved = await office.change(lesson, start="2026-12-01T14:00")
    assert moved.state == "held"
    assert len(await office.held()) == 2


async def test_a_rejection_says_why(office: Office) -> None:
    lesson = await joint(office)
    with pytest.raises(InvalidInputError, match="say why"):
        await reject(office, lesson, "kyiv", " ")


async def test_one_answer_is_enough(office: Office) -> None:
    lesson = await joint(office)
    await approve(office, lesson, "vienna")
    for decide in (approve, reject):
        with pytest.raises(AlreadyDecidedError):
            await decide(office, lesson, "vienna")


@pytest.mark.parametrize("who", [("teacher", "kyiv"), ("room_admin", "athens"), ("student", "vienna")])
async def test_to_others_a_request_is_as_unknown_as_none(office: Office, who: tuple[str, str]) -> None:
    lesson = await joint(office)
    for public_id in (lesson.dates[0].booking_public_id, "A" * 22):
        with pytest.raises(NotFoundError):
            await office.approvals.approve(office.world.actors[who], public_id, "all")


async def test_an_owner_does_not_approve_the_own_request(office: Office) -> None:
    lesson = await joint(office)
    with pytest.raises(ForbiddenError):
        await office.approvals.approve(office.teacher, lesson.dates[0].booking_public_id, "all")


async def test_of_two_rivals_the_first_approved_has_the_slot_and_the_other_learns_why(office: Office) -> None:
    await ask_first(office, "vienna")
    one = await office.book(rooms=(office.hall("vienna"),), teachers=(), title="One")
    two = await office.book(rooms=(office.hall("vienna"),), teachers=(), title="Two", transparent=True)
    await approve(office, one, "vienna")
    with pytest.raises(ClashError, match="somebody was faster") as refusal:
        await approve(office, two, "vienna")
    [clash] = refusal.value.facts["clashes"]
    assert (clash.reason, clash.by, clash.until) == ("taken", "One", "2026-12-01T10:30:00Z")
    assert clash.recurrence == "2026-12-01T10:00"
    two = await office.read(two)
    assert (two.state, two.dates[0].reason) == ("requested", "taken")
    assert [each.news for each in await office.mails(GRETA.email)] == ["invited"]


async def test_the_alternatives_of_who_lost_the_slot_can_be_booked(office: Office) -> None:
    await ask_first(office, "vienna", "vienna large")
    one = await office.book(rooms=(office.hall("vienna"),), teachers=(), title="One")
    two = await office.book(rooms=(office.hall("vienna"),), teachers=(), title="Two", transparent=True)
    await approve(office, one, "vienna")
    with pytest.raises(ClashError) as refusal:
        await approve(office, two, "vienna")
    for each in refusal.value.facts["alternatives"]:
        two = await office.change(await office.read(two), start=each.start, rooms=each.rooms)
        assert two.state == "requested"
        assert (await approve(office, two, "vienna")).state == "confirmed"
    assert refusal.value.facts["alternatives"]


async def test_who_lost_the_slot_is_told_once_with_what_is_free(office: Office) -> None:
    await ask_first(office, "vienna")
    one = await office.book(rooms=(office.hall("vienna"),), teachers=(), title="One")
    two = await office.book(rooms=(office.hall("vienna"),), teachers=(), title="Two", transparent=True)
    await approve(office, one, "vienna")
    for _ in range(3):
        with pytest.raises(ClashError):
            await approve(office, two, "vienna")
    [taken] = [each for each in await office.notices() if each.notice == "taken"]
    assert (taken.to, taken.title, taken.until) == ("owner", "Two", one.dates[0].ends)
    assert taken.slots[0].rooms == ("Large hall",)


async def test_a_series_is_approved_whole_or_date_by_date(office: Office) -> None:
    lesson = await joint(office, repeat=Repeat("week", count=3))
    lesson = await approve(office, lesson, "vienna")
    lesson = await approve(office, lesson, "kyiv", "this")
    assert [each.state for each in lesson.dates] == ["confirmed", "held", "held"]
    assert await office.mails() == []
    admin = office.world.actors["room_admin", "kyiv"]
    await office.approvals.approve(admin, lesson.dates[1].booking_public_id, "all")
    assert (await office.read(lesson)).state == "confirmed"
    assert [each.news for each in await office.mails(GRETA.email)] == ["invited"]


async def test_what_is_left_of_a_series_takes_place_when_some_dates_are_rejected(office: Office) -> None:
    lesson = await joint(office, repeat=Repeat("week", count=3))
    await approve(office, lesson, "vienna")
    admin = office.world.actors["room_admin", "kyiv"]
    await office.approvals.reject(admin, lesson.dates[1].booking_public_id, "this", "Exams.")
    await office.approvals.approve(admin, lesson.dates[0].booking_public_id, "all")
    lesson = await office.read(lesson)
    assert [each.state for each in lesson.dates] == ["confirmed", "rejected", "confirmed"]
    [invitation] = await office.mails(GRETA.email)
    assert [each.recurrence for each in invitation.meetings] == ["2026-12-01T10:00", "2026-12-15T10:00"]


async def test_cancelling_what_is_still_open_lets_the_rest_take_place(office: Office) -> None:
    lesson = await joint(office, repeat=Repeat("week", count=2))
    await approve(office, lesson, "vienna")
    lesson = await approve(office, lesson, "kyiv", "this")
    await office.lessons.cancel_meeting(
        office.teacher, lesson.public_id, "2026-12-08T10:00", "this", "", lesson.version
    )
    assert [each.news for each in await office.mails(GRETA.email)] == ["invited"]


async def test_a_published_lesson_that_waits_again_is_told_of_after_the_last_yes(office: Office) -> None:
    lesson = await joint(office)
    lesson = await approve(office, await approve(office, lesson, "vienna"), "kyiv")
    more = (*office.body().attendees, Guest("new@example.org", "Nell"))
    lesson = await office.change(lesson, start="2026-12-02T10:00", attendees=more)
    assert (lesson.state, len(await office.mails())) == ("held", EVERYONE)
    await approve(office, await approve(office, lesson, "vienna"), "kyiv")
    said = [(each.news, each.sequence, each.before) for each in await office.mails(GRETA.email)]
    assert said == [("invited", 0, None), ("updated", 1, lesson.dates[0].starts - DAY)]
    assert [each.news for each in await office.mails("new@example.org")] == ["invited"]


async def test_a_published_lesson_whose_move_is_rejected_is_off_for_everyone(office: Office) -> None:
    lesson = await joint(office)
    lesson = await approve(office, await approve(office, lesson, "vienna"), "kyiv")
    lesson = await office.change(lesson, start="2026-12-02T10:00")
    await reject(office, lesson, "kyiv")
    first, last = await office.mails(GRETA.email)
    assert (first.news, last.news, last.method) == ("invited", "cancelled", "CANCEL")
    assert last.sequence > first.sequence


async def test_each_answer_is_noted_with_who_gave_it(office: Office) -> None:
    lesson = await joint(office)
    await approve(office, await approve(office, lesson, "vienna"), "kyiv")
    entries = await office.database.read(audit.history, "booking", lesson.dates[0].booking_id)
    admins = [office.world.person_ids["room_admin", place] for place in ("vienna", "kyiv")]
    assert [(each["action"], each["person_id"]) for each in entries] == [("booking.approve", i) for i in admins]
    noted = await office.database.read(audit.history, "lesson", lesson.id)
    assert [each["action"] for each in noted] == ["lesson.create", "booking.approve"]


async def test_a_lesson_has_another_version_when_its_bookings_are_decided(office: Office) -> None:
    lesson = await joint(office)
    after = await approve(office, await approve(office, lesson, "vienna"), "kyiv")
    assert (after.version, after.sequence) == (lesson.version + 1, 0)


async def test_kit_of_which_there_is_too_little_loses_too(office: Office) -> None:
    await ask_first(office, "vienna")
    kit = EquipmentWish(office.world.kit["vienna"].public_id, 5)
    lesson = await office.book(rooms=(office.hall("vienna"),), equipment=(kit,), teachers=())
    await office.book(rooms=(), equipment=(EquipmentWish(kit.id),), transparent=True)
    with pytest.raises(ClashError) as refusal:
        await approve(office, lesson, "vienna")
    assert [each.reason for each in refusal.value.facts["clashes"]] == ["too_few"]


async def test_states_of_bookings_are_all_that_is_stored(office: Office) -> None:
    lesson = await joint(office)
    await reject(office, lesson, "vienna")
    states = await office.database.read(lambda c: [row.state for row in c.execute(booking.select())])
    assert states == ["rejected"]
