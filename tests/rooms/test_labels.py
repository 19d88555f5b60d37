"""What a label on kit leads to: what is due of it, for whoever keeps or has booked it."""

import pytest

from rooms.custody import Labelled, kit_of_booking, kit_of_pool, labelled_pools
from rooms.custody.service import Handing, check_out
from tests.rooms.door import ADMIN, Door
from tests.rooms.house import HOUR
from tests.support import SATURDAY
from vclass.core.keys import Actor
from vclass.core.refusals import ForbiddenError, NotFoundError

STARTS = SATURDAY + 2 * HOUR


async def pool(door: Door, name: str = "Camera", **more: object) -> tuple[int, str]:
    made = await door.made("/equipment", name=name, quantity=2, **more)
    return await door.id_of(made["id"]), made["id"]


def who(door: Door, role: str = ADMIN, place: str = "vienna") -> Actor:
    return door.world.actors[role, place]


async def scan(door: Door, public_id: str, by: Actor) -> Labelled:
    return await door.database.read(kit_of_pool, by, public_id, STARTS)


async def test_a_label_leads_to_what_is_due_of_its_pool_alone(door: Door) -> None:
    (camera, label), (other, _) = await pool(door), await pool(door, "Recorder")
    await door.book(camera, 2)
    await door.book(other, 2)
    found = await scan(door, label, who(door))
    assert (found.name, [each.pool.name for each in found.counter.to_hand_out]) == ("Camera", ["Camera"])


async def test_whoever_booked_kit_finds_it_and_others_of_the_house_do_not(door: Door) -> None:
    camera, label = await pool(door)
    await door.book(camera, 2)
    assert len((await scan(door, label, who(door, "teacher"))).counter.to_hand_out) == 1
    assert (await scan(door, label, who(door, "student"))).counter.to_hand_out == ()


async def test_who_holds_kit_gives_it_back_by_its_label(door: Door) -> None:
    camera, label = await pool(door)
    booked = (await door.book(camera, 2)).taken[0].public_id
    await door.database.transaction(check_out, who(door), Handing(booked, None, None, ""), STARTS)
    assert [len((await scan(door, label, who(door, role))).counter.out) for role in (ADMIN, "teacher")] == [1, 1]
    assert (await scan(door, label, who(door, "student"))).counter.out == ()


async def test_the_label_of_another_house_leads_nowhere_unless_it_shares_the_kit(door: Door) -> None:
    _, own = await pool(door)
    _, shared = await pool(door, "Recorder", shared=True)
    with pytest.raises(NotFoundError):
        await scan(door, own, who(door, ADMIN, "kyiv"))
    assert (await scan(door, shared, who(door, ADMIN, "kyiv"))).name == "Recorder"


async def test_the_label_of_a_licence_or_a_misread_one_leads_nowhere(door: Door) -> None:
    _, licence = await pool(door, "Maple", kind="licence")
    for label in (licence, "nothing"):
        with pytest.raises(NotFoundError):
            await scan(door, label, who(door))


async def test_the_code_of_a_booking_leads_to_its_kit_however_far_it_is(door: Door) -> None:
    camera, _ = await pool(door)
    await door.book(camera, 2)
    far = (await door.book(camera, 100)).taken[0]
    found = await door.database.read(kit_of_booking, who(door, "teacher"), far.public_id, STARTS)
    [line] = found.counter.to_hand_out
    assert (line.booking, line.waits_for, found.booking_id) == (far.public_id, None, far.booking_id)


async def test_the_code_of_a_booking_is_for_its_owner_and_the_keeper_alone(door: Door) -> None:
    camera, _ = await pool(door)
    booked = (await door.book(camera, 2)).taken[0].public_id
    assert (await door.database.read(kit_of_booking, who(door), booked, STARTS)).counter.to_hand_out
    for stranger in (who(door, "student"), who(door, ADMIN, "kyiv")):
        with pytest.raises(NotFoundError):
            await door.database.read(kit_of_booking, stranger, booked, STARTS)


async def test_kit_in_use_gets_labels_and_licences_get_none(door: Door) -> None:
    for name, more in (("Camera", {}), ("Maple", {"kind": "licence"}), ("Old camera", {})):
        _, public_id = await pool(door, name, **more)
    await door.retire(f"/equipment/{public_id}")
    assert [each.name for each in await door.database.read(labelled_pools, who(door))] == ["Camera"]
    with pytest.raises(ForbiddenError):
        await door.database.read(labelled_pools, who(door, "teacher"))
