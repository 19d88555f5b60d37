"""Rooms over HTTP."""

import msgspec
import sqlalchemy as sa
from aiohttp import web

from rooms import service
from rooms.changes import Amend, Retire
from rooms.resources_model import NewRoom, Room, RoomPatch
from rooms.web.base import FIRST_VERSION, changed, once, routes
from rooms.web.views import RoomView, room_views
from vclass.core.keys import ACTOR, DATABASE, Actor
from vclass.core.paging import Page
from vclass.core.wire import API, Answer, if_match


class RoomList(msgspec.Struct, frozen=True):
    """Some rooms, one's own institution's first; ``cursor`` asks for the next ones."""

    rooms: tuple[RoomView, ...]
    cursor: str | None = None


@routes.operation("GET", "/rooms", action="rooms.see", summary="Rooms that you can book", problems=(403,))
async def list_rooms(request: web.Request, *, query: Page) -> RoomList:
    return await request.app[DATABASE].read(_room_list, request[ACTOR], query.cursor)


@routes.operation("GET", "/rooms/{room_id}", action="rooms.see", summary="One room", problems=(403, 404))
async def get_room(request: web.Request, *, room_id: str) -> Answer[RoomView]:
    return await request.app[DATABASE].read(_room, request[ACTOR], room_id)


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
    view = await once(request, body, _add_room, RoomView)
    return Answer(view, version=FIRST_VERSION, location=f"{API}/rooms/{view.id}")


@routes.operation(
    "PATCH",
    "/rooms/{room_id}",
    action="rooms.manage",
    summary="Change a room of your institution; hours, buffers and approval hold for new bookings",
    problems=(403, 404, 409),
    versioned=True,
)
async def change_room(request: web.Request, *, room_id: str, body: RoomPatch) -> Answer[RoomView]:
    await changed(request, Amend(request[ACTOR], room_id, Room, if_match(request), body))
    return await request.app[DATABASE].read(_room, request[ACTOR], room_id)


@routes.operation(
    "DELETE",
    "/rooms/{room_id}",
    action="rooms.manage",
    summary="Retire a room for which no booking is to come; what took place in it stays",
    status=204,
    problems=(403, 404, 409),
    versioned=True,
)
async def retire_room(request: web.Request, *, room_id: str) -> None:
    await changed(request, Retire(request[ACTOR], room_id, Room, if_match(request)))


def _add_room(connection: sa.Connection, actor: Actor, body: NewRoom, now: int) -> RoomView:
    [view] = room_views(connection, [service.add_room(connection, actor, body, now)])
    return view


def _room(connection: sa.Connection, actor: Actor, room_id: str) -> Answer[RoomView]:
    room = service.see_room(connection, actor, room_id)
    return Answer(room_views(connection, [room])[0], version=room.version)


def _room_list(connection: sa.Connection, actor: Actor, cursor: str | None) -> RoomList:
    found, following = service.page_of_rooms(connection, actor, cursor)
    return RoomList(tuple(room_views(connection, found)), following)
