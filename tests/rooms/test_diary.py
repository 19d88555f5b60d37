"""The diary of a room: whole bookings with their buffers, and requests for those alone who may know of them."""

from dataclasses import replace

from rooms import NewRoom, Room, Want, create_room, diary
from rooms.diary import Entry
from tests.rooms.door import ADMIN, Door
from tests.rooms.house import HOUR
from tests.support import SATURDAY
from vclass.core.spans import Span

SUNDAY = (SATURDAY, SATURDAY + 48 * HOUR)


async def entries(door: Door, room: Room, who: tuple[str, str] = (ADMIN, "vienna"), span: Span = SUNDAY) -> list[Entry]:
    return await door.database.read(diary, door.world.actors[who], room, span)


async def made(door: Door, **more: object) -> Room:
    wish = NewRoom("hall", "Studio", "Europe/Vienna", 20, shared=True, **more)  # type: ignore[arg-type]  # any field
    return await door.database.write(create_room, door.world.institutions["vienna"], wish, SATURDAY)


async def test_a_booking_is_one_entry_with_its_buffers_however_long_it_is(door: Door) -> None:
    room = await made(door, setup_minutes=10, teardown_minutes=5)
    await door.book(room.id, 2, hours=30)
    [found] = await entries(door, room)
    assert found.span == (SATURDAY + 2 * HOUR, SATURDAY + 32 * HOUR)
    assert (found.setup, found.teardown, found.known) == (600, 300, True)
    [on_sunday] = await entries(door, room, span=(SATURDAY + 28 * HOUR, SATURDAY + 48 * HOUR))
    assert replace(on_sunday, setup=600) == found


async def test_others_learn_that_a_room_is_taken_and_no_more(door: Door) -> None:
    room = await made(door)
    await door.book(room.id, 2)
    known = {who: [each.known for each in await entries(door, room, who)] for who in door.world.actors}
    assert known == {
        ("student", "vienna"): [False],
        ("teacher", "vienna"): [True],
        (ADMIN, "vienna"): [True],
        ("student", "kyiv"): [False],
        ("teacher", "kyiv"): [False],
        (ADMIN, "kyiv"): [False],
    }


async def test_a_request_is_told_to_those_alone_who_may_know_of_it(door: Door) -> None:
    room = await made(door, approval="required")
    await door.book(room.id, 2)
    assert [each.state for each in await entries(door, room)] == ["requested"]
    assert await entries(door, room, ("teacher", "kyiv")) == []


async def test_a_booking_of_several_rooms_stands_in_the_diary_of_each(door: Door) -> None:
    rooms = [await made(door), door.world.halls["vienna"]]
    wish = (await door.book(rooms[1].id, 9)).wish
    wanted = replace(wish.bookings[0], wants=tuple(Want(each.id) for each in rooms), starts=SATURDAY + HOUR)
    await door.submit(replace(wish, bookings=(replace(wanted, ends=SATURDAY + 2 * HOUR),)))
    assert [len(await entries(door, each)) for each in rooms] == [1, 2]
