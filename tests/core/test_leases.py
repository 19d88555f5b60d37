"""Who has what: one holder at a time, on either database, and numbers that never fall."""

import asyncio

from tests.support import SATURDAY
from vclass.core import leases
from vclass.core.db import Database
from vclass.core.leases import Holding, Lease

SECONDS = 8


async def take(database: Database, holder: str, now: int = SATURDAY, name: str = "room") -> Lease:
    return await database.write(leases.take, name, holder, now, now + SECONDS)


async def test_the_first_to_ask_has_it_and_others_are_told_who(database: Database) -> None:
    first = await take(database, "a")
    assert (first.holder, first.expires_at) == ("a", SATURDAY + SECONDS)
    assert await take(database, "b") == first


async def test_of_many_who_ask_at_once_one_has_it(database: Database) -> None:
    found = await asyncio.gather(*(take(database, f"server{number}") for number in range(20)))
    assert len({each.holder for each in found}) == 1


async def test_what_has_run_out_is_anybodys_and_its_number_rises(database: Database) -> None:
    first = await take(database, "a")
    second = await take(database, "b", SATURDAY + SECONDS)
    assert (second.holder, second.epoch > first.epoch) == ("b", True)


async def test_a_holder_that_comes_back_has_it_at_once_under_a_new_number(database: Database) -> None:
    first = await take(database, "a")
    again = await take(database, "a")
    assert (again.holder, again.epoch) == ("a", first.epoch + 1)


async def test_renewing_keeps_it_and_notes_where_it_is(database: Database) -> None:
    await take(database, "a")
    until = SATURDAY + 100
    assert await database.write(leases.renew, "a", {"room": Holding(7, "worker 2")}, until) == set()
    assert await database.read(leases.held, SATURDAY) == [Lease("room", "a", "worker 2", 7, until)]


async def test_renewing_tells_what_others_have_taken_and_leaves_it_to_them(database: Database) -> None:
    await take(database, "a", name="lost")
    await take(database, "a", name="kept")
    theirs = await take(database, "b", SATURDAY + SECONDS, "lost")
    holdings = {"lost": Holding(1), "kept": Holding(1)}
    assert await database.write(leases.renew, "a", holdings, SATURDAY + 100) == {"lost"}
    assert theirs in await database.read(leases.held, SATURDAY)


async def test_what_is_given_back_is_free_at_once_and_others_things_are_not(database: Database) -> None:
    first = await take(database, "a")
    await database.write(leases.release, "b", ["room"], SATURDAY)
    assert (await take(database, "b")).holder == "a"
    await database.write(leases.release, "a", ["room"], SATURDAY)
    taken = await take(database, "b")
    assert (taken.holder, taken.epoch > first.epoch) == ("b", True)


async def test_rows_that_nobody_has_had_for_long_are_deleted(database: Database) -> None:
    await take(database, "a")
    await database.write(leases.forget, SATURDAY + SECONDS)
    assert len(await database.read(leases.held, SATURDAY)) == 1
    await database.write(leases.forget, SATURDAY + SECONDS + 1)
    assert await database.read(leases.held, SATURDAY) == []
