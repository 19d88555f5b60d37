"""The page of one room: its day or week."""

from aiohttp import web

from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.web.guard import page
from vclass.web.pages import reading_rooms
from vclass.web.pages.contexts.room import View
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.room_view import Shown, room_page

routes = web.RouteTableDef()


@routes.get("/rooms/{room_id}")
@page(action="bookings.see")
async def room(request: web.Request) -> web.Response:
    actor, now = request[ACTOR], request.app[CLOCK]()
    view: View = "day" if request.query.get("view") == "day" else "week"
    asked = request.match_info["room_id"], view, request.query.get("date", "")
    found = await request.app[DATABASE].read(reading_rooms.one_room, actor, *asked, now)
    return await show(request, room_page(Shown(said_to(request), actor, found, now)), nav="rooms")
