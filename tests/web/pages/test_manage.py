"""Administering rooms and kit with forms: nothing that was typed is lost, and every refusal stands beside its field."""

import io
from typing import Any

import pytest
from aiohttp import FormData

from rooms import Room, see_rooms
from tests.web.pages.campus import BROWSER, JOSEF, Campus, Shown, Visitor
from tests.web.pages.test_room import actor
from vclass.core.keys import Actor

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20
NEW = "/rooms/manage/rooms/new"
FORM = {
    "name": "Lab 12",
    "kind": "hall",
    "zone": "Europe/Vienna",
    "seats": "16",
    "features": "Step-free\ntwo  projectors",
    "approval": "required",
    "answer_hours": "48",
    "setup_minutes": "10",
    "teardown_minutes": "5",
    "horizon_days": "90",
    "longest_minutes": "",
    "place": "second floor",
    "camera": "1080p",
}
HOURS = (("MO-FR", "7.30", "17:30", "", ""), ("SA", "09:00", "12:00", "2027-07-01", "2027-08-31"), ("", "", "", "", ""))


@pytest.fixture
async def josef(campus: Campus) -> Visitor:
    """Who administers Vienna."""
    return await campus.person(JOSEF)


@pytest.fixture
async def own(campus: Campus) -> Actor:
    return await actor(campus, JOSEF)


@pytest.fixture
async def other(campus: Campus) -> Visitor:
    """The same person at another desk."""
    return await campus.person(JOSEF)


async def send(visitor: Visitor, path: str, fields: list[tuple[str, Any]]) -> Shown:
    """Send a form in which a field may come more than once, or be a file."""
    data = FormData()
    for name, value in [("csrf", visitor.csrf), *fields]:
        more = {"filename": "room.png", "content_type": "image/png"} if isinstance(value, bytes) else {}
        data.add_field(name, io.BytesIO(value) if more else value, **more)
    response = await visitor.client.post(path, data=data, headers=BROWSER, allow_redirects=False)
    return await visitor._shown(response)


def fields(hours: tuple[tuple[str, ...], ...] = (), **changes: str) -> list[tuple[str, Any]]:
    names = ("weekday", "opens", "closes", "since", "until")
    rows = [pair for row in hours for pair in zip(names, row, strict=True)]
    return [*(FORM | changes).items(), *rows]


async def made(visitor: Visitor, **changes: str) -> str:
    """The path of the form of a room that was added."""
    await visitor.get(NEW)
    answer = await visitor.post("/rooms/manage/rooms", FORM | changes)
    assert answer.status == 303, answer.text
    return answer.location


async def room_of(campus: Campus, own: Actor, name: str = "Lab 12") -> Room:
    return next(each for each in await campus.database.read(see_rooms, own) if each.name == name)


async def test_the_list_is_for_those_who_administer_rooms(campus: Campus, anna: Visitor, josef: Visitor) -> None:
    assert 'href="/rooms/manage"' not in (await anna.get("/rooms")).html
    assert (await anna.get("/rooms/manage")).status == 403
    assert (await (await campus.visitor()).get("/rooms/manage")).location.startswith("/sign-in")
    assert 'href="/rooms/manage"' in (await josef.get("/rooms")).html
    shown = await josef.get("/rooms/manage")
    assert ("A-101" in shown.text, "Document camera" in shown.text, "2 of 2" in shown.text) == (True, True, True)
    assert "Hall 214" not in shown.text


@pytest.mark.parametrize("path", ["/closed", "/custody", "/rooms/new", "/kit/new"])
async def test_no_page_of_administrators_is_for_teachers(anna: Visitor, path: str) -> None:
    await anna.get("/rooms")
    assert (await anna.get(f"/rooms/manage{path}")).status == 403
    assert (await anna.post("/rooms/manage/rooms", FORM)).status == 403


async def test_things_of_other_houses_are_not_there(campus: Campus, josef: Visitor) -> None:
    path = f"/rooms/manage/rooms/{campus.ids.hall214}"
    assert (await josef.get(path)).status == 404
    for way in ("", "/retire", "/revive", "/photo/remove"):
        assert (await josef.post(path + way, FORM | {"version": "1"})).status in {403, 404}
    assert (await josef.get(f"/rooms/manage/kit/{campus.ids.a101}")).status == 404


async def test_a_room_is_added_with_everything(campus: Campus, josef: Visitor, own: Actor) -> None:
    await josef.get(NEW)
    answer = await send(josef, "/rooms/manage/rooms", fields(HOURS, shared="yes"))
    room = await room_of(campus, own)
    assert answer.location == f"/rooms/manage/rooms/{room.public_id}"
    assert (room.seats, room.shared, room.approval, room.card.place) == (16, True, "required", "second floor")
    assert (room.terms.horizon_days, room.terms.longest_minutes, room.terms.setup_minutes) == (90, None, 10)
    shown = await josef.get(answer.location)
    assert "Added. Now you can send a picture of the room." in shown.text
    assert shown.value("features") == "step-free\ntwo projectors"
    assert [shown.values(name)[:2] for name in ("opens", "closes")] == [["07:30", "09:00"], ["17:30", "12:00"]]
    assert (shown.chosen("weekday"), '<option value="SA" selected>' in shown.html) == ("MO-FR", True)
    assert shown.html.count('value="2027-07-01"') == 1


async def test_everything_wrong_is_said_at_once_and_everything_typed_is_kept(josef: Visitor) -> None:
    await josef.get(NEW)
    dates = ("WE", "1:00", "2:00", "2027-02-02", "2027-01-01")
    hours = (("MO", "18:00", "08:00", "", ""), ("", "08:00", "09:00", "", ""), ("TU", "late", "", "", ""), dates)
    typed = {"name": " ", "seats": "many", "setup_minutes": "7", "camera": "c" * 201, "features": "a,b"}
    shown = await send(josef, "/rooms/manage/rooms", fields(hours, **typed))
    assert (shown.status, "9 fields need another look" in shown.text) == (422, True)
    for each in ("Write a name", "how many seats", "from 0 to 720", "of at most 200", "without commas"):
        assert each in shown.text, each
    for each in ("It closes before it opens", "Choose a day for", "Write both times", "last of these dates"):
        assert each in shown.text, each
    assert (shown.value("seats"), shown.value("features"), shown.value("place")) == ("many", "a,b", "second floor")
    assert shown.values("opens")[:3] == ["18:00", "08:00", "late"]


async def test_a_name_that_is_taken_is_said_beside_the_name(josef: Visitor) -> None:
    await josef.get(NEW)
    shown = await josef.post("/rooms/manage/rooms", FORM | {"name": "A-101"})
    assert (shown.status, shown.value("name"), shown.value("seats")) == (409, "A-101", "16")
    assert "has this name already" in shown.text
    path = await made(josef)
    shown = await josef.post(path, FORM | {"name": "A-101", "version": "1"})
    assert (shown.status, "has this name already" in shown.text) == (409, True)


async def test_more_rows_of_hours_come_without_saving(josef: Visitor) -> None:
    await josef.get(NEW)
    shown = await send(josef, "/rooms/manage/rooms?rows=more", fields(HOURS, name="Half a na"))
    assert (shown.status, shown.value("name"), len(shown.values("opens"))) == (200, "Half a na", 6)
    path = await made(josef)
    shown = await send(josef, f"{path}?rows=more", [*fields(HOURS), ("version", "1")])
    assert (shown.value("version"), len(shown.values("opens"))) == ("1", 6)


async def test_a_change_is_saved_once_and_only_what_changed(campus: Campus, josef: Visitor, own: Actor) -> None:
    path = await made(josef)
    shown = await josef.send(path, FORM | {"version": "1", "seats": "17", "horizon_days": ""})
    assert "Saved." in shown.text
    room = await room_of(campus, own)
    assert (room.seats, room.terms.horizon_days, room.version) == (17, None, 2)
    row = await campus.database.read(lambda c: c.exec_driver_sql("select facts from audit order by id desc").scalar())
    assert row == '{"before":{"horizon_days":90,"seats":16},"after":{"horizon_days":null,"seats":17}}'


async def test_a_stale_form_says_who_changed_what_and_keeps_what_was_typed(
    campus: Campus, josef: Visitor, other: Visitor, own: Actor
) -> None:
    path = await made(josef)
    await other.get(path)
    hours = (("MO", "08:00", "12:00", "", ""),)
    changed = fields(hours, seats="30", contact="Eva", approval="none", shared="yes")
    assert (await send(other, path, [*changed, ("version", "1")])).status == 303
    shown = await josef.post(path, FORM | {"version": "1", "seats": "20", "place": "third floor"})
    assert shown.status == 412
    assert "Josef Huber changed this while you were looking at it: Seats, Approval" in shown.text
    assert (shown.value("seats"), shown.value("place"), shown.value("version")) == ("20", "third floor", "2")
    for each in ("30", "none needed", "yes", "Monday 08:00–12:00", "Eva"):
        assert f"Stands there now: {each}" in shown.text
    await josef.send(path, FORM | {"version": "2", "seats": "20", "place": "third floor"})
    assert ((await room_of(campus, own)).seats, (await room_of(campus, own)).card.place) == (20, "third floor")


async def test_what_is_booked_is_not_taken_out_of_use(campus: Campus, anna: Visitor, josef: Visitor) -> None:
    await campus.booked(anna)
    path = f"/rooms/manage/rooms/{campus.ids.a101}"
    assert "6 bookings are to come" in (await josef.get(path)).text
    shown = await josef.post(f"{path}/retire", {"version": "1"})
    assert (shown.status, "asked for until 6 April 2027" in shown.text) == (409, True)


async def test_a_room_goes_out_of_use_and_comes_back(josef: Visitor, anna: Visitor) -> None:
    path = await made(josef)
    shown = await josef.send(f"{path}/retire", {"version": "1"})
    assert "Taken out of use." in shown.text
    assert "Out of use Own lessons only" in shown.text
    assert "Lab 12" not in (await anna.get("/rooms")).text
    assert (await josef.get(path)).html.count('<fieldset class="stack g5" disabled>') == 1
    assert (await josef.post(f"{path}/revive", {"version": "1"})).status == 412
    assert "Back in use." in (await josef.send(f"{path}/revive", {"version": "2"})).text
    assert "Lab 12" in (await anna.get("/rooms")).text


async def test_a_picture_is_sent_shown_and_removed(josef: Visitor, anna: Visitor) -> None:
    path = await made(josef)
    answer = await send(josef, f"{path}/photo", [("version", "1"), ("photo", PNG)])
    shown = await josef.get(answer.location)
    assert "The picture is there now." in shown.text
    picture = shown.html.partition('<img src="')[2].partition('"')[0]
    response = await anna.client.get(picture)
    assert (response.content_type, await response.read()) == ("image/png", PNG)
    assert picture in (await anna.get(path.replace("/manage/rooms", ""))).html
    assert "The picture is gone." in (await josef.send(f"{path}/photo/remove", {"version": "2"})).text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a", "This is no picture that browsers show."),
        (PNG + b"\0" * 2 * 1024 * 1024, "This picture is larger than 2 MB."),
        ("", "Choose a picture first."),
    ],
)
async def test_what_is_no_picture_is_said_beside_the_field(josef: Visitor, content: bytes | str, sentence: str) -> None:
    path = await made(josef)
    shown = await send(josef, f"{path}/photo", [("version", "1"), ("photo", content)])
    assert (shown.status, sentence in shown.text, shown.value("name")) == (422, True, "Lab 12")


async def test_a_file_comes_in_by_the_door_for_files_alone(josef: Visitor) -> None:
    path = await made(josef)
    assert (await send(josef, path, [("version", "1"), ("photo", PNG)])).status == 415
    huge = await send(josef, f"{path}/photo", [("photo", b"\0" * 17 * 1024 * 1024)])
    assert huge.status == 413
    stranger = await send(Visitor(josef.client, "wrong"), f"{path}/photo", [("photo", PNG)])
    assert stranger.status == 403


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=B", b"--B\r\nbroken"),
        ("multipart/form-data; boundary=B", b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n"),
        ("multipart/form-data; boundary=B", b"--B\r\n" + b"a" * 20_000 + b"\r\n\r\n--B--\r\n"),
        ("multipart/mixed; boundary=B", b"--B--\r\n"),
    ],
)
async def test_a_broken_form_with_files_is_refused(josef: Visitor, kind: str, body: bytes) -> None:
    path = await made(josef)
    headers = BROWSER | {"Content-Type": kind, "X-CSRF-Token": josef.csrf}
    response = await josef.client.post(f"{path}/photo", data=body, headers=headers, allow_redirects=False)
    assert response.status in {400, 422}


async def test_equipment_is_added_changed_and_never_fewer_than_booked(
    campus: Campus, anna: Visitor, josef: Visitor
) -> None:
    await josef.get("/rooms/manage/kit/new")
    form = {"name": "Slide set", "kind": "equipment", "quantity": "3", "approval": "none", "features": "loud"}
    numbers = {"answer_hours": "72", "setup_minutes": "0", "teardown_minutes": "0"}
    assert (await josef.post("/rooms/manage/kit", form | numbers | {"quantity": "0"})).status == 422
    path = (await josef.post("/rooms/manage/kit", form | numbers)).location
    kit = path.rpartition("/")[2]
    await campus.booked(anna, **{f"kit-{kit}": "2"})
    shown = await josef.post(path, form | numbers | {"version": "1", "quantity": "1"})
    assert (shown.status, "2 are booked at one moment to come" in shown.text) == (409, True)
    assert "Saved." in (await josef.send(path, form | numbers | {"version": "1", "quantity": "2"})).text
    assert (await josef.post(f"{path}/retire", {"version": "2"})).status == 409


@pytest.mark.parametrize("language", ["en", "uk"])
async def test_every_page_of_administrators_is_there_in_every_language(josef: Visitor, language: str) -> None:
    path = await made(josef)
    await josef.get("/settings")
    await josef.send("/settings/language", {"language": language, "next": "/"})
    for each in ("", "/closed", "/custody", "/rooms/new", "/kit/new", path.removeprefix("/rooms/manage")):
        shown = await josef.get(f"/rooms/manage{each}")
        assert (shown.status, f'<html lang="{language}"' in shown.html) == (200, True), each
