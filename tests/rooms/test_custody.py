"""Kit in people's hands: never more out than a booking has or a pool holds, and always somebody who answers for it."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from rooms import Claim, Desk, Result, Taken, Want
from rooms.custody import AlreadyBackError, Custody, KitOutError, NotToHandOutError
from rooms.custody.model import first_short
from rooms.custody.service import Handing, check_in, check_out, move, see_all, see_custody
from rooms.store.custody import Show
from rooms.store.tables import booking, claim, custody, resource
from tests.rooms.house import HOUR, PROJECTORS, House
from tests.support import SATURDAY
from vclass import people
from vclass.core import audit
from vclass.core.db import Database
from vclass.core.keys import Actor
from vclass.core.refusals import ForbiddenError, InvalidInputError, NotFoundError, StaleError
from vclass.people import NewPerson

STARTS = SATURDAY + 2 * HOUR
MINUTE = 60


@dataclass
class Store:
    """A store room with projectors, a teacher who books them, and an administrator."""

    database: Database
    house: House
    desk: Desk

    @property
    def administrator(self) -> Actor:
        return Actor(person_id=self.house.teacher, roles=frozenset({(self.house.institution, "room_admin")}))

    @property
    def teacher(self) -> Actor:
        return Actor(person_id=self.house.teacher, roles=frozenset({(self.house.institution, "teacher")}))

    async def book(self, quantity: int, at: int = 2, hours: int = 1) -> Taken:
        wanted = self.house.hour(at, Want(self.house.projectors, quantity))
        longer = replace(wanted, ends=wanted.starts + hours * HOUR)
        result = await self.desk.submit(self.house.wish(longer))
        assert isinstance(result, Result)
        return result.taken[0]

    async def hand_out(
        self, of: Taken, quantity: int | None = None, now: int = STARTS, who: Actor | None = None, place: str = "Hall 1"
    ) -> Custody:
        wish = Handing(of.public_id, None, quantity, place)
        return await self.database.transaction(check_out, who or self.teacher, wish, now)

    async def take_back(self, of: Custody, note: str = "") -> Custody:
        return await self.database.write(check_in, self.administrator, of.public_id, note, STARTS + HOUR)

    async def listed(self, show: Show | None, now: int, who: Actor | None = None) -> list[int]:
        found, _ = await self.database.read(see_all, who or self.teacher, show, None, None, now)
        return [each.quantity for each in found]


@pytest.fixture
def store(database: Database, house: House, desk: Desk) -> Store:
    return Store(database, house, desk)


async def test_kit_is_handed_out_until_the_end_of_its_booking(store: Store) -> None:
    booked = await store.book(3)
    out = await store.hand_out(booked)
    assert (out.quantity, out.due_at, out.whereabouts, out.in_at) == (3, STARTS + HOUR, "Hall 1", None)
    [entry] = await store.database.read(audit.history, "custody", out.id)
    assert entry["action"] == "custody.manage"


async def test_kit_is_handed_out_from_half_an_hour_before_until_the_end(store: Store) -> None:
    booked = await store.book(2)
    with pytest.raises(NotToHandOutError, match="11:30"):
        await store.hand_out(booked, now=STARTS - 30 * MINUTE - 1)
    with pytest.raises(NotToHandOutError, match="over"):
        await store.hand_out(booked, now=STARTS + HOUR)
    assert (await store.hand_out(booked, now=STARTS - 30 * MINUTE)).quantity == 2


async def test_never_more_is_out_than_the_booking_has(store: Store) -> None:
    booked = await store.book(3)
    await store.hand_out(booked, 2)
    with pytest.raises(KitOutError, match="1 of 'Kit'") as refusal:
        await store.hand_out(booked, 2)
    assert refusal.value.facts["free"] == 1
    assert (await store.hand_out(booked, 1)).quantity == 1
    with pytest.raises(KitOutError):
        await store.hand_out(booked)


async def test_no_pieces_at_all_are_not_all_of_them(store: Store) -> None:
    booked = await store.book(3)
    with pytest.raises(KitOutError):
        await store.hand_out(booked, 0)


async def test_never_more_is_out_than_the_pool_has_pieces(store: Store) -> None:
    early = await store.book(3, at=1)
    await store.hand_out(early, now=STARTS - HOUR)
    booked = await store.book(2)
    with pytest.raises(KitOutError, match=r"back by 2026-11-21T12:00:00Z\. Take 1"):
        await store.hand_out(booked)
    assert (await store.hand_out(booked, 1)).quantity == 1


async def test_of_many_who_reach_for_the_kit_at_once_as_many_get_it_as_there_is(store: Store) -> None:
    booked = await store.book(PROJECTORS)
    answers = await asyncio.gather(*(store.hand_out(booked, 1) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(each, Custody) for each in answers) == PROJECTORS


async def test_kit_that_is_back_can_be_handed_out_again(store: Store) -> None:
    booked = await store.book(2)
    out = await store.hand_out(booked)
    back = await store.take_back(out, "one lamp is dim")
    assert (back.in_at, back.note) == (STARTS + HOUR, "one lamp is dim")
    assert (await store.hand_out(booked)).quantity == 2
    with pytest.raises(AlreadyBackError):
        await store.take_back(out)


async def test_whoever_has_the_kit_says_where_it_is(store: Store) -> None:
    out = await store.hand_out(await store.book(1))
    moved = await store.database.write(move, store.teacher, out.public_id, "Room 7", version=1, now=STARTS)
    assert (moved.whereabouts, moved.version) == ("Room 7", 2)
    with pytest.raises(StaleError):
        await store.database.write(move, store.teacher, out.public_id, "Room 8", version=1, now=STARTS)
    with pytest.raises(InvalidInputError):
        await store.database.write(move, store.teacher, out.public_id, "\u202e", version=2, now=STARTS)


async def test_only_who_booked_and_the_house_hand_out(store: Store) -> None:
    house = await store.database.read(people.institution, store.house.institution)
    assert house is not None
    wish = NewPerson("other@uni-wien.example", "Other", house.public_id, ("teacher",))
    other = await store.database.write(people.create_person, wish, SATURDAY)
    booked = await store.book(1)
    with pytest.raises(NotFoundError):
        await store.hand_out(booked, who=Actor(person_id=other.id))
    platform = Actor(person_id=other.id, roles=frozenset({(0, "platform_admin")}))
    with pytest.raises(ForbiddenError):
        await store.hand_out(booked, who=platform)
    out = await store.hand_out(booked, who=replace(store.administrator, person_id=other.id))
    assert out.holder_id == store.house.teacher
    with pytest.raises(NotFoundError):
        await store.database.read(see_custody, Actor(person_id=other.id), out.public_id)


async def test_what_is_not_confirmed_has_no_kit(store: Store) -> None:
    booked = await store.book(1)
    waits = sa.update(booking).values(state="requested")
    await store.database.write(lambda c: c.execute(waits))
    with pytest.raises(NotToHandOutError, match="not confirmed"):
        await store.hand_out(booked)


async def test_a_booking_without_kit_has_nothing_to_hand_out(store: Store) -> None:
    result = await store.desk.submit(store.house.wish(store.house.hour(2)))
    assert isinstance(result, Result)
    with pytest.raises(NotToHandOutError, match="no kit"):
        await store.hand_out(result.taken[0])


async def test_of_two_pools_one_must_be_named(store: Store) -> None:
    row = sa.select(resource).where(resource.c.id == store.house.projectors)
    kit = dict(await store.database.read(lambda c: c.execute(row).mappings().one()))
    second = {**kit, "id": 99, "public_id": "Second", "name": "Second"}
    await store.database.write(lambda c: c.execute(sa.insert(resource).values(second)))
    wanted = store.house.hour(2, Want(store.house.projectors), Want(99, 2))
    result = await store.desk.submit(store.house.wish(wanted))
    assert isinstance(result, Result)
    with pytest.raises(InvalidInputError, match="equipment"):
        await store.hand_out(result.taken[0])
    wish = Handing(result.taken[0].public_id, "Second", None, "")
    assert (await store.database.transaction(check_out, store.teacher, wish, STARTS)).quantity == 2


async def test_the_list_tells_what_is_out_due_overdue_and_back(store: Store) -> None:
    booked = await store.book(3, hours=4)
    first = await store.hand_out(booked, 1)
    await store.hand_out(booked, 2)
    await store.take_back(first)
    late = STARTS + 4 * HOUR
    assert await store.listed("out", STARTS) == [2]
    assert (await store.listed("due", STARTS), await store.listed("due", late - HOUR)) == ([], [2])
    assert (await store.listed("overdue", late - 1), await store.listed("overdue", late)) == ([], [2])
    assert (await store.listed("back", STARTS), await store.listed(None, STARTS)) == ([1], [1, 2])
    assert await store.listed("out", STARTS, Actor(person_id=999)) == []


CLAIMS = st.builds(
    lambda starts, length, quantity: (starts, starts + length, quantity),
    st.integers(0, 20),
    st.integers(1, 6),
    st.integers(1, 4),
)


@settings(max_examples=300)
@given(st.integers(1, 6), st.integers(0, 6), st.lists(CLAIMS, max_size=6), st.integers(0, 20))
def test_the_next_who_comes_short_is_the_first_at_whose_time_pieces_lack(
    pieces: int, missing: int, spans: list[tuple[int, int, int]], now: int
) -> None:
    claims = [Claim(number, 1, quantity, *span) for number, (*span, quantity) in enumerate(spans)]
    short = [
        (starts, number)
        for number, (starts, ends, _) in enumerate(spans)
        if any(
            sum(q for s, e, q in spans if s <= moment < e) > pieces - missing
            for moment in range(max(starts, now), ends)
        )
    ]
    assert first_short(pieces, missing, claims, now) == (min(short)[1] if short else None)


async def left(store: Store) -> tuple[int, bool]:
    """How many pieces of the pool are in house, and whether some booking has more out than it has."""
    out = sa.func.coalesce(sa.func.sum(custody.c.quantity), 0)
    away = sa.select(out).where(custody.c.in_at.is_(None))
    of_one = sa.select(out, claim.c.quantity).join_from(custody, claim, claim.c.booking_id == custody.c.booking_id)
    each = of_one.where(custody.c.in_at.is_(None)).group_by(custody.c.booking_id, claim.c.quantity)
    total = await store.database.read(lambda c: c.execute(away).scalar_one())
    over = await store.database.read(lambda c: [row[0] > row[1] for row in c.execute(each)])
    return PROJECTORS - int(total), any(over)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_no_pool_with_buffers_is_overdrawn(store: Store, seed: int) -> None:
    buffered = sa.update(resource).where(resource.c.id == store.house.projectors).values(teardown_minutes=15)
    await store.database.write(lambda c: c.execute(buffered))
    chance = random.Random(seed)
    early = [await store.book(2, at=2), await store.book(2, at=2)]
    away: list[Custody] = []
    handed = 0
    for late in [await store.book(3, at=4), await store.book(1, at=4)] * 8:
        of, now = (late, STARTS + 2 * HOUR) if chance.random() < 0.5 else (chance.choice(early), STARTS)
        if away and chance.random() < 0.4:
            await store.take_back(away.pop(chance.randrange(len(away))))
        with suppress(KitOutError):
            away.append(await store.hand_out(of, chance.randint(1, 3), now=now))
            handed += 1
        here, overdrawn = await left(store)
        assert (here >= 0, overdrawn) == (True, False)
    assert handed


async def test_whoever_comes_in_time_gets_all_that_was_booked_if_all_is_back_in_time(store: Store) -> None:
    first, second = await store.book(PROJECTORS, at=2), await store.book(PROJECTORS, at=3)
    await store.take_back(await store.hand_out(first))
    assert (await store.hand_out(second, now=STARTS + HOUR)).quantity == PROJECTORS
