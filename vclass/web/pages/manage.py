"""Administering rooms and kit: the list, and the forms of single rooms and kit, which work alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from aiohttp import web

from rooms import (
    LARGEST,
    Amend,
    Equipment,
    EquipmentPatch,
    NameTakenError,
    NewEquipment,
    NewRoom,
    PutPhoto,
    Retire,
    Revive,
    Room,
    RoomPatch,
    StillBookedError,
    add_equipment,
    add_room,
    read_photo,
)
from rooms.changes import Change
from rooms.web import changed
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import InvalidInputError, Refusal, StaleError
from vclass.web.guard import page
from vclass.web.pages import manage_forms, reading_manage
from vclass.web.pages.contexts import Page
from vclass.web.pages.contexts.manage import KitValues, RoomValues
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.manage_forms import Wrong
from vclass.web.pages.manage_view import kit_form, manage_page, room_form
from vclass.web.pages.manage_words import errors_of, errors_of_fields, stale_errors
from vclass.web.pages.notices import see_other
from vclass.web.pages.reading_manage import Thing
from vclass.web.pages.sentences import Errors

routes = web.RouteTableDef()

LIST: Final = "/rooms/manage"
CONFLICT: Final = 409
STALE: Final = 412
UNPROCESSABLE: Final = 422
LARGEST_FORM: Final = 16 * 1024 * 1024
"""Pictures that are too large arrive as far as this, so that the form can say so."""
LONGEST_VERSION: Final = 9

Values: TypeAlias = RoomValues | KitValues
Draft: TypeAlias = NewRoom | NewEquipment


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between rooms and kit: their forms, and what they are made of."""

    of: type[Room] | type[Equipment]
    read: Callable[[Any], Values]
    draft: Callable[[Any], Draft | list[Wrong]]
    form: Callable[..., Page]
    patch: Callable[..., RoomPatch | EquipmentPatch]
    add: Callable[..., Room | Equipment]
    added: str


KINDS: Final = {
    "rooms": Kind(Room, manage_forms.room_values, manage_forms.new_room, room_form, RoomPatch, add_room, "roomadded"),
    "kit": Kind(
        Equipment, manage_forms.kit_values, manage_forms.new_kit, kit_form, EquipmentPatch, add_equipment, "kitadded"
    ),
}
KIND_PATH: Final = LIST + "/{what:rooms|kit}"
THING_PATH: Final = KIND_PATH + "/{id}"
"""The id `new` is the empty form's."""


@routes.get(LIST)
@page(action="rooms.manage")
async def manage(request: web.Request) -> web.Response:
    found = await request.app[DATABASE].read(reading_manage.house, request[ACTOR], request.app[CLOCK]())
    return await show(request, manage_page(found), nav="rooms")


@routes.get(KIND_PATH + "/new")
@page(action="rooms.manage")
async def new(request: web.Request) -> web.Response:
    found = await request.app[DATABASE].read(reading_manage.new_thing, request[ACTOR])
    return await show(request, _kind(request).form(found), nav="rooms")


@routes.post(KIND_PATH)
@page(action="rooms.manage")
async def create(request: web.Request) -> web.Response:
    """Add a room or kit; refused, the form comes back with everything that was typed."""
    kind, actor = _kind(request), request[ACTOR]
    values = kind.read(await request.post())
    if "rows" in request.query:
        return await _new_again(request, values, {}, 200)
    draft = kind.draft(values)
    if isinstance(draft, list):
        return await _new_again(request, values, errors_of_fields(said_to(request), draft), UNPROCESSABLE)
    try:
        made = await request.app[DATABASE].write(kind.add, actor, draft, request.app[CLOCK]())
    except NameTakenError as refusal:
        return await _new_again(request, values, errors_of(refusal, said_to(request), actor.zone), CONFLICT)
    return see_other(request, f"{LIST}/{request.match_info['what']}/{made.public_id}", kind.added)


@routes.get(THING_PATH)
@page(action="rooms.manage")
async def form(request: web.Request) -> web.Response:
    return await show(request, _kind(request).form(await _thing(request)), nav="rooms")


@routes.post(THING_PATH)
@page(action="rooms.manage")
async def save(request: web.Request) -> web.Response:
    """Change what was typed otherwise than it stands there, at the version that the form showed."""
    kind, sent = _kind(request), await request.post()
    values, seen = kind.read(sent), version_of(sent)
    found = await _thing(request, seen)
    if "rows" in request.query:
        return await _again(request, found, values, {}, 200)
    draft = kind.draft(values)
    if isinstance(draft, list):
        return await _again(request, found, values, errors_of_fields(said_to(request), draft), UNPROCESSABLE)
    assert found.found is not None, "there is no form without what it is of"
    patch = kind.patch(**manage_forms.changes(found.found, draft))
    refusal = await _changed(request, Amend(request[ACTOR], found.found.of.public_id, kind.of, seen, patch))
    if refusal is not None:
        return await _refused(request, refusal, seen, values)
    return see_other(request, LIST, "saved")


@routes.post(THING_PATH + "/retire")
@page(action="rooms.manage")
async def retire(request: web.Request) -> web.Response:
    """Take out of use what isn't booked any more."""
    seen = version_of(await request.post())
    wanted = Retire(request[ACTOR], request.match_info["id"], _kind(request).of, seen)
    return await _done(request, wanted, seen, LIST, "retired")


@routes.post(THING_PATH + "/revive")
@page(action="rooms.manage")
async def revive(request: web.Request) -> web.Response:
    """Bring back what was taken out of use."""
    seen = version_of(await request.post())
    wanted = Revive(request[ACTOR], request.match_info["id"], _kind(request).of, seen)
    return await _done(request, wanted, seen, _own_path(request), "revived")


@routes.post(LIST + "/rooms/{id}/photo")
@page(action="rooms.manage", files=LARGEST_FORM)
async def put_photo(request: web.Request) -> web.Response:
    """Give a room a picture."""
    sent = await request.post()
    seen, content = version_of(sent), _content(sent.get("photo"))
    try:
        photo = read_photo(content)
    except InvalidInputError:
        return await _no_picture(request, content)
    wanted = PutPhoto(request[ACTOR], request.match_info["id"], Room, seen, photo)
    return await _done(request, wanted, seen, _own_path(request), "pictured")


@routes.post(LIST + "/rooms/{id}/photo/remove")
@page(action="rooms.manage")
async def remove_photo(request: web.Request) -> web.Response:
    """Take a room's picture away."""
    seen = version_of(await request.post())
    wanted = PutPhoto(request[ACTOR], request.match_info["id"], Room, seen, None)
    return await _done(request, wanted, seen, _own_path(request), "unpictured")


async def _done(request: web.Request, wanted: Change, seen: int, path: str, code: str) -> web.Response:
    """Do what one button says; refused, the form as it is now says why."""
    refusal = await _changed(request, wanted)
    return see_other(request, path, code) if refusal is None else await _refused(request, refusal, seen, None)


async def _changed(request: web.Request, wanted: Change) -> StaleError | NameTakenError | StillBookedError | None:
    """Hand the change in at the desk; a refusal that the form can tell comes back.

    Raises:
        Refusal: Any other one.
    """
    try:
        await changed(request, wanted)
    except (StaleError, NameTakenError, StillBookedError) as refusal:
        return refusal
    return None


async def _refused(request: web.Request, refusal: Refusal, seen: int, values: Values | None) -> web.Response:
    found, said = await _thing(request, seen), said_to(request)
    if not isinstance(refusal, StaleError):
        return await _again(request, found, values, errors_of(refusal, said, request[ACTOR].zone), CONFLICT)
    if found.found is None or values is None:
        return await _again(request, found, values, errors_of(refusal, said, request[ACTOR].zone), STALE)
    stands = manage_forms.values_of(found.found)
    errors = stale_errors(said, found.since.who, found.since.fields, stands, values)
    return await _again(request, found, values, errors, STALE)


async def _no_picture(request: web.Request, content: bytes) -> web.Response:
    why = "photo-large" if len(content) > LARGEST else "photo" if content else "photo-none"
    errors = errors_of_fields(said_to(request), [Wrong("photo", why)])
    return await _again(request, await _thing(request), None, errors, UNPROCESSABLE)


async def _again(
    request: web.Request, found: Thing, values: Values | None, errors: Errors, status: int
) -> web.Response:
    return await show(request, _kind(request).form(found, _rows(request, values), errors), nav="rooms", status=status)


async def _new_again(request: web.Request, values: Values, errors: Errors, status: int) -> web.Response:
    found = await request.app[DATABASE].read(reading_manage.new_thing, request[ACTOR])
    return await _again(request, found, values, errors, status)


def _rows(request: web.Request, values: Values | None) -> Values | None:
    """With more rows of hours, where they were asked for."""
    asked = "rows" in request.query and isinstance(values, RoomValues)
    return manage_forms.with_more_rows(values) if asked else values  # type: ignore[arg-type]  # asked of a room


async def _thing(request: web.Request, seen: int = 0) -> Thing:
    actor, now, public_id = request[ACTOR], request.app[CLOCK](), request.match_info["id"]
    return await request.app[DATABASE].read(reading_manage.thing, actor, public_id, _kind(request).of, seen, now)


def _kind(request: web.Request) -> Kind:
    return KINDS[request.match_info.get("what", "rooms")]


def _own_path(request: web.Request) -> str:
    return f"{LIST}/{request.match_info.get('what', 'rooms')}/{request.match_info['id']}"


def _content(sent: object) -> bytes:
    """The octets of a file, none where no file was chosen; one more than is allowed tells that it is too large."""
    return sent.file.read(LARGEST + 1) if isinstance(sent, web.FileField) else b""


def version_of(sent: Any) -> int:  # noqa: ANN401  aiohttp's multidict
    """The version that the form showed; one that was never there if it tells none."""
    text = str(sent.get("version", ""))
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_VERSION else -1
