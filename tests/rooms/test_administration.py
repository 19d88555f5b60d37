"""Rooms and kit with everything: hours, features, card and picture; changes that go through the desk; retirement."""

import io

import pytest

from tests.rooms.door import ADMIN, Door
from vclass.core import audit

WEEKDAY = {"weekday": "MO", "opens": "08:00", "closes": "24:00"}
TERM = {"weekday": "TU", "opens": "08:00", "closes": "12:30", "valid_from": "2026-10-01", "valid_until": "2027-01-31"}
CARD = {"camera": "two, ceiling", "uplink": "1 Gbit/s"}
EVERYTHING = {
    "kind": "hall",
    "name": "Auditory 5",
    "zone": "Europe/Kiev",
    "seats": 40,
    "features": ["Projector", " hearing  LOOP ", "projector"],
    "hours": [TERM, WEEKDAY],
    "card": CARD,
    "setup_minutes": 15,
    "teardown_minutes": 10,
    "horizon_days": 180,
    "longest_minutes": 240,
    "approval": "required",
    "answer_hours": 48,
    "shared": True,
}
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20
PICTURES = {"image/png": PNG, "image/jpeg": b"\xff\xd8\xff\xe0JFIF", "image/webp": b"RIFF\0\0\0\0WEBPVP8 "}


async def test_a_room_tells_everything_that_was_said_of_it(door: Door) -> None:
    made = await door.made("/rooms", **EVERYTHING)
    told = await (await door.ask("teacher", "GET", f"/rooms/{made['id']}")).json()
    assert told == made
    assert told["features"] == ["hearing loop", "projector"]
    assert (told["hours"], told["card"], told["zone"]) == ([WEEKDAY, TERM], CARD, "Europe/Kyiv")
    plain = ("setup_minutes", "teardown_minutes", "horizon_days", "longest_minutes", "approval", "answer_hours")
    assert {each: told[each] for each in plain} == {each: EVERYTHING[each] for each in plain}


async def test_a_change_touches_what_it_names_alone(door: Door) -> None:
    made = await door.made("/rooms", **EVERYTHING)
    response = await door.change(f"/rooms/{made['id']}", hours=[], horizon_days=None, features=["piano"])
    told = await response.json()
    assert response.headers["ETag"] == '"v2"'
    assert told == {**made, "hours": [], "horizon_days": None, "features": ["piano"]}


async def test_a_change_is_written_down_with_what_was_before(door: Door) -> None:
    made = await door.made("/rooms", **EVERYTHING)
    await door.change(f"/rooms/{made['id']}", features=["piano"], seats=41)
    entries = await door.database.read(audit.history, "resource", await door.id_of(made["id"]))
    assert '"before":{"features":["hearing loop","projector"],"seats":40}' in entries[-1]["facts"]


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("setup_minutes", 7, "setup_minutes"),
        ("setup_minutes", 10**30, "setup_minutes"),
        ("longest_minutes", 0, "longest_minutes"),
        ("horizon_days", -1, "horizon_days"),
        ("hours", [{**WEEKDAY, "closes": "24:05"}], "hours[0].closes"),
        ("hours", [{**TERM, "valid_until": "2026-09-30"}], "hours[0].valid_until"),
        ("hours", [{**TERM, "valid_until": "2026-13-01"}], "hours[0].valid_until"),
        ("features", ["a" * 41], "features[0]"),
        ("card", {"camera": "a\nb"}, "card.camera"),
        ("name", "a\0b", "name"),
    ],
)
async def test_what_a_room_cannot_have_is_named(door: Door, field: str, value: object, wrong: str) -> None:
    response = await door.ask(ADMIN, "POST", "/rooms", json={**EVERYTHING, field: value})
    told = await response.json()
    assert (response.status, [each["field"] for each in told.get("errors", ())]) == (422, [wrong])


async def test_an_address_with_a_nul_leads_nowhere(door: Door) -> None:
    assert (await door.ask("teacher", "GET", "/rooms/a%00b")).status == 404
    assert (await door.ask("teacher", "GET", "/bookings", params={"from": "a\0", "to": "b"})).status == 422


async def test_licences_are_kit_of_another_kind(door: Door) -> None:
    made = await door.made("/equipment", name="Statistics", kind="licence", quantity=30, features=["Floating"])
    told = await door.ask("teacher", "GET", f"/equipment/{made['id']}")
    assert (await told.json(), told.headers["ETag"]) == (made, '"v1"')
    assert (made["kind"], made["features"]) == ("licence", ["floating"])
    assert (await door.ask("teacher", "GET", f"/rooms/{made['id']}")).status == 404


async def test_of_two_changes_of_one_version_the_second_is_stale(door: Door) -> None:
    made = await door.made("/equipment", name="Projector", quantity=3)
    path = f"/equipment/{made['id']}"
    assert (await door.change(path, 1, quantity=4)).status == 200
    assert (await door.change(path, 1, quantity=5)).status == 412
    assert (await door.ask(ADMIN, "PATCH", path, json={"quantity": 5})).status == 428


async def test_a_pool_never_has_fewer_than_are_booked(door: Door) -> None:
    made = await door.made("/equipment", name="Projector", quantity=4)
    pool, path = await door.id_of(made["id"]), f"/equipment/{made['id']}"
    await door.book(pool, 1, quantity=2)
    await door.book(pool, 2, quantity=3)
    refused = await door.change(path, quantity=2)
    told = await refused.json()
    assert (refused.status, told["type"], told["least"]) == (409, "still-booked", 3)
    assert [(each["start"], each["end"]) for each in told["bookings"]] == [
        ("2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z")
    ]
    assert (await door.change(path, quantity=told["least"])).status == 200


async def test_a_pool_of_one_becomes_exclusive_and_back_while_it_is_booked(door: Door) -> None:
    made = await door.made("/equipment", name="Projector", quantity=2)
    pool, path = await door.id_of(made["id"]), f"/equipment/{made['id']}"
    await door.book(pool)
    assert (await door.change(path, 1, quantity=1)).status == 200
    assert await door.held() == [(pool, 1, True)]
    assert (await door.change(path, 2, quantity=3)).status == 200
    assert await door.held() == [(pool, 1, False)]
    assert (await door.book(pool, quantity=2)).taken


async def test_a_blocking_takes_the_whole_pool_however_large_it_becomes(door: Door) -> None:
    made = await door.made("/equipment", name="Projector", quantity=2)
    pool, path = await door.id_of(made["id"]), f"/equipment/{made['id']}"
    blocking = {"resources": [made["id"]], "start": "2026-11-22T00:00", "end": "2026-11-22T12:00", "reason": "Check"}
    await door.made("/blockings", **blocking)
    assert (await door.change(path, 1, quantity=5)).status == 200
    assert await door.held() == [(pool, 5, False)]
    assert (await door.change(path, 2, quantity=1)).status == 200
    assert await door.held() == [(pool, 1, True)]


async def test_a_room_with_bookings_to_come_is_not_retired(door: Door) -> None:
    hall = door.world.halls["vienna"]
    booked = (await door.book(hall.id, 2)).taken[0].public_id
    refused = await door.retire(f"/rooms/{hall.public_id}")
    told = await refused.json()
    assert (refused.status, [each["id"] for each in told["bookings"]]) == (409, [booked])
    assert told["until"] == "2026-11-21T13:00:00Z"


async def test_a_room_without_bookings_to_come_is_retired_for_good(door: Door) -> None:
    hall = door.world.halls["vienna"]
    await door.book(hall.id, -2)
    assert (await door.retire(f"/rooms/{hall.public_id}")).status == 204
    assert (await door.ask("teacher", "GET", f"/rooms/{hall.public_id}")).status == 404
    assert [each.reason for each in (await door.book(hall.id)).clashes] == ["retired"]


async def test_a_request_stands_in_the_way_of_retirement_too(door: Door) -> None:
    made = await door.made("/rooms", **EVERYTHING | {"hours": []})
    room = await door.id_of(made["id"])
    assert [each.state for each in (await door.book(room, 2)).taken] == ["requested"]
    assert (await door.retire(f"/rooms/{made['id']}")).status == 409


async def test_only_administrators_of_the_house_retire(door: Door) -> None:
    path, version = f"/rooms/{door.world.halls['kyiv'].public_id}", {"If-Match": '"v1"'}
    assert (await door.ask(ADMIN, "DELETE", path, headers=version)).status == 403
    assert (await door.ask("teacher", "DELETE", path, "kyiv", headers=version)).status == 403
    assert (await door.ask(ADMIN, "DELETE", path, "kyiv", headers=version)).status == 204


async def put_photo(door: Door, content: bytes, kind: str, version: int = 1) -> int:
    path, headers = photo_path(door), {"If-Match": f'"v{version}"', "Content-Type": kind}
    return (await door.ask(ADMIN, "PUT", path, data=io.BytesIO(content), headers=headers)).status


def photo_path(door: Door) -> str:
    return f"/rooms/{door.world.halls['vienna'].public_id}/photo"


@pytest.mark.parametrize("kind", PICTURES)
async def test_a_picture_is_served_as_what_it_is(door: Door, kind: str) -> None:
    assert await put_photo(door, PICTURES[kind], "image/png") == 204
    response = await door.ask("student", "GET", photo_path(door))
    assert (response.status, response.content_type, await response.read()) == (200, kind, PICTURES[kind])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    room = await (await door.ask("student", "GET", photo_path(door).removesuffix("/photo"))).json()
    assert room["photo"] == f"/api/v1{photo_path(door)}"


async def test_a_picture_that_the_reader_has_is_not_sent_again(door: Door) -> None:
    await put_photo(door, PNG, "image/png")
    tag = (await door.ask("student", "GET", photo_path(door))).headers["ETag"]
    again = await door.ask("student", "GET", photo_path(door), headers={"If-None-Match": tag})
    assert (again.status, await again.read()) == (304, b"")
    await put_photo(door, PNG + b"more", "image/png", 2)
    assert (await door.ask("student", "GET", photo_path(door), headers={"If-None-Match": tag})).status == 200


async def test_who_may_not_see_a_room_does_not_see_its_picture(door: Door) -> None:
    await put_photo(door, PNG, "image/png")
    assert (await door.ask("teacher", "GET", photo_path(door), "kyiv")).status == 404


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"<svg onload='alert(1)'/>", "image/png", 422),
        (PNG, "image/svg+xml", 415),
        (PNG + b"\0" * 2 * 1024 * 1024, "image/png", 413),
        (b"", "image/png", 422),
    ],
)
async def test_what_is_no_picture_is_refused(door: Door, content: bytes, kind: str, status: int) -> None:
    assert await put_photo(door, content, kind) == status


async def test_a_picture_of_two_mebibytes_less_a_little_is_taken(door: Door) -> None:
    large = PNG + b"\0" * (2 * 1024 * 1024 - 100)
    assert await put_photo(door, large, "image/png") == 204
    assert await (await door.ask("student", "GET", photo_path(door))).read() == large


async def test_a_picture_can_be_taken_away(door: Door) -> None:
    await put_photo(door, PNG, "image/png")
    headers = {"If-Match": '"v2"'}
    assert (await door.ask(ADMIN, "DELETE", photo_path(door), headers=headers)).status == 204
    assert (await door.ask("student", "GET", photo_path(door))).status == 404


async def test_new_hours_hold_for_new_bookings_alone(door: Door) -> None:
    hall = door.world.halls["vienna"]
    stands = await door.book(hall.id, 2)
    monday = [{"weekday": "MO", "opens": "08:00", "closes": "20:00"}]
    assert (await door.change(f"/rooms/{hall.public_id}", hours=monday)).status == 200
    assert [each.reason for each in (await door.book(hall.id, 4)).clashes] == ["outside_hours"]
    params = {"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"}
    told = await (await door.ask("teacher", "GET", "/bookings", params=params)).json()
    assert [each["id"] for each in told["bookings"]] == [stands.taken[0].public_id]
