"""What becomes of a lesson whose bookings somebody else changes: a blocking, an offer of the waiting list."""

from dataclasses import replace

from rooms import Desk, Wish
from rooms.waiting import WaitingList
from schedules import Lesson, Repeat, lock_lessons, settled
from tests.office import GRETA, Office
from tests.rooms.house import PlainClerk
from tests.schedules.test_approvals import approve, ask_first, told
from vclass.core import audit

WEEKLY = Repeat("week", count=3)


async def displace(office: Office, lesson: Lesson, *places: int) -> Lesson:
    """Put out some dates of a lesson, as a blocking does."""
    desk = Desk(office.database, {"away": PlainClerk()}, settled, lock_lessons)
    ids = tuple(lesson.dates[place].booking_id for place in places)
    out = Wish("away", lesson.institution_id, lesson.owner_id, (), ids, "displaced", "Flooded.", now=office.clock())
    await desk.submit(replace(out, by=office.world.actors["room_admin", "vienna"]))
    return await office.read(lesson)


async def test_attendees_are_told_of_what_is_left_when_some_dates_fall_away(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    after = await displace(office, lesson, 1)
    assert (after.version, after.sequence, after.revision) == (2, 1, 1)
    last = (await office.mails(GRETA.email))[-1]
    assert (last.news, last.method) == ("updated", "REQUEST")
    assert [each.recurrence for each in last.meetings] == ["2026-12-01T10:00", "2026-12-15T10:00"]


async def test_attendees_are_told_that_it_is_off_when_no_date_is_left(office: Office) -> None:
    after = await displace(office, await office.book(), 0)
    assert after.state == "displaced"
    last = (await office.mails(GRETA.email))[-1]
    assert (last.news, last.method, last.reason) == ("cancelled", "CANCEL", "Flooded.")


async def test_the_owner_is_told_what_was_displaced_why_and_what_is_free(office: Office) -> None:
    await displace(office, await office.book(repeat=WEEKLY), 0, 2)
    [notice] = await office.notices()
    assert (notice.notice, notice.to, notice.reason, notice.number) == ("displaced", "owner", "Flooded.", 2)
    assert notice.email == "teacher@vienna.example"


async def test_who_is_invited_again_hears_of_it_above_the_cancellation(office: Office) -> None:
    lesson = await displace(office, await office.book(), 0)
    moved = await office.change(lesson, start="2026-12-02T10:00")
    assert moved.state == "confirmed"
    first, off, again = await office.mails(GRETA.email)
    assert [each.news for each in (first, off, again)] == ["invited", "cancelled", "invited"]
    assert first.sequence < off.sequence < again.sequence


async def test_what_others_do_is_noted_with_the_lesson(office: Office) -> None:
    lesson = await office.book()
    await displace(office, lesson, 0)
    last = (await office.database.read(audit.history, "lesson", lesson.id))[-1]
    assert (last["action"], last["person_id"]) == ("away", office.world.person_ids["room_admin", "vienna"])


async def test_an_offer_is_told_to_the_owner_and_what_is_accepted_to_everyone(office: Office) -> None:
    first = await office.book()
    waits = await office.book(on_clash="wait", teachers=(), title="Patience")
    await office.cancel(first)
    [offer] = await office.notices()
    assert (offer.notice, offer.to, offer.title) == ("offered", "owner", "Patience")
    assert offer.path == f"/waiting/{waits.dates[0].booking_public_id}"
    line = WaitingList(office.database, office.desk, office.clock)
    await line.accept(office.teacher, waits.dates[0].booking_public_id)
    mails = [each for each in await office.mails(GRETA.email) if each.title == "Patience"]
    assert [each.news for each in mails] == ["invited"]


async def test_an_offer_that_nobody_takes_expires_and_its_owner_is_told(office: Office) -> None:
    first = await office.book()
    waits = await office.book(on_clash="wait", teachers=(), title="Patience")
    await office.cancel(first)
    office.clock.now = (await office.read(waits)).dates[0].hold_until or 0
    await office.approvals.expire()
    assert (await office.read(waits)).state == "rejected"
    assert [each.notice for each in await office.notices()] == ["offered", "expired"]
    assert await office.held() == []


async def test_a_house_is_asked_when_an_offer_that_it_must_approve_is_taken(office: Office) -> None:
    first = await office.book()
    await ask_first(office, "kyiv")
    waits = await office.book(on_clash="wait", teachers=(), title="Patience")
    await office.cancel(first)
    line = WaitingList(office.database, office.desk, office.clock)
    await line.accept(office.teacher, waits.dates[0].booking_public_id)
    assert ("requested", "approver", "room_admin@kyiv.example") in await told(office)
    assert (await approve(office, waits, "kyiv")).state == "confirmed"
