"""What becomes of mail that failed: listed until it is sent again or dealt with, of one's own house alone."""

import pytest

from schedules.undelivered import (
    NotToSendError,
    Undelivered,
    number_of_undelivered,
    send_again,
    settle,
    undelivered,
)
from tests.office import GRETA, Office
from vclass.core import failures, outbox
from vclass.core.keys import Actor
from vclass.core.outbox import Effect
from vclass.core.refusals import ForbiddenError, NotFoundError
from vclass.people import NewPerson, actor_by_id, create_person

REFUSED = "550 5.1.1 no such user"
NOTICE = Effect("notice", "k", "k", "teacher@vienna.example", {"notice": "law", "title": "Seminar"})
HOUR = 3600


@pytest.fixture
async def admin(office: Office) -> Actor:
    """Who administers the house in Vienna."""
    wish = NewPerson("eva@vienna.example", "Eva", office.world.public_ids["vienna"], ("institution_admin",))
    person = await office.database.write(create_person, wish, office.clock())
    found = await office.database.read(actor_by_id, person.id)
    assert found is not None
    return found


async def die(office: Office, email: str) -> int:
    """Let the last mail to an address be refused."""
    row = next(each for each in await office.database.read(outbox.listing) if each.leased.recipient == email)
    await office.database.write(outbox.mark_dead, row.leased.id, office.clock(), REFUSED)
    return row.leased.id


async def listed(office: Office, actor: Actor) -> list[Undelivered]:
    return await office.database.read(undelivered, actor)


async def test_r26_what_is_refused_for_good_is_shown_to_who_administers_the_house(office: Office, admin: Actor) -> None:
    lesson = await office.book()
    await die(office, GRETA.email)
    [found] = await listed(office, admin)
    assert (found.lesson, found.state, found.error) == (lesson.public_id, "dead", REFUSED)
    assert (found.email, found.news, found.at, found.may_send) == (GRETA.email, "invited", office.clock(), True)


async def test_what_came_back_is_listed_when_it_came(office: Office, admin: Actor) -> None:
    await office.book()
    row = (await office.database.read(outbox.listing))[0].leased.id
    await office.database.write(outbox.mark_sent, row, office.clock())
    assert await listed(office, admin) == []
    await office.database.write(outbox.mark_bounced, row, office.clock() + 9, "mailbox full")
    [found] = await listed(office, admin)
    assert (found.state, found.error, found.at) == ("bounced", "mailbox full", office.clock() + 9)


async def test_b2_a_teacher_is_refused(office: Office) -> None:
    with pytest.raises(ForbiddenError):
        await listed(office, office.teacher)


async def test_a_notice_is_sent_again_as_it_was(office: Office, admin: Actor) -> None:
    await office.database.write(outbox.put, [NOTICE], office.clock())
    row = await die(office, NOTICE.recipient)
    office.clock.advance(HOUR)
    await office.database.write(send_again, admin, str(row), office.clock())
    [leased] = await office.database.write(outbox.lease, office.clock())
    assert (leased.id, leased.tries, leased.created_at) == (row, 1, office.clock())
    assert await listed(office, admin) == []


async def test_somebody_who_is_no_longer_invited_is_told_nothing_more(office: Office, admin: Actor) -> None:
    lesson = await office.book()
    await office.change(lesson, attendees=())
    row = await die(office, GRETA.email)
    with pytest.raises(NotToSendError):
        await office.database.write(send_again, admin, str(row), office.clock() + HOUR)


async def test_what_two_deal_with_is_dealt_with_once(office: Office, admin: Actor) -> None:
    await office.book()
    row = await die(office, GRETA.email)
    await office.database.write(settle, admin, str(row), office.clock())
    with pytest.raises(NotFoundError):
        await office.database.write(settle, admin, str(row), office.clock())
    assert await office.database.read(number_of_undelivered, admin) == 0


async def test_what_fails_again_is_listed_again(office: Office, admin: Actor) -> None:
    await office.database.write(outbox.put, [NOTICE], office.clock())
    row = await die(office, NOTICE.recipient)
    await office.database.write(failures.try_afresh, row, office.clock())
    assert await listed(office, admin) == []
    await die(office, NOTICE.recipient)
    assert [each.id for each in await listed(office, admin)] == [str(row)]


async def test_a_reminder_that_nobody_needs_any_more_is_no_failure(office: Office, admin: Actor) -> None:
    await office.book()
    row = (await office.database.read(outbox.listing))[0].leased.id
    await office.database.write(outbox.mark_late, row, office.clock())
    assert await listed(office, admin) == []
    assert await office.database.read(failures.tally) == (0, 0)
