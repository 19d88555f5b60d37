"""A lesson on the waiting list: booked whole without a room, and nobody is invited until it is decided."""

from rooms.waiting import WaitingList
from schedules import Lesson
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
    assert (await office.read(waiting)).state == "confirmed"


async def test_a_lesson_that_is_cancelled_while_it_waits_leaves_the_list(office: Office) -> None:
    first, waiting = await wait_behind_another(office)
    await office.cancel(waiting)
    await office.cancel(first)
    assert await office.held() == []
