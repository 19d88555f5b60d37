"""The API of rooms, equipment and bookings: decode, one call, encode."""

from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec
import sqlalchemy as sa
from aiohttp import web

from rooms import service
from rooms.model import Approval, Busy, Equipment, NewEquipment, NewRoom, Room, RoomKind, RoomPatch, State
from vclass import people
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.paging import Page, bounded, page
from vclass.core.refusals import NotSignedInError
from vclass.core.spans import Span
from vclass.core.wire import API, Answer, Routes, if_match
from vclass.core.zones import parse_rfc3339, rfc3339

Body = TypeVar("Body", NewRoom, NewEquipment)
Value = TypeVar("Value")

FIRST_VERSION = 1

routes = Routes("rooms")


class RoomView(msgspec.Struct, frozen=True):
    """A hall or a virtual room."""

    id: str
    institution: str
    kind: RoomKind
    name: str
    zone: str
    seats: int
    shared: bool
    approval: Approval


class RoomList(msgspec.Struct, frozen=True):
    """Some rooms, one's own institution's first; ``cursor`` asks for the next ones."""

    rooms: tuple[RoomView, ...]
    cursor: str | None = None


class EquipmentView(msgspec.Struct, frozen=True):
    """Equipment of which there are so many alike."""

    id: str
    institution: str
    name: str
    quantity: int
    shared: bool


class EquipmentList(msgspec.Struct, frozen=True):
    """Some equipment, one's own institution's first; ``cursor`` asks for the next ones."""

    equipment: tuple[EquipmentView, ...]
    cursor: str | None = None


class BookingView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of a resource that is taken; who may not know by what gets no ``id``, ``institution`` and ``state``."""

    resource: str
    quantity: int
    start: str
    end: str
    id: str | None = None
    institution: str | None = None
    state: State | None = None


class BookingList(msgspec.Struct, frozen=True):
    """What is taken, by start; ``cursor`` asks for the next ones."""

    bookings: tuple[BookingView, ...]
    cursor: str | None = None


class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Which bookings: in a span of instants (RFC 3339, 370 days at most), of one resource or of all.

    What is cancelled takes nothing, so it is not in the list.
    """

    from_: str
    to: str
    resource: str | None = None
    state: Literal["confirmed"] = "confirmed"
    cursor: str | None = None


@routes.operation("GET", "/rooms", action="rooms.see", summary="Rooms that you can book", problems=(403,))
async def list_rooms(request: web.Request, *, query: Page) -> RoomList:
    views = await request.app[DATABASE].read(_room_views, request[ACTOR])
    shown, cursor = page(views, query.cursor)
    return RoomList(tuple(shown), cursor)


@routes.operation("GET", "/rooms/{room_id}", action="rooms.see", summary="One room", problems=(403, 404))
async def get_room(request: web.Request, *, room_id: str) -> Answer[RoomView]:
    return await request.app[DATABASE].read(_see_room, request[ACTOR], room_id)


@routes.operation(
    "POST",
    "/rooms",
    action="rooms.manage",
    summary="Create a room at your institution",
    status=201,
    problems=(403, 409),
    creates=True,
)
async def create_room(request: web.Request, *, body: NewRoom) -> Answer[RoomView]:
    view = await _once(request, body, _add_room, RoomView)
    return Answer(view, version=FIRST_VERSION, location=f"{API}/rooms/{view.id}")


@routes.operation(
    "PATCH",
    "/rooms/{room_id}",
    action="rooms.manage",
    summary="Change a room of your institution",
    problems=(403, 404, 409),
    versioned=True,
)
async def change_room(request: web.Request, *, room_id: str, body: RoomPatch) -> Answer[RoomView]:
    version, now = if_match(request), request.app[CLOCK]()
    return await request.app[DATABASE].write(_change_room, request[ACTOR], room_id, body, version, now)


@routes.operation("GET", "/equipment", action="rooms.see", summary="Equipment that you can book", problems=(403,))
async def list_equipment(request: web.Request, *, query: Page) -> EquipmentList:
    views = await request.app[DATABASE].read(_equipment_views, request[ACTOR])
    shown, cursor = page(views, query.cursor)
    return EquipmentList(tuple(shown), cursor)


@routes.operation(
    "POST",
    "/equipment",
    action="rooms.manage",
    summary="Create equipment at your institution",
    status=201,
    problems=(403, 409),
    creates=True,
)
async def create_equipment(request: web.Request, *, body: NewEquipment) -> Answer[EquipmentView]:
    return Answer(await _once(request, body, _add_equipment, EquipmentView))


@routes.operation(
    "GET",
    "/bookings",
    action="bookings.see",
    summary="What is taken when; details only where you may see them",
    problems=(403, 404),
)
async def list_bookings(request: web.Request, *, query: Taken) -> BookingList:
    span = bounded(parse_rfc3339(query.from_, "from"), parse_rfc3339(query.to, "to"))
    return await request.app[DATABASE].read(_booking_list, request[ACTOR], query, span)


async def _once(
    request: web.Request, body: Body, work: Callable[[sa.Connection, Actor, Body, int], Value], view: type[Value]
) -> Value:
    """Do the work in one transaction with its Idempotency-Key, or give the answer that is stored under it."""
    actor, now = request[ACTOR], request.app[CLOCK]()
    if actor.person_id is None:
        raise NotSignedInError
    key = idempotency.key_of(actor.person_id, request.headers.get("Idempotency-Key"), body)

    def write(connection: sa.Connection) -> bytes:
        return idempotency.once(connection, key, now, lambda: msgspec.json.encode(work(connection, actor, body, now)))

    return msgspec.json.decode(await request.app[DATABASE].write(write), type=view)


def _add_room(connection: sa.Connection, actor: Actor, body: NewRoom, now: int) -> RoomView:
    return _room_view(service.add_room(connection, actor, body, now), _institutions(connection))


def _add_equipment(connection: sa.Connection, actor: Actor, body: NewEquipment, now: int) -> EquipmentView:
    return _equipment_view(service.add_equipment(connection, actor, body, now), _institutions(connection))


def _change_room(
    connection: sa.Connection, actor: Actor, room_id: str, body: RoomPatch, version: int, now: int
) -> Answer[RoomView]:
    room = service.change_room(connection, actor, room_id, body, version=version, now=now)
    return Answer(_room_view(room, _institutions(connection)), version=room.version)


def _see_room(connection: sa.Connection, actor: Actor, room_id: str) -> Answer[RoomView]:
    room = service.see_room(connection, actor, room_id)
    return Answer(_room_view(room, _institutions(connection)), version=room.version)


def _room_views(connection: sa.Connection, actor: Actor) -> list[RoomView]:
    institutions = _institutions(connection)
    return [_room_view(each, institutions) for each in service.see_rooms(connection, actor)]


def _equipment_views(connection: sa.Connection, actor: Actor) -> list[EquipmentView]:
    institutions = _institutions(connection)
    return [_equipment_view(each, institutions) for each in service.see_equipment(connection, actor)]


def _booking_list(connection: sa.Connection, actor: Actor, query: Taken, span: Span) -> BookingList:
    institutions = _institutions(connection)
    found, cursor = service.see_bookings(connection, actor, query.resource, span, query.cursor)
    return BookingList(tuple(_booking_view(busy, institutions, details=details) for busy, details in found), cursor)


def _institutions(connection: sa.Connection) -> dict[int, str]:
    """The public id of each institution."""
    return {each.id: each.public_id for each in people.institutions(connection)}


def _room_view(each: Room, institutions: dict[int, str]) -> RoomView:
    return RoomView(
        id=each.public_id,
        institution=institutions[each.institution_id],
        kind=each.kind,
        name=each.name,
        zone=each.zone,
        seats=each.seats,
        shared=each.shared,
        approval=each.approval,
    )


def _equipment_view(each: Equipment, institutions: dict[int, str]) -> EquipmentView:
    return EquipmentView(
        id=each.public_id,
        institution=institutions[each.institution_id],
        name=each.name,
        quantity=each.quantity,
        shared=each.shared,
    )


def _booking_view(each: Busy, institutions: dict[int, str], *, details: bool) -> BookingView:
    busy = BookingView(
        resource=each.resource_public_id,
        quantity=each.quantity,
        start=rfc3339(each.starts),
        end=rfc3339(each.ends),
    )
    if not details:
        return busy
    institution = institutions[each.institution_id]
    return msgspec.structs.replace(busy, id=each.public_id, institution=institution, state=each.state)
