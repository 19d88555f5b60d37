"""The waiting list: in order, whole or not at all, nothing offered twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa

from rooms import BookingWish, Desk, Result, Settled, Want, Wish
from rooms.store.tables import approval, booking, resource, waiting
from rooms.waiting import NotWaitingError, OfferGoneError, WaitingList, clerks
from tests.rooms.house import HOUR, PROJECTORS, House, PlainClerk, held_spans, states
from tests.support import SATURDAY, SettableClock
from vclass import people
from vclass.core import audit
from vclass.core.db import Database
from vclass.core.keys import Actor
from vclass.core.refusals import ForbiddenError, NotFoundError

DAY = 24 * HOUR


@dataclass
class Queue:
    """A desk with a waiting list, and what was told of changes."""

    database: Database
    house: House
    clock: SettableClock
    told: list[Settled] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(self.database, {"test": PlainClerk(), **clerks()}, self._tell)
        self.list = WaitingList(self.database, self.desk, self.clock)

    def _tell(self, _connection: sa.Connection, changes: Sequence[Settled]) -> None:
        self.told += changes

    async def book(self, *bookings: BookingWish, release: tuple[int, ...] = ()) -> Result:
        return await self._submit(self.house.wish(*bookings, release=release))

    async def wait(self, *bookings: BookingWish) -> Result:
        return await self._submit(replace(self.house.wish(*bookings), on_clash="wait"))

    async def let_go(self, result: Result) -> None:
        await self.book(release=tuple(each.booking_id for each in result.taken))

    async def states(self) -> list[str]:
        return await self.database.read(states)

    async def deadlines(self) -> list[int | None]:
        found = sa.select(booking.c.hold_until).order_by(booking.c.id)
        return await self.database.read(lambda c: list(c.execute(found).scalars()))

    async def listed(self) -> int:
        counted = sa.select(sa.func.count()).select_from(waiting)
        return await self.database.read(lambda c: c.execute(counted).scalar_one())

    async def teacher(self) -> Actor:
        actor = await self.database.read(people.actor_by_id, self.house.teacher)
        assert actor is not None
        return actor

    async def accept(self, result: Result) -> Result:
        return await self.list.accept(await self.teacher(), result.taken[0].public_id)

    async def decline(self, result: Result) -> Result:
        return await self.list.decline(await self.teacher(), result.taken[0].public_id)

    async def change(self, **values: object) -> None:
        """Change the hall by the back door."""
        changed = sa.update(resource).where(resource.c.id == self.house.hall).values(**values)
        await self.database.write(lambda c: c.execute(changed))

    async def _submit(self, wish: Wish) -> Result:
        result = await self.desk.submit(replace(wish, now=self.clock()))
        assert isinstance(result, Result)
        return result


@pytest.fixture
def queue(database: Database, house: House, clock: SettableClock) -> Queue:
    return Queue(database, house, clock)


async def test_a_wish_that_clashes_waits_whole_and_holds_nothing(queue: Queue) -> None:
    await queue.book(queue.house.hour(5))
    result = await queue.wait(queue.house.hour(5), queue.house.hour(6))
    assert [each.state for each in result.taken] == ["waiting", "waiting"]
    assert len(await queue.database.read(held_spans)) == 1


async def test_what_is_let_go_is_offered_to_the_first_in_line_for_a_day(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(48))
    await queue.wait(queue.house.hour(48))
    await queue.wait(queue.house.hour(48))
    await queue.let_go(booked)
    assert await queue.states() == ["cancelled", "held", "waiting"]
    assert await queue.deadlines() == [None, SATURDAY + DAY, None]
    assert [(each.before, each.after, each.kind) for each in queue.told][1] == ("waiting", "held", "waiting.offer")


async def test_an_offer_ends_when_its_first_meeting_begins(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(2))
    await queue.wait(queue.house.hour(2))
    await queue.let_go(booked)
    assert await queue.deadlines() == [None, SATURDAY + 2 * HOUR]


async def test_a_wish_that_fits_only_in_part_is_passed_over(queue: Queue) -> None:
    first, _ = await queue.book(queue.house.hour(5)), await queue.book(queue.house.hour(6))
    await queue.wait(queue.house.hour(5), queue.house.hour(6))
    await queue.wait(queue.house.hour(5))
    await queue.let_go(first)
    assert await queue.states() == ["cancelled", "confirmed", "waiting", "waiting", "held"]


async def test_an_accepted_offer_is_confirmed_and_leaves_the_list(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(5))
    waits = await queue.wait(queue.house.hour(5))
    await queue.let_go(booked)
    accepted = await queue.accept(waits)
    assert [each.state for each in accepted.taken] == ["confirmed"]
    assert len(await queue.database.read(held_spans)) == 1
    assert await queue.listed() == 0
    [entry] = await queue.database.read(audit.history, "booking", waits.taken[0].booking_id)
    assert (entry["action"], entry["person_id"]) == ("waiting.accept", queue.house.teacher)


async def test_an_accepted_offer_keeps_its_claims_while_a_house_must_approve(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(48))
    await queue.change(approval="required")
    waits = await queue.wait(queue.house.hour(48))
    await queue.let_go(booked)
    accepted = await queue.accept(waits)
    assert [each.state for each in accepted.taken] == ["held"]
    assert len(await queue.database.read(held_spans)) == 1
    asked = await queue.database.read(lambda c: c.execute(sa.select(approval.c.state)).scalars().all())
    assert (asked, await queue.listed()) == (["pending"], 0)


async def test_an_offer_is_accepted_once(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(5))
    waits = await queue.wait(queue.house.hour(5))
    await queue.let_go(booked)
    both = await asyncio.gather(queue.accept(waits), queue.accept(waits), return_exceptions=True)
    assert sorted(type(each).__name__ for each in both) in (
        ["OfferGoneError", "Result"],
        ["NotWaitingError", "Result"],
    )
    assert len(await queue.database.read(held_spans)) == 1


async def test_accepting_and_declining_at_once_leaves_one_of_both(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(5))
    waits = await queue.wait(queue.house.hour(5))
    await queue.let_go(booked)
    await asyncio.gather(queue.decline(waits), queue.accept(waits), return_exceptions=True)
    state = (await queue.states())[1]
    assert (state, len(await queue.database.read(held_spans))) in {("cancelled", 0), ("confirmed", 1)}


async def test_an_offer_cannot_be_accepted_after_its_deadline(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(48))
    waits = await queue.wait(queue.house.hour(48))
    await queue.let_go(booked)
    queue.clock.advance(DAY)
    with pytest.raises(OfferGoneError):
        await queue.accept(waits)


async def test_nobody_accepts_what_is_not_offered(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(5))
    waits = await queue.wait(queue.house.hour(5))
    with pytest.raises(OfferGoneError):
        await queue.accept(waits)
    with pytest.raises(NotWaitingError):
        await queue.accept(booked)


async def test_a_declined_offer_goes_to_the_next_in_line(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(5))
    waits = await queue.wait(queue.house.hour(5))
    await queue.wait(queue.house.hour(5))
    await queue.let_go(booked)
    await queue.decline(waits)
    assert await queue.states() == ["cancelled", "cancelled", "held"]
    assert await queue.listed() == 1


async def test_an_offer_that_lapses_leaves_the_list_and_goes_to_the_next(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(48))
    waits = await queue.wait(queue.house.hour(48))
    await queue.wait(queue.house.hour(48))
    await queue.let_go(booked)
    expired = queue.house.wish(release=(waits.taken[0].booking_id,))
    await queue.desk.submit(replace(expired, released="rejected", reason="expired"))
    assert await queue.states() == ["cancelled", "rejected", "held"]
    assert await queue.listed() == 1


async def test_whoever_leaves_while_a_slot_becomes_free_is_not_offered_it(queue: Queue) -> None:
    booked = await queue.book(queue.house.hour(5))
    waits = await queue.wait(queue.house.hour(5))
    await queue.wait(queue.house.hour(5))
    await asyncio.gather(queue.let_go(booked), queue.decline(waits))
    await queue.list.retry()
    assert await queue.states() == ["cancelled", "cancelled", "held"]
    assert len(await queue.database.read(held_spans)) == 1


async def test_those_whose_time_has_passed_leave_the_list(queue: Queue) -> None:
    await queue.book(queue.house.hour(5))
    await queue.wait(queue.house.hour(5))
    queue.clock.advance(5 * HOUR)
    await queue.list.retry()
    assert await queue.states() == ["confirmed", "rejected"]
    assert await queue.listed() == 0


async def test_more_pieces_of_a_pool_are_offered_in_order(queue: Queue) -> None:
    kit = queue.house.projectors
    await queue.book(queue.house.hour(5, Want(kit, PROJECTORS)))
    for quantity in (2, 1):
        await queue.wait(queue.house.hour(5, Want(kit, quantity)))
    more = sa.update(resource).where(resource.c.id == kit).values(quantity=PROJECTORS + 2)
    await queue.database.write(lambda c: c.execute(more))
    await queue.list.retry()
    assert await queue.states() == ["confirmed", "held", "waiting"]


async def test_two_processes_that_look_through_the_list_offer_nothing_twice(
    queue: Queue, house: House, clock: SettableClock
) -> None:
    await queue.book(queue.house.hour(5, Want(house.projectors, PROJECTORS)))
    for _ in range(3):
        await queue.wait(queue.house.hour(5, Want(house.projectors, 1)))
    more = sa.update(resource).where(resource.c.id == house.projectors).values(quantity=PROJECTORS + 1)
    await queue.database.write(lambda c: c.execute(more))
    other = Database(queue.database.url)
    other.open()
    await asyncio.gather(queue.list.retry(), Queue(other, house, clock).list.retry())
    await other.close()
    assert await queue.states() == ["confirmed", "held", "waiting", "waiting"]


async def test_what_two_processes_let_go_at_once_is_offered_to_the_first_in_line(
    queue: Queue, house: House, clock: SettableClock
) -> None:
    kit = Want(house.projectors, 1)
    booked = [await queue.book(queue.house.hour(5, kit)) for _ in range(PROJECTORS)]
    for _ in range(PROJECTORS + 2):
        await queue.wait(queue.house.hour(5, kit))
    other = Database(queue.database.url)
    other.open()
    beside = Queue(other, house, clock)
    await asyncio.gather(*((queue, beside)[place % 2].let_go(each) for place, each in enumerate(booked)))
    await other.close()
    assert await queue.states() == ["cancelled"] * PROJECTORS + ["held"] * PROJECTORS + ["waiting"] * 2
    assert len(await queue.database.read(held_spans)) == PROJECTORS


async def test_nobody_else_answers_an_offer(queue: Queue, house: House) -> None:
    booked = await queue.book(queue.house.hour(5))
    waits = await queue.wait(queue.house.hour(5))
    await queue.let_go(booked)
    stranger = Actor(person_id=999)
    with pytest.raises(NotFoundError):
        await queue.list.accept(stranger, waits.taken[0].public_id)
    administrator = Actor(person_id=999, roles=frozenset({(house.institution, "room_admin")}))
    with pytest.raises(ForbiddenError):
        await queue.list.accept(administrator, waits.taken[0].public_id)
    with pytest.raises(NotFoundError):
        await queue.list.decline(stranger, "nothing")
