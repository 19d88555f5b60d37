"""What takes a resource, in any state, and who may know by what."""

from typing import Any

import pytest

from rooms import BookingWish, Want, Wish
from rooms.model import State
from tests.rooms.door import ADMIN, Door
from tests.rooms.house import HOUR
from tests.support import SATURDAY

SPAN = {"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"}
ASKING: dict[str, Any] = {"kind": "hall", "zone": "Europe/Vienna", "seats": 9, "approval": "required", "shared": True}


async def listed(door: Door, role: str, place: str = "vienna", **query: str) -> list[dict[str, Any]]:
    response = await door.ask(role, "GET", "/bookings", place, params={**SPAN, **query})
    assert response.status == 200, await response.text()
    found: list[dict[str, Any]] = (await response.json())["bookings"]
    return found


async def book(door: Door, room: dict[str, Any], by: tuple[str, str], state: State | None = None) -> str:
    """A booking of a room by somebody, put into a state; its public id."""
    wanted = BookingWish("1", SATURDAY, SATURDAY + HOUR, (Want(await door.id_of(room["id"])),), state=state)
    desk_wish = Wish("test", door.world.institutions[by[1]], door.world.person_ids[by], (wanted,), now=SATURDAY)
    return (await door.submit(desk_wish)).taken[0].public_id


async def test_a_request_is_told_to_those_who_asked_and_those_who_answer(door: Door) -> None:
    room = await door.made("/rooms", name="Asking", **ASKING)
    asked = await book(door, room, ("teacher", "vienna"))
    for role in ("teacher", ADMIN):
        [found] = await listed(door, role, state="requested")
        assert (found["id"], found["state"], found["purpose"]) == (asked, "requested", "lesson")
    assert await listed(door, "student", state="requested") == []
    assert await listed(door, "teacher", "kyiv", state="requested") == []
    assert await listed(door, "student") == []


async def test_a_held_booking_keeps_the_room_busy_and_says_until_when(door: Door) -> None:
    room = await door.made("/rooms", name="Asking", **ASKING)
    held = await book(door, room, ("teacher", "kyiv"))
    [told] = await listed(door, ADMIN, state="held")
    assert (told["id"], told["hold_until"]) == (held, "2026-11-21T10:00:00Z")
    [busy] = await listed(door, "student")
    assert sorted(busy) == ["end", "quantity", "resource", "start"]
    [mine] = await listed(door, "teacher", "kyiv", state="held")
    assert mine["id"] == held


@pytest.mark.parametrize("state", ["waiting", "cancelled", "rejected", "displaced"])
async def test_what_holds_nothing_is_found_by_its_state(door: Door, state: State) -> None:
    room = await door.made("/rooms", name="Asking", **ASKING)
    gone = await book(door, room, ("teacher", "vienna"), state)
    assert [each["id"] for each in await listed(door, "teacher", state=state)] == [gone]
    assert [each["id"] for each in await listed(door, "teacher", state=state, resource=room["id"])] == [gone]
    other = door.world.halls["vienna"].public_id
    assert await listed(door, "teacher", state=state, resource=other) == []
    assert await listed(door, "student", state=state) == []
    assert await listed(door, "teacher", state="confirmed") == []


async def test_what_is_taken_comes_with_setting_up_and_the_lesson_without(door: Door) -> None:
    room = await door.made("/rooms", name="Slow", **{**ASKING, "approval": "none", "setup_minutes": 15})
    await book(door, room, ("teacher", "vienna"))
    [told] = await listed(door, "teacher")
    assert (told["start"], told["booked_start"]) == ("2026-11-21T09:45:00Z", "2026-11-21T10:00:00Z")


async def test_pages_of_what_holds_nothing_follow_one_another(door: Door) -> None:
    room = await door.made("/rooms", name="Asking", **ASKING)
    for _ in range(101):
        await book(door, room, ("teacher", "vienna"))
    first = await (await door.ask("teacher", "GET", "/bookings", params={**SPAN, "state": "requested"})).json()
    more = {**SPAN, "state": "requested", "cursor": first["cursor"]}
    second = await (await door.ask("teacher", "GET", "/bookings", params=more)).json()
    assert [len(first["bookings"]), len(second["bookings"]), second["cursor"]] == [100, 1, None]
