"""What a house has, as its administrators see it: out of use and back, with what is booked of it."""

import pytest

from rooms import DESK, Equipment, Managed, NewEquipment, Retire, Revive, Room, add_equipment, booked_from, change_wish
from rooms.changes import Change
from rooms.houses import see_house, see_managed
from tests.rooms.door import ADMIN, Door
from tests.support import SATURDAY
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.refusals import ForbiddenError, NotFoundError, Refusal, StaleError


def admin(door: Door, place: str = "vienna") -> Actor:
    return door.world.actors[ADMIN, place]


async def change(door: Door, wanted: Change) -> object:
    return await door.client.app[DESK].submit(change_wish(wanted, SATURDAY))


async def hall(door: Door) -> Managed[Room]:
    return await door.database.read(see_managed, admin(door), door.world.halls["vienna"].public_id, Room)


async def test_a_house_lists_what_is_out_of_use_too(door: Door) -> None:
    await door.database.write(add_equipment, admin(door), NewEquipment("Camera", 2), SATURDAY)
    room = door.world.halls["vienna"]
    await change(door, Retire(admin(door), room.public_id, Room, room.version))
    found = await door.database.read(see_house, admin(door))
    assert [(each.of.name, each.retired) for each in found] == [("Camera", False), ("Hall of vienna", True)]


async def test_what_was_taken_out_of_use_comes_back_and_can_be_booked(door: Door) -> None:
    room = door.world.halls["vienna"]
    await change(door, Retire(admin(door), room.public_id, Room, room.version))
    assert (await door.book(room.id)).clashes
    back = await change(door, Revive(admin(door), room.public_id, Room, room.version + 1))
    assert isinstance(back, Room)
    assert not (await hall(door)).retired
    assert (await door.book(room.id)).taken
    entries = await door.database.read(audit.history, "resource", room.id)
    assert [each["facts"] for each in entries[-2:]] == ['{"retired":true}', '{"retired":false}']


async def test_only_what_is_out_of_use_comes_back_and_only_at_the_version_that_was_seen(door: Door) -> None:
    room = door.world.halls["vienna"]
    refusal = await change(door, Revive(admin(door), room.public_id, Room, room.version))
    assert isinstance(refusal, NotFoundError)
    await change(door, Retire(admin(door), room.public_id, Room, room.version))
    assert isinstance(await change(door, Revive(admin(door), room.public_id, Room, room.version)), StaleError)
    other = await change(door, Revive(admin(door, "kyiv"), room.public_id, Room, room.version + 1))
    assert isinstance(other, Refusal)


async def test_a_house_sees_its_own_things_alone(door: Door) -> None:
    for place, kind in (("kyiv", Room), ("vienna", Equipment)):
        with pytest.raises(NotFoundError):
            await door.database.read(see_managed, admin(door), door.world.halls[place].public_id, kind)  # type: ignore[arg-type]  # one kind or the other
    with pytest.raises(ForbiddenError):
        await door.database.read(see_house, door.world.actors["teacher", "vienna"])


async def test_bookings_to_come_are_counted_once_each(door: Door) -> None:
    room = door.world.halls["vienna"]
    await door.book(room.id, 2)
    await door.book(room.id, 4, hours=30)
    assert await door.database.read(booked_from, room, SATURDAY) == 2
    assert await door.database.read(booked_from, room, SATURDAY + 7 * 24 * 3600) == 0
