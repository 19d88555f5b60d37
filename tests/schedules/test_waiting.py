"""A lesson on the waiting list: booked whole without a room, and nobody is invited until it is decided."""

from rooms.store.tables import waiting as listed
from rooms.waiting import WaitingList
from schedules import LESSON_MAIL, Lesson
from tests.office import Office
from vclass.core import outbox


async def wait_behind_another(office: Office) -> tuple[Lesson, Lesson]:
    """A lesson that has the halls, and one at the same time that waits for them."""
    first = await office.book()
    return first, await office.book(on_clash="wait", teachers=(), title="Patience")


def line(office: Office) -> WaitingList:
    return WaitingList(office.database, office.desk, office.clock)


async def test_a_lesson_that_waits_is_booked_without_rooms_and_invites_nobody(office: Office) -> None:
    first, waiting = await wait_behind_another(office)
    assert (first.state, waiting.state, waiting.published_at) == ("confirmed", "waiting", None)
    rows = await office.database.read(outbox.listing)
    assert {each.leased.facts["title"] for each in rows} == {"Joint seminar"}


async def test_a_lesson_that_need_not_wait_is_confirmed_at_once(office: Office) -> None:
    lesson = await office.book(on_clash="wait")
    assert (lesson.state, len(await office.mails())) == ("confirmed", len(lesson.attendees))


async def test_the_rooms_of_a_cancelled_lesson_are_offered_to_the_one_that_waits(office: Office) -> None:
    first, waiting = await wait_behind_another(office)
    await office.cancel(first)
    offered = await office.read(waiting)
    assert (offered.state, offered.dates[0].hold_until) == ("held", office.clock() + 24 * 3600)
    await line(office).accept(office.teacher, offered.dates[0].booking_public_id)
    accepted = await office.read(waiting)
    assert accepted.state == "confirmed"
    invited = [each.leased for each in await office.database.read(outbox.listing) if each.leased.kind == LESSON_MAIL]
    told = {each.recipient for each in invited if each.facts["title"] == "Patience"}
    assert told == {each.email for each in accepted.attendees}


async def test_whoever_waits_gets_a_notice_of_an_offer_and_of_its_end(office: Office) -> None:
    first, waiting = await wait_behind_another(office)
    await office.cancel(first)
    office.clock.advance(24 * 3600)
    await office.approvals.expire()
    assert (await office.read(waiting)).state == "rejected"
    rows = await office.database.read(outbox.listing)
    notices = [each.leased.facts for each in reversed(rows) if each.leased.kind == "notice"]
    assert [(each["notice"], each["to"]) for each in notices] == [("offered", "owner"), ("expired", "owner")]
    booking = waiting.dates[0].booking_public_id
    assert notices[0]["path"] == f"/waiting/{booking}"
    assert await office.count(listed) == 0


async def test_a_lesson_that_is_cancelled_while_it_waits_leaves_the_list(office: Office) -> None:
    first, waiting = await wait_behind_another(office)
    await office.cancel(waiting)
    await office.cancel(first)
    assert await office.held() == []
