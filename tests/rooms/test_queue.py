"""The queue of a house costs as many queries for many requests as for few, and counts them without reading them."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from rooms import Desk
from rooms.approvals import number_expiring, number_of_requests, queue, slot_of
from rooms.store.bookings import standing
from rooms.store.tables import booking, resource
from tests.rooms.house import HOUR, House
from tests.support import SATURDAY
from vclass.core.db import Database
from vclass.core.keys import Actor

DAY = 24 * HOUR


@pytest.fixture
async def asked(database: Database, house: House) -> Actor:
    """Who says yes or no, where both halls need approval."""
    required = sa.update(resource).where(resource.c.kind == "hall").values(approval="required")
    await database.write(lambda connection: connection.execute(required))
    roles = frozenset({(house.institution, "room_admin")})
    return Actor(person_id=house.teacher, institution_id=house.institution, roles=roles)


async def request(desk: Desk, house: House, *hours: int) -> None:
    await desk.submit(house.wish(*map(house.hour, hours)))


def queries(connection: sa.Connection, actor: Actor) -> int:
    texts: list[str] = []
    sa.event.listen(connection, "before_cursor_execute", lambda _c, _cursor, text, *_: texts.append(text))
    queue(connection, actor, SATURDAY)
    return len(texts)


async def test_a_long_queue_costs_as_many_queries_as_a_short_one(
    database: Database, desk: Desk, house: House, asked: Actor
) -> None:
    await request(desk, house, 1)
    few = await database.read(queries, asked)
    for hour in range(2, 30):
        await request(desk, house, hour, hour + 200)
    assert await database.read(queries, asked) == few


async def test_a_part_of_the_queue_is_that_part_of_all_of_it(
    database: Database, desk: Desk, house: House, asked: Actor
) -> None:
    for hour in (1, 1, 5, 9, 9, 12):
        await request(desk, house, hour, hour + 100)
    whole = await database.read(queue, asked, SATURDAY)
    assert [len(each.requests) for each in whole] == [2, 1, 2, 1]
    assert await database.read(queue, asked, SATURDAY, 1, 2) == whole[1:3]


async def test_wishes_are_counted_once_and_holds_that_end_soon_among_them(
    database: Database, desk: Desk, house: House, asked: Actor
) -> None:
    for hour in (1, 5):
        await request(desk, house, hour, hour + 100)
    held = sa.update(booking).where(booking.c.starts == SATURDAY + HOUR)
    await database.write(lambda c: c.execute(held.values(state="held", hold_until=SATURDAY + HOUR)))
    assert await database.read(number_of_requests, asked, SATURDAY) == 2
    assert await database.read(number_expiring, asked, SATURDAY, SATURDAY + DAY) == (2, 1)
    assert await database.read(number_expiring, asked, SATURDAY, SATURDAY) == (2, 0)


async def test_the_slot_of_a_later_date_is_that_of_its_wish(
    database: Database, desk: Desk, house: House, asked: Actor
) -> None:
    await request(desk, house, 1, 101)
    (slot,) = await database.read(queue, asked, SATURDAY)
    later = slot.requests[0].bookings[1].id
    public_id = (await database.read(standing, [later]))[later].public_id
    assert await database.read(slot_of, asked, SATURDAY, public_id) == slot


async def test_the_slot_of_rivals_spans_their_own_times_without_buffers(
    database: Database, desk: Desk, house: House, asked: Actor
) -> None:
    early = sa.update(resource).where(resource.c.kind == "hall").values(setup_minutes=60)
    await database.write(lambda connection: connection.execute(early))
    await request(desk, house, 1)
    await request(desk, house, 2)
    (slot,) = await database.read(queue, asked, SATURDAY)
    assert (slot.span, len(slot.requests)) == ((SATURDAY + HOUR, SATURDAY + 3 * HOUR), 2)


async def test_another_house_finds_no_slot(database: Database, desk: Desk, house: House, asked: Actor) -> None:
    await request(desk, house, 1)
    (slot,) = await database.read(queue, asked, SATURDAY)
    other = replace(asked, roles=frozenset({(house.institution + 1, "room_admin")}))
    assert await database.read(slot_of, other, SATURDAY, slot.requests[0].first.public_id) is None
