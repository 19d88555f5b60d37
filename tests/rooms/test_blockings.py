"""Blockings: rooms and kit out of use, for hours or weeks; what stands there is named, or has to make room."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientResponse

from rooms import DESK, InTheWayError, Result
from rooms.blockings import NewBlocking, standing_blockings
from rooms.blockings import block as blocked
from tests.rooms.door import ADMIN, Door
from tests.rooms.house import HOUR
from tests.support import SATURDAY
from vclass.core import audit

NOON = {"start": "2026-11-21T12:00", "end": "2026-11-21T14:00"}
"""One hour after Saturday's ten o'clock UTC, in Vienna: 11:00 to 13:00 UTC."""
DECEMBER = {"from": "2026-11-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}


def hall(door: Door) -> str:
    return door.world.halls["vienna"].public_id


def body(door: Door, **more: Any) -> dict[str, Any]:  # noqa: ANN401  any field
    return {"resources": [hall(door)], **NOON, "reason": "Maintenance", **more}


async def block(door: Door, role: str = ADMIN, place: str = "vienna", **more: Any) -> ClientResponse:  # noqa: ANN401  any field
    return await door.ask(role, "POST", "/blockings", place, json=body(door, **more))


async def wrong_fields(response: ClientResponse) -> list[str]:
    told = await response.json()
    return [each["field"] for each in told.get("errors", ())] if response.status == 422 else [told["type"]]


async def listed(door: Door) -> list[str]:
    response = await door.ask(ADMIN, "GET", "/blockings", params=DECEMBER)
    return [each["reason"] for each in (await response.json())["blockings"]]


async def stretches(door: Door, resource: str) -> list[tuple[str, str]]:
    params = {**DECEMBER, "resource": resource}
    told = await (await door.ask(ADMIN, "GET", "/bookings", params=params)).json()
    assert {each["purpose"] for each in told["bookings"]} <= {"blocking", "lesson"}
    return [(each["start"], each["end"]) for each in told["bookings"]]


async def test_a_blocking_takes_a_room_in_the_rooms_own_time(door: Door) -> None:
    made = await door.made("/blockings", **body(door))
    assert made["resources"] == [{"id": hall(door), "start": "2026-11-21T11:00:00Z", "end": "2026-11-21T13:00:00Z"}]
    assert [each.reason for each in (await door.book(door.world.halls["vienna"].id, 2)).clashes] == ["taken"]
    assert (await door.book(door.world.halls["vienna"].id, 3)).taken
    assert await listed(door) == ["Maintenance"]


async def test_weeks_are_blocked_in_pieces_of_a_day(door: Door) -> None:
    await door.made("/blockings", **body(door, end="2026-12-12T14:00"))
    found = await stretches(door, hall(door))
    assert (len(found), found[0][0], found[-1][1]) == (22, "2026-11-21T11:00:00Z", "2026-12-12T13:00:00Z")


async def test_a_pool_is_blocked_whole_and_each_in_its_own_zone(door: Door) -> None:
    pool = await door.made("/equipment", name="Projector", quantity=4)
    far = await door.made("/rooms", kind="virtual", name="Far", zone="America/New_York", seats=9)
    made = await door.made("/blockings", **body(door, resources=[pool["id"], far["id"]]))
    assert [each["start"] for each in made["resources"]] == ["2026-11-21T11:00:00Z", "2026-11-21T17:00:00Z"]
    assert (await door.book(await door.id_of(pool["id"]), 1)).clashes[0].free == 0


async def test_what_stands_there_is_named_and_nothing_is_blocked(door: Door) -> None:
    booked = (await door.book(door.world.halls["vienna"].id, 2)).taken[0].public_id
    response = await block(door)
    told = await response.json()
    assert (response.status, told["type"]) == (409, "clash")
    [clash] = told["clashes"]
    assert ([each["id"] for each in clash["bookings"]], clash["until"]) == ([booked], "2026-11-21T13:00:00Z")
    assert "displace" in told["detail"]
    assert await listed(door) == []


async def test_what_stands_there_is_displaced_and_told(door: Door) -> None:
    booked = (await door.book(door.world.halls["vienna"].id, 2)).taken[0]
    other = (await door.book(door.world.halls["vienna"].id, 4)).taken[0]
    made = await (await block(door, on_clash="displace")).json()
    assert made["displaced"] == [booked.public_id]
    [told] = door.told
    assert (told.booking_id, told.after, told.reason) == (booked.booking_id, "displaced", "Maintenance")
    params = {**DECEMBER, "state": "displaced"}
    found = await (await door.ask("teacher", "GET", "/bookings", params=params)).json()
    assert [(each["id"], each["reason"]) for each in found["bookings"]] == [(booked.public_id, "Maintenance")]
    assert other.booking_id != booked.booking_id


async def test_a_blocking_does_not_displace_another_and_says_so(door: Door) -> None:
    await block(door, reason="Exams")
    response = await block(door, on_clash="displace")
    assert response.status == 409
    assert "end that blocking first" in (await response.json())["detail"]
    assert await listed(door) == ["Exams"]


async def test_what_is_blocked_can_be_booked_again_after_the_end_of_it(door: Door) -> None:
    made = await door.made("/blockings", **body(door))
    path = f"/blockings/{made['id']}"
    assert (await door.ask(ADMIN, "DELETE", path)).status == 204
    assert (await door.ask(ADMIN, "DELETE", path)).status == 404
    assert (await door.book(door.world.halls["vienna"].id, 2)).taken
    assert await listed(door) == []


async def test_only_administrators_of_the_house_block(door: Door) -> None:
    made = await door.made("/blockings", **body(door))
    kyiv = door.world.halls["kyiv"].public_id
    assert (await block(door, "teacher")).status == 403
    assert (await block(door, resources=[kyiv])).status == 403
    assert await wrong_fields(await block(door, place="kyiv")) == ["resources[0]"]
    assert (await door.ask(ADMIN, "DELETE", f"/blockings/{made['id']}", "kyiv")).status == 404
    assert (await door.ask("teacher", "GET", "/blockings", params=DECEMBER)).status == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"end": "2026-11-21T12:00"}, "end"),
        ({"end": "2028-11-21T12:00"}, "end"),
        ({"start": "2026-11-20T12:00", "end": "2026-11-20T14:00"}, "end"),
        ({"start": "2026-11-21T12:01"}, "start"),
        ({"start": "21 Nov", "end": "99999-01-01T00:00"}, "start"),
        ({"resources": []}, "resources"),
        ({"resources": ["nothing"]}, "resources[0]"),
        ({"reason": "a\u202eb"}, "reason"),
        ({"on_clash": "skip"}, "on_clash"),
    ],
)
async def test_what_cannot_be_blocked_is_named(door: Door, change: dict[str, Any], field: str) -> None:
    assert (await wrong_fields(await block(door, **change)))[0] == field


async def test_a_resource_is_named_once(door: Door) -> None:
    assert await wrong_fields(await block(door, resources=[hall(door)] * 2)) == ["resources[1]"]


async def test_rather_more_is_blocked_where_clocks_change(door: Door) -> None:
    fold = await door.made("/blockings", **body(door, start="2027-10-31T02:30", end="2027-10-31T02:45"))
    assert fold["resources"][0]["start"] == "2027-10-31T00:30:00Z"
    assert fold["resources"][0]["end"] == "2027-10-31T01:45:00Z"
    gap = await door.made("/blockings", **body(door, start="2027-03-28T02:30", end="2027-03-28T03:30"))
    assert gap["resources"][0]["start"] == "2027-03-28T00:30:00Z"


async def test_a_repeated_post_with_its_key_blocks_once(door: Door) -> None:
    key = {"Idempotency-Key": "k1"}
    first, second = await asyncio.gather(
        *(door.ask(ADMIN, "POST", "/blockings", json=body(door), headers=key) for _ in range(2))
    )
    assert (first.status, second.status) == (201, 201)
    assert await first.read() == await second.read()
    other = await door.ask(ADMIN, "POST", "/blockings", json=body(door, reason="Other"), headers=key)
    assert (other.status, (await other.json())["type"]) == (422, "key-reused")
    assert await listed(door) == ["Maintenance"]


async def test_a_refused_blocking_leaves_its_key_free(door: Door) -> None:
    await door.book(door.world.halls["vienna"].id, 2)
    key = {"Idempotency-Key": "k1"}
    displacing = body(door, on_clash="displace")
    assert (await door.ask(ADMIN, "POST", "/blockings", json=body(door), headers=key)).status == 409
    assert (await door.ask(ADMIN, "POST", "/blockings", json=displacing, headers=key)).status == 201


async def test_a_blocking_and_its_end_are_written_down(door: Door) -> None:
    booked = await door.book(door.world.halls["vienna"].id, 2)
    made = await (await block(door, on_clash="displace")).json()
    await door.ask(ADMIN, "DELETE", f"/blockings/{made['id']}")
    assert isinstance(booked, Result)
    entries = await door.database.read(audit.history, "blocking", booked.taken[0].booking_id + 1)
    assert [each["facts"] for each in entries] == ['{"displaced":[1]}', '{"removed":true}']


async def test_a_herd_of_blockings_and_bookings_leaves_one_winner(door: Door) -> None:
    wishes = [block(door, on_clash="displace", reason=f"Reason {number}") for number in range(5)]
    lessons = [door.book(door.world.halls["vienna"].id, 2) for _ in range(5)]
    answers = await asyncio.gather(*wishes, *lessons)
    statuses = sorted(each.status for each in answers if isinstance(each, ClientResponse))
    assert statuses == [201, 409, 409, 409, 409]
    assert await stretches(door, hall(door)) == [("2026-11-21T11:00:00Z", "2026-11-21T13:00:00Z")]
    assert SATURDAY % HOUR == 0


async def test_only_bookings_that_were_agreed_to_are_displaced(door: Door) -> None:
    room, admin, desk = door.world.halls["vienna"], door.world.actors[ADMIN, "vienna"], door.client.app[DESK]
    agreed = (await door.book(room.id, 1)).taken[0].public_id
    later = await door.book(room.id, 2)
    wanted = NewBlocking((room.public_id,), **NOON, reason="Exam", on_clash="displace")
    with pytest.raises(InTheWayError) as refused:
        await blocked(door.database, desk, admin, wanted, key=None, now=SATURDAY, agreed=[agreed])
    [clash] = refused.value.facts["clashes"]
    assert sorted(each["id"] for each in clash["bookings"]) == sorted([agreed, later.taken[0].public_id])
    both = [agreed, later.taken[0].public_id]
    made = await blocked(door.database, desk, admin, wanted, key=None, now=SATURDAY, agreed=both)
    assert sorted(made.displaced) == sorted(both)


async def test_the_house_sees_its_blockings_whole(door: Door) -> None:
    other = (await door.made("/rooms", kind="hall", name="Annexe", zone="Europe/Kyiv", seats=9))["id"]
    await door.made("/blockings", **body(door, resources=[hall(door), other]))
    admin, week = door.world.actors[ADMIN, "vienna"], (SATURDAY, SATURDAY + 7 * 24 * HOUR)
    [found] = await door.database.read(standing_blockings, admin, week)
    assert {each.public_id for each in found.resources} == {hall(door), other}
    assert found.span == (SATURDAY, SATURDAY + 3 * HOUR)
    assert (found.reason, found.owner_id) == ("Maintenance", admin.person_id)
