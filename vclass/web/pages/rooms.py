"""The list of rooms."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from aiohttp import web

from rooms import Room
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.people import Institution
from vclass.web.guard import page
from vclass.web.pages import reading
from vclass.web.pages.contexts import RoomGroup, RoomRow, RoomsPage
from vclass.web.pages.framing import show
from vclass.web.pages.parts import side

routes = web.RouteTableDef()


@routes.get("/rooms")
@page(action="rooms.see")
async def rooms(request: web.Request) -> web.Response:
    actor = request[ACTOR]
    stock = await request.app[DATABASE].read(reading.stock, actor, request.app[CLOCK]())
    homes = stock.seen.around.institutions
    return await show(request, rooms_page(stock.rooms, homes, actor.institution_id), nav="rooms")


def rooms_page(rooms: Sequence[Room], homes: Mapping[int, Institution], own: int | None) -> RoomsPage:
    """Rooms by institution, the reader's own first."""
    ordered = sorted(rooms, key=lambda each: (each.institution_id != own, homes[each.institution_id].name, each.name))
    return RoomsPage(
        tuple(
            RoomGroup(side(homes[owner]), tuple(_row(each) for each in group))
            for owner, group in groupby(ordered, key=lambda each: each.institution_id)
        )
    )


def _row(room: Room) -> RoomRow:
    return RoomRow(room.public_id, room.name, room.kind, room.seats, shared=room.shared)
