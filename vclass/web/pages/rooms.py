"""The list of rooms."""

from collections.abc import Mapping
from itertools import groupby

from aiohttp import web

from rooms import Room
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.people import Institution, Subject, allowed
from vclass.web.guard import page
from vclass.web.pages import reading
from vclass.web.pages.contexts import RoomGroup, RoomRow, RoomsPage
from vclass.web.pages.framing import show
from vclass.web.pages.parts import counted, side
from vclass.web.pages.reading import Stock

routes = web.RouteTableDef()


@routes.get("/rooms")
@page(action="rooms.see")
async def rooms(request: web.Request) -> web.Response:
    actor = request[ACTOR]
    stock = await request.app[DATABASE].read(reading.stock, actor, request.app[CLOCK]())
    homes = stock.seen.around.institutions
    manages = allowed(actor, "rooms.manage", Subject(institution=actor.institution_id))
    manage = "/rooms/manage" if manages else ""
    return await show(request, rooms_page(stock, homes, actor.institution_id, manage), nav="rooms")


def rooms_page(stock: Stock, homes: Mapping[int, Institution], own: int | None, manage: str = "") -> RoomsPage:
    """Rooms by institution, the reader's own first, halls before online rooms."""

    def place(room: Room) -> tuple[bool, str, bool, str]:
        home = room.institution_id
        return home != own, homes[home].name, room.kind == "virtual", room.name

    return RoomsPage(
        tuple(
            RoomGroup(side(homes[owner]), tuple(_row(each) for each in group), _kit(stock, owner))
            for owner, group in groupby(sorted(stock.rooms, key=place), key=lambda each: each.institution_id)
        ),
        manage,
    )


def _kit(stock: Stock, owner: int) -> tuple[str, ...]:
    return tuple(counted(each.name, each.quantity) for each in stock.equipment if each.institution_id == owner)


def _row(room: Room) -> RoomRow:
    return RoomRow(
        room.public_id, room.name, room.kind, room.seats, shared=room.shared, path=f"/rooms/{room.public_id}"
    )
