"""The desk on a real database: one winner, nothing half-written, one bad wish fails alone."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from rooms import LATER, Desk, Result, Want, Wish, bookings_between, preview
from rooms.desk import BATCH
from rooms.store.bookings import touching
from rooms.store.tables import booking, claim, resource
from tests.rooms.house import HOUR, PROJECTORS, House, PlainClerk, held_spans, states
from tests.support import SATURDAY
from vclass.core.db import Database, DatabaseUnavailableError


async def submit(desk: Desk, wish: Wish) -> Result:
    result = await desk.submit(wish)
    assert isinstance(result, Result)
    return result


async def test_a_granted_wish_holds_its_claims(database: Database, desk: Desk, house: House) -> None:
    result = await submit(desk, house.wish(house.hour(0, Want(house.hall), Want(house.projectors, 2))))
    assert [each.reference for each in result.taken] == ["0"]
    span = (SATURDAY, SATURDAY + HOUR)
    assert await database.read(held_spans) == [(house.hall, 1, *span), (house.projectors, 2, *span)]


async def test_a_refused_wish_leaves_no_trace(database: Database, desk: Desk, house: House) -> None:
    await submit(desk, house.wish(house.hour(1)))
    result = await submit(desk, house.wish(house.hour(0), house.hour(1)))
    assert result.refused
    assert len(await database.read(held_spans)) == len(await database.read(states)) == 1


async def test_of_200_wishes_for_one_slot_exactly_one_is_granted(database: Database, desk: Desk, house: House) -> None:
    results = await asyncio.gather(*(submit(desk, house.wish(house.hour(0))) for _ in range(200)))
    assert sum(bool(each.taken) for each in results) == 1
    assert sum(each.refused for each in results) == 199
    assert len(await database.read(held_spans)) == 1


async def test_a_pool_is_given_out_to_the_last_piece(database: Database, desk: Desk, house: House) -> None:
    wish = house.wish(house.hour(0, Want(house.projectors)))
    results = await asyncio.gather(*(submit(desk, wish) for _ in range(20)))
    assert sum(bool(each.taken) for each in results) == PROJECTORS
    assert len({each.taken[0].public_id for each in results if each.taken}) == PROJECTORS
    assert len(await database.read(held_spans)) == PROJECTORS


async def test_all_bookings_of_a_wish_share_its_name(database: Database, desk: Desk, house: House) -> None:
    await submit(desk, house.wish(house.hour(0), house.hour(1)))
    await submit(desk, house.wish(house.hour(2)))
    names = await database.read(lambda c: list(c.execute(sa.select(booking.c.wish).order_by(booking.c.id)).scalars()))
    assert names[0] == names[1] != names[2]


async def test_a_cancelled_slot_can_be_taken_again(database: Database, desk: Desk, house: House) -> None:
    first = await submit(desk, house.wish(house.hour(0)))
    gone = await submit(desk, house.wish(release=(first.taken[0].booking_id,)))
    assert not gone.refused
    assert (await submit(desk, house.wish(house.hour(0)))).taken
    assert await database.read(states) == ["cancelled", "confirmed"]


async def test_a_move_onto_its_own_time_is_granted(database: Database, desk: Desk, house: House) -> None:
    first = await submit(desk, house.wish(house.hour(0), house.hour(1)))
    ids = tuple(each.booking_id for each in first.taken)
    moved = await submit(desk, house.wish(house.hour(1), house.hour(2), release=ids))
    assert len(moved.taken) == 2
    assert [each[2] for each in await database.read(held_spans)] == [SATURDAY + HOUR, SATURDAY + 2 * HOUR]


async def test_a_refused_move_keeps_what_it_would_have_released(database: Database, desk: Desk, house: House) -> None:
    first = await submit(desk, house.wish(house.hour(0)))
    await submit(desk, house.wish(house.hour(1)))
    moved = await submit(desk, house.wish(house.hour(1), release=(first.taken[0].booking_id,)))
    assert moved.refused
    assert await database.read(states) == ["confirmed", "confirmed"]


async def test_a_booking_without_rooms_is_granted(database: Database, desk: Desk, house: House) -> None:
    result = await submit(desk, house.wish(replace(house.hour(0), wants=())))
    assert len(result.taken) == 1
    assert await database.read(held_spans) == []


async def test_waiting_wishes_share_a_transaction_and_none_is_longer_than_the_limit(
    desk: Desk, house: House, clerk: PlainClerk
) -> None:
    await asyncio.gather(*(submit(desk, house.wish(house.hour(at))) for at in range(BATCH + 10)))
    assert clerk.batches == [BATCH, 10]


async def test_one_bad_wish_of_a_batch_fails_alone(
    database: Database, desk: Desk, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "rooms.desk")
    bad = replace(house.wish(house.hour(1)), owner_id=999)
    wishes = [house.wish(house.hour(0)), bad, house.wish(house.hour(2))]
    before, error, after = await asyncio.gather(*map(desk.submit, wishes), return_exceptions=True)
    assert isinstance(error, sa.exc.IntegrityError)
    assert isinstance(before, Result)
    assert isinstance(after, Result)
    assert len(await database.read(held_spans)) == 2


async def test_a_resource_that_does_not_exist_fails_alone(
    desk: Desk, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "rooms.desk")
    wishes = [house.wish(house.hour(0, Want(999))), house.wish(house.hour(0))]
    error, result = await asyncio.gather(*map(desk.submit, wishes), return_exceptions=True)
    assert isinstance(error, LookupError)
    assert isinstance(result, Result)


async def test_a_kind_without_clerk_is_a_mistake(desk: Desk, house: House) -> None:
    with pytest.raises(LookupError, match="no clerk"):
        await desk.submit(house.wish(kind="unheard-of"))


async def test_nobody_waits_for_a_wish_that_was_given_up(database: Database, desk: Desk, house: House) -> None:
    given_up = asyncio.ensure_future(desk.submit(house.wish(house.hour(0))))
    given_up.cancel()
    assert (await submit(desk, house.wish(house.hour(0)))).taken
    assert len(await database.read(states)) == 1


async def test_a_desk_with_too_many_waiting_says_so(desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.desk.MOST_WAITING", 1)
    wishes = [house.wish(house.hour(0)), house.wish(house.hour(1))]
    first, second = await asyncio.gather(*map(desk.submit, wishes), return_exceptions=True)
    assert isinstance(first, Result)
    assert isinstance(second, DatabaseUnavailableError)


class OneAtATime(PlainClerk):
    """Puts off all wishes of a batch but the first."""

    def admit(self, _connection: sa.Connection, wishes: Sequence[Wish]) -> Sequence[object]:
        self.batches.append(len(wishes))
        return [None] + [LATER] * (len(wishes) - 1)


async def test_wishes_that_are_put_off_come_again_in_order(database: Database, house: House) -> None:
    clerk = OneAtATime()
    desk = Desk(database, {"test": clerk})
    results = await asyncio.gather(*(submit(desk, house.wish(house.hour(at))) for at in range(4)))
    assert clerk.batches == [4, 3, 2, 1]
    assert [each.taken[0].booking_id for each in results] == [1, 2, 3, 4]


class Never(PlainClerk):
    """Puts off everything."""

    def admit(self, _connection: sa.Connection, wishes: Sequence[Wish]) -> Sequence[object]:
        return [LATER] * len(wishes)


async def test_a_clerk_that_puts_off_everything_is_found_out(database: Database, house: House) -> None:
    with pytest.raises(RuntimeError, match="put off"):
        await Desk(database, {"test": Never()}).submit(house.wish(house.hour(0)))


class Answering(PlainClerk):
    """Knows the answer to everything."""

    def admit(self, _connection: sa.Connection, wishes: Sequence[Wish]) -> Sequence[object]:
        return ["stored"] * len(wishes)


async def test_an_answer_at_admission_books_nothing(database: Database, house: House) -> None:
    assert await Desk(database, {"test": Answering()}).submit(house.wish(house.hour(0))) == "stored"
    assert await database.read(states) == []


class Broken(PlainClerk):
    """Fails after the bookings were written."""

    def record(self, _connection: sa.Connection, results: Sequence[Result]) -> Sequence[object]:
        raise OSError(f"{len(results)} results")


async def test_bookings_whose_record_fails_are_undone(database: Database, house: House) -> None:
    with pytest.raises(OSError, match="1 results"):
        await Desk(database, {"test": Broken()}).submit(house.wish(house.hour(0)))
    assert await database.read(states) == []


async def test_two_kinds_in_one_batch_go_to_their_clerks(database: Database, house: House) -> None:
    desk = Desk(database, {"test": PlainClerk(), "stored": Answering()})
    wishes = [house.wish(house.hour(0), kind="stored"), house.wish(house.hour(0)), house.wish(house.hour(1))]
    answers = await asyncio.gather(*map(desk.submit, wishes))
    assert answers[0] == "stored"
    assert [isinstance(each, Result) and bool(each.taken) for each in answers[1:]] == [True, True]


async def test_a_preview_names_the_clashes_and_takes_nothing(database: Database, desk: Desk, house: House) -> None:
    await submit(desk, house.wish(house.hour(0)))
    [clash] = await database.read(preview, house.wish(house.hour(0), house.hour(1)))
    assert (clash.reference, clash.resource_id) == ("0", house.hall)
    assert len(await database.read(states)) == 1


async def test_what_is_taken_between_two_instants_is_told_with_its_booking(
    database: Database, desk: Desk, house: House
) -> None:
    result = await submit(desk, house.wish(house.hour(0), house.hour(1), house.hour(2)))
    [busy] = await database.read(bookings_between, [house.hall], SATURDAY + HOUR, SATURDAY + 2 * HOUR)
    assert (busy.public_id, busy.starts) == (result.taken[1].public_id, SATURDAY + HOUR)


async def test_the_guard_stops_a_double_booking_that_goes_round_the_desk(
    database: Database, desk: Desk, house: House
) -> None:
    result = await submit(desk, house.wish(house.hour(0)))
    row = {
        "booking_id": result.taken[0].booking_id,
        "resource_id": house.hall,
        "quantity": 1,
        "exclusive": True,
        "starts": SATURDAY + HOUR - 1,
        "ends": SATURDAY + 2 * HOUR,
    }
    with pytest.raises(sa.exc.IntegrityError, match="no_double_booking"):
        await database.write(lambda connection: connection.execute(sa.insert(claim).values(row)))


async def test_the_guard_lets_claims_touch(database: Database, desk: Desk, house: House) -> None:
    await submit(desk, house.wish(house.hour(1)))
    assert (await submit(desk, house.wish(house.hour(0), house.hour(2)))).taken
    assert len(await database.read(held_spans)) == 3


async def test_a_claim_is_never_changed(database: Database, desk: Desk, house: House) -> None:
    await submit(desk, house.wish(house.hour(0)))
    with pytest.raises(sa.exc.IntegrityError, match="claims_never_change"):
        await database.write(lambda connection: connection.execute(sa.update(claim).values(ends=claim.c.ends + 1)))


async def test_a_room_of_which_there_are_two_is_refused_by_the_table(database: Database, house: House) -> None:
    two = sa.update(resource).where(resource.c.id == house.hall).values(quantity=2)
    with pytest.raises(sa.exc.IntegrityError, match="ck_resource_quantity"):
        await database.write(lambda connection: connection.execute(two))


async def test_touched_windows_are_found_by_index(database: Database) -> None:
    def plan(connection: sa.Connection) -> str:
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.exec_driver_sql("set local enable_seqscan = off")
        text = (
            touching(connection)
            .params(windows="[[1, 2, 3]]")
            .compile(connection, compile_kwargs={"literal_binds": True})
        )
        rows = connection.exec_driver_sql(f"explain {'' if postgres else 'query plan'} {text}")
        return " ".join(str(row[-1]) for row in rows)

    found = await database.read(plan)
    assert "ix_claim_" in found
    assert "SCAN claim" not in found
