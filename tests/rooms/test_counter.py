"""The counter: what is to be handed out soon, what is out, and who comes short of it."""

from rooms import Result, Want
from rooms.custody.counter import Counter, counter, out_of_house, overdue_of
from rooms.custody.service import Handing, check_out
from tests.rooms.door import ADMIN, Door
from tests.rooms.house import HOUR
from tests.support import SATURDAY
from vclass.core.keys import Actor

STARTS = SATURDAY + 2 * HOUR


async def pool(door: Door, quantity: int = 2, **more: object) -> int:
    made = await door.made("/equipment", name="Camera", quantity=quantity, **more)
    return await door.id_of(made["id"])


def keeper(door: Door) -> Actor:
    return door.world.actors[ADMIN, "vienna"]


async def seen(door: Door, now: int = STARTS) -> Counter:
    return await door.database.read(counter, keeper(door), now)


async def hand_out(door: Door, of: Result, now: int = STARTS) -> None:
    wish = Handing(of.taken[0].public_id, None, None, "Hall 1")
    await door.database.transaction(check_out, keeper(door), wish, now)


async def test_what_is_booked_for_the_coming_day_is_to_be_handed_out_half_an_hour_before(door: Door) -> None:
    camera = await pool(door)
    await door.book(camera, 2, quantity=2)
    await door.book(camera, 40)
    [first] = (await seen(door, SATURDAY)).to_hand_out
    assert (first.pool.name, first.quantity, first.starts) == ("Camera", 2, STARTS)
    assert (first.opens, first.waits_for) == (STARTS - HOUR // 2, None)


async def test_what_was_handed_out_is_out_until_it_comes_back(door: Door) -> None:
    camera = await pool(door)
    await hand_out(door, await door.book(camera, 2, quantity=2))
    found = await seen(door)
    assert (found.to_hand_out, [each.custody.quantity for each in found.out]) == ((), [2])
    assert [found.overdue(now) for now in (STARTS, STARTS + HOUR)] == [0, 1]
    assert await door.database.read(overdue_of, keeper(door), STARTS + HOUR) == 1
    assert await door.database.read(out_of_house, keeper(door), STARTS) == {camera: 2}


async def test_who_needs_what_is_still_out_is_named_on_both_sides(door: Door) -> None:
    camera = await pool(door)
    await hand_out(door, await door.book(camera, 2, quantity=2))
    after = await door.book(camera, 3)
    found = await seen(door, STARTS + HOUR)
    [waiting] = found.to_hand_out
    assert waiting.waits_for is not None
    assert waiting.waits_for.whereabouts == "Hall 1"
    assert [each.next_booking for each in found.out] == [after.taken[0].booking_id]


async def test_rooms_licences_and_what_others_have_are_not_on_the_counter(door: Door) -> None:
    licence = await pool(door, kind="licence")
    await door.book(licence, 2)
    await door.book(door.world.halls["vienna"].id, 2)
    there = await door.database.read(counter, door.world.actors[ADMIN, "kyiv"], STARTS)
    assert (await seen(door), there) == (Counter((), ()), Counter((), ()))


async def test_a_blocking_is_nobodys_to_fetch(door: Door) -> None:
    made = await door.made("/equipment", name="Camera", quantity=2)
    times = {"start": "2026-11-21T12:00", "end": "2026-11-21T14:00"}
    await door.made("/blockings", resources=[made["id"]], reason="Repair", **times)
    assert (await seen(door)).to_hand_out == ()


async def test_two_kinds_of_one_booking_are_two_lines(door: Door) -> None:
    camera = await pool(door)
    board = await door.id_of((await door.made("/equipment", name="Board"))["id"])
    wish = (await door.book(camera, 30)).wish
    hour = wish.bookings[0]
    both = (Want(camera, 1), Want(board, 1))
    moved = type(hour)("1", STARTS, STARTS + HOUR, both)
    await door.submit(type(wish)(wish.kind, wish.institution_id, wish.owner_id, (moved,), now=SATURDAY))
    assert sorted(each.pool.name for each in (await seen(door)).to_hand_out if each.starts == STARTS) == [
        "Board",
        "Camera",
    ]
