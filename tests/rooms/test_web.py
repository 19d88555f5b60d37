"""The API of rooms over HTTP, with real sign-in tokens and the real middlewares."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import ClientResponse

import rooms.web
from rooms import BookingWish, Desk, NewEquipment, Want, Wish
from rooms.store.tables import resource
from tests.houses import World
from tests.rooms.door import Door
from tests.rooms.house import HOUR, PlainClerk
from tests.support import SATURDAY
from vclass.core import audit
from vclass.core.db import Database

AUDITORY = {"kind": "hall", "name": "Auditory 5", "zone": "Europe/Vienna", "seats": 40}
SATURDAY_MORNING = {"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"}

Ask = Callable[..., Awaitable[ClientResponse]]


@pytest.fixture
def world(door: Door) -> World:
    return door.world


@pytest.fixture
def ask(door: Door) -> Ask:
    return door.ask


async def names(response: ClientResponse, field: str = "rooms") -> list[str]:
    assert response.status == 200
    return [each["name"] for each in (await response.json())[field]]


async def wrong_fields(response: ClientResponse) -> list[str]:
    assert response.status == 422
    return [each["field"] for each in (await response.json())["errors"]]


async def book(database: Database, world: World, *, by: tuple[str, str], at: str) -> None:
    desk = Desk(database, {"test": PlainClerk()})
    hour = BookingWish("1", SATURDAY, SATURDAY + HOUR, (Want(world.halls[at].id),))
    await desk.submit(Wish("test", world.institutions[by[1]], world.person_ids[by], (hour,), now=SATURDAY))


async def test_everyone_sees_the_own_rooms_first_and_then_what_others_share(ask: Ask) -> None:
    assert await names(await ask("student", "GET", "/rooms")) == ["Hall of vienna", "Hall of kyiv"]
    assert await names(await ask("student", "GET", "/rooms", "kyiv")) == ["Hall of kyiv"]


async def test_a_room_has_its_version_as_etag(ask: Ask, world: World) -> None:
    response = await ask("teacher", "GET", f"/rooms/{world.halls['vienna'].public_id}")
    assert (response.status, response.headers["ETag"]) == (200, '"v1"')
    assert (await response.json())["zone"] == "Europe/Vienna"


async def test_a_room_that_another_institution_keeps_to_itself_is_answered_like_a_random_id(
    ask: Ask, world: World
) -> None:
    hidden = await ask("teacher", "GET", f"/rooms/{world.halls['vienna'].public_id}", "kyiv")
    unknown = await ask("teacher", "GET", "/rooms/AAAAAAAAAAAAAAAAAAAAAA", "kyiv")
    assert hidden.status == unknown.status == 404
    assert await hidden.read() == await unknown.read()


async def test_a_room_admin_creates_a_room(ask: Ask, database: Database) -> None:
    response = await ask("room_admin", "POST", "/rooms", json=AUDITORY)
    made = await response.json()
    assert response.status == 201
    assert response.headers["Location"] == f"/api/v1/rooms/{made['id']}"
    again = await ask("room_admin", "GET", f"/rooms/{made['id']}")
    assert await again.json() == made
    assert again.headers["ETag"] == response.headers["ETag"]
    [noted] = await database.read(lambda c: audit.history(c, "resource", 3))
    assert noted["action"] == "rooms.manage"


@pytest.mark.parametrize("role", ["student", "teacher"])
async def test_others_create_nothing(ask: Ask, database: Database, role: str) -> None:
    assert (await ask(role, "POST", "/rooms", json=AUDITORY)).status == 403
    assert (await ask(role, "POST", "/equipment", json={"name": "Kit"})).status == 403
    assert await database.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(resource)).scalar_one()) == 2


async def test_every_wrong_field_of_a_room_is_named(ask: Ask) -> None:
    wrong = {"kind": "cellar", "name": "", "zone": "Europe/Vienna", "seats": 0, "colour": "red"}
    assert sorted(await wrong_fields(await ask("room_admin", "POST", "/rooms", json=wrong))) == [
        "colour",
        "kind",
        "name",
        "seats",
    ]


async def test_names_zones_features_hours_and_card_are_checked_together(ask: Ask) -> None:
    night = {"weekday": "MO", "opens": "20:00", "closes": "02:00"}
    wrong = {
        "name": "two\nlines",
        "zone": "Europe/Wien",
        "features": ["a,b"],
        "hours": [night],
        "card": {"place": "\t"},
    }
    found = await wrong_fields(await ask("room_admin", "POST", "/rooms", json={**AUDITORY, **wrong}))
    assert found == ["name", "zone", "features[0]", "hours[0].closes", "card.place"]


async def test_a_name_is_one_of_a_kind_at_an_institution(ask: Ask) -> None:
    taken = {**AUDITORY, "name": " Hall of vienna "}
    assert (await ask("room_admin", "POST", "/rooms", json=taken)).status == 409
    assert (await ask("room_admin", "POST", "/rooms", "kyiv", json=taken)).status == 201


async def test_a_repeated_post_with_its_key_creates_one_room(ask: Ask) -> None:
    key = {"Idempotency-Key": "k1"}
    first, second = [await ask("room_admin", "POST", "/rooms", json=AUDITORY, headers=key) for _ in range(2)]
    assert (first.status, second.status) == (201, 201)
    assert await first.read() == await second.read()
    other = await ask("room_admin", "POST", "/rooms", json={**AUDITORY, "seats": 41}, headers=key)
    assert other.status == 422


async def test_a_refused_post_leaves_its_key_free(ask: Ask) -> None:
    key = {"Idempotency-Key": "k1"}
    taken = {**AUDITORY, "name": "Hall of vienna"}
    assert (await ask("room_admin", "POST", "/rooms", json=taken, headers=key)).status == 409
    assert (await ask("room_admin", "POST", "/rooms", json=AUDITORY, headers=key)).status == 201


async def change(ask: Ask, world: World, version: str | None, place: str = "vienna", **patch: object) -> ClientResponse:
    headers = {} if version is None else {"If-Match": version}
    path = f"/rooms/{world.halls['vienna'].public_id}"
    return await ask("room_admin", "PATCH", path, place, json=patch, headers=headers)


async def test_a_change_raises_the_version_and_is_noted(ask: Ask, world: World, database: Database) -> None:
    response = await change(ask, world, '"v1"', name="Great hall", zone="Europe/Berlin")
    assert (response.status, response.headers["ETag"]) == (200, '"v2"')
    assert (await response.json())["name"] == "Great hall"
    [noted] = await database.read(lambda c: audit.history(c, "resource", world.halls["vienna"].id))
    assert '"before":{"name":"Hall of vienna","zone":"Europe/Vienna"}' in noted["facts"]


async def test_a_change_names_the_version_that_was_read(ask: Ask, world: World) -> None:
    assert (await change(ask, world, None, seats=2)).status == 428
    assert (await change(ask, world, '"v2"', seats=2)).status == 412
    assert (await change(ask, world, "*", seats=2)).status == 412


async def test_a_room_does_not_take_the_name_of_another(ask: Ask, world: World) -> None:
    await ask("room_admin", "POST", "/rooms", json=AUDITORY)
    assert (await change(ask, world, '"v1"', name="Auditory 5")).status == 409
    assert (await change(ask, world, '"v1"', name="Hall of vienna")).status == 200


async def test_nobody_changes_the_rooms_of_another_institution(ask: Ask, world: World) -> None:
    assert (await change(ask, world, '"v1"', place="kyiv", seats=2)).status == 404
    path = f"/rooms/{world.halls['kyiv'].public_id}"
    shared = await ask("room_admin", "PATCH", path, json={"seats": 2}, headers={"If-Match": '"v1"'})
    assert shared.status == 403


async def test_equipment_is_created_and_listed(ask: Ask) -> None:
    response = await ask("room_admin", "POST", "/equipment", json={"name": "Projector", "quantity": 3, "shared": True})
    assert (response.status, (await response.json())["quantity"]) == (201, 3)
    assert await names(await ask("teacher", "GET", "/equipment", "kyiv"), "equipment") == ["Projector"]


async def test_lists_page_by_a_hundred(ask: Ask, world: World, database: Database) -> None:
    def furnish(connection: sa.Connection) -> None:
        for number in range(101):
            wish = NewEquipment(f"Kit {number:03}")
            rooms.create_equipment(connection, world.institutions["vienna"], wish, SATURDAY)

    await database.write(furnish)
    first = await (await ask("teacher", "GET", "/equipment")).json()
    second = await (await ask("teacher", "GET", "/equipment", params={"cursor": first["cursor"]})).json()
    assert [len(first["equipment"]), len(second["equipment"]), second["cursor"]] == [100, 1, None]


async def test_a_foreign_cursor_is_refused(ask: Ask) -> None:
    assert await wrong_fields(await ask("teacher", "GET", "/rooms", params={"cursor": "???"})) == ["cursor"]


async def bookings(ask: Ask, role: str, place: str = "vienna", **query: str) -> list[dict[str, Any]]:
    response = await ask(role, "GET", "/bookings", place, params={**SATURDAY_MORNING, **query})
    assert response.status == 200
    found: list[dict[str, Any]] = (await response.json())["bookings"]
    return found


async def test_who_booked_sees_the_booking_and_a_student_a_busy_span(
    ask: Ask, world: World, database: Database
) -> None:
    await book(database, world, by=("teacher", "vienna"), at="vienna")
    busy = {
        "resource": world.halls["vienna"].public_id,
        "quantity": 1,
        "start": "2026-11-21T10:00:00Z",
        "end": "2026-11-21T11:00:00Z",
    }
    assert await bookings(ask, "student") == [busy]
    [mine] = await bookings(ask, "teacher")
    assert mine["state"] == "confirmed"
    assert mine["id"]


async def test_the_administrator_of_a_shared_room_sees_who_took_it(ask: Ask, world: World, database: Database) -> None:
    await book(database, world, by=("teacher", "vienna"), at="kyiv")
    assert "id" in (await bookings(ask, "room_admin", "kyiv"))[0]
    assert "id" in (await bookings(ask, "room_admin", "vienna"))[0]
    assert "id" not in (await bookings(ask, "teacher", "kyiv"))[0]


async def test_bookings_of_hidden_rooms_are_not_told(ask: Ask, world: World, database: Database) -> None:
    await book(database, world, by=("teacher", "vienna"), at="vienna")
    assert await bookings(ask, "room_admin", "kyiv") == []
    hidden = {**SATURDAY_MORNING, "resource": world.halls["vienna"].public_id}
    assert (await ask("room_admin", "GET", "/bookings", "kyiv", params=hidden)).status == 404


async def test_bookings_are_asked_by_resource_and_span(ask: Ask, world: World, database: Database) -> None:
    await book(database, world, by=("teacher", "vienna"), at="vienna")
    await book(database, world, by=("teacher", "vienna"), at="kyiv")
    assert len(await bookings(ask, "teacher")) == 2
    assert len(await bookings(ask, "teacher", resource=world.halls["kyiv"].public_id)) == 1
    assert await bookings(ask, "teacher", **{"from": "2026-11-21T11:00:00Z"}) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-11-22"}, "to"),
        ({"to": "2026-11-20T00:00:00Z"}, "to"),
        ({"to": "2027-12-01T00:00:00Z"}, "to"),
        ({"state": "lost"}, "state"),
    ],
)
async def test_a_wrong_span_is_named(ask: Ask, query: dict[str, str], field: str) -> None:
    response = await ask("teacher", "GET", "/bookings", params={**SATURDAY_MORNING, **query})
    assert await wrong_fields(response) == [field]
