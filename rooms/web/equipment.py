"""Equipment and licences over HTTP."""

import msgspec
import sqlalchemy as sa
from aiohttp import web

from rooms import service
from rooms.changes import Amend, Retire
from rooms.resources_model import Equipment, EquipmentPatch, NewEquipment
from rooms.web.base import FIRST_VERSION, changed, once, routes
from rooms.web.views import EquipmentView, equipment_views
from vclass.core.keys import ACTOR, DATABASE, Actor
from vclass.core.paging import Page
from vclass.core.wire import API, Answer, if_match


class EquipmentList(msgspec.Struct, frozen=True):
    """Some equipment, one's own institution's first; ``cursor`` asks for the next ones."""

    equipment: tuple[EquipmentView, ...]
    cursor: str | None = None


@routes.operation("GET", "/equipment", action="rooms.see", summary="Equipment that you can book", problems=(403,))
async def list_equipment(request: web.Request, *, query: Page) -> EquipmentList:
    return await request.app[DATABASE].read(_equipment_list, request[ACTOR], query.cursor)


@routes.operation(
    "GET", "/equipment/{equipment_id}", action="rooms.see", summary="Equipment of one name", problems=(403, 404)
)
async def get_equipment(request: web.Request, *, equipment_id: str) -> Answer[EquipmentView]:
    return await request.app[DATABASE].read(_equipment, request[ACTOR], equipment_id)


@routes.operation(
    "POST",
    "/equipment",
    action="rooms.manage",
    summary="Create equipment or licences at your institution",
    status=201,
    problems=(403, 409),
    creates=True,
)
async def create_equipment(request: web.Request, *, body: NewEquipment) -> Answer[EquipmentView]:
    view = await once(request, body, _add_equipment, EquipmentView)
    return Answer(view, version=FIRST_VERSION, location=f"{API}/equipment/{view.id}")


@routes.operation(
    "PATCH",
    "/equipment/{equipment_id}",
    action="rooms.manage",
    summary="Change equipment of your institution; there are never fewer than are booked",
    problems=(403, 404, 409),
    versioned=True,
)
async def change_equipment(request: web.Request, *, equipment_id: str, body: EquipmentPatch) -> Answer[EquipmentView]:
    await changed(request, Amend(request[ACTOR], equipment_id, Equipment, if_match(request), body))
    return await request.app[DATABASE].read(_equipment, request[ACTOR], equipment_id)


@routes.operation(
    "DELETE",
    "/equipment/{equipment_id}",
    action="rooms.manage",
    summary="Retire equipment for which no booking is to come",
    status=204,
    problems=(403, 404, 409),
    versioned=True,
)
async def retire_equipment(request: web.Request, *, equipment_id: str) -> None:
    await changed(request, Retire(request[ACTOR], equipment_id, Equipment, if_match(request)))


def _add_equipment(connection: sa.Connection, actor: Actor, body: NewEquipment, now: int) -> EquipmentView:
    [view] = equipment_views(connection, [service.add_equipment(connection, actor, body, now)])
    return view


def _equipment(connection: sa.Connection, actor: Actor, equipment_id: str) -> Answer[EquipmentView]:
    pool = service.see(connection, actor, equipment_id, Equipment)
    return Answer(equipment_views(connection, [pool])[0], version=pool.version)


def _equipment_list(connection: sa.Connection, actor: Actor, cursor: str | None) -> EquipmentList:
    found, following = service.page_of_equipment(connection, actor, cursor)
    return EquipmentList(tuple(equipment_views(connection, found)), following)
