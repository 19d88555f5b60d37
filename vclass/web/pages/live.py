"""The page of the live lesson: the browser's code draws it; here it gets what it starts from."""

from aiohttp import web

from schedules import told_to
from vclass.admission import Seat
from vclass.core.keys import CLOCK, DATABASE
from vclass.core.refusals import NotSignedInError
from vclass.core.zones import rfc3339
from vclass.web.errors import Problem, document
from vclass.web.guard import page
from vclass.web.pages import sentences
from vclass.web.pages.contexts import ClassroomPage
from vclass.web.pages.framing import show
from vclass.web.pages.join import Invited, entrance, language_of
from vclass.web.pages.keys import ADMISSION
from vclass.web.pages.seats import seat_of
from vclass.web.words import Words, words

routes = web.RouteTableDef()

DOOR_CLOSED = 409


@routes.get("/live/{lesson}")
@page(action="lesson.join")
async def classroom(request: web.Request) -> web.StreamResponse:
    """The classroom for whoever took a seat; the others are asked for their link."""
    seat = await seat_of(request)
    if seat is None:
        raise NotSignedInError
    if not seat.open:
        raise web.HTTPSeeOther(f"{request.path}/left")
    language = language_of(request, seat.entrant)
    data = classroom_data(seat, words(language), request.app[ADMISSION].ticket(seat), request.app[CLOCK]())
    path = f"{request.path}/left"
    return await show(request, ClassroomPage(seat.entrant.title, data, leave_path=path), language)


@routes.post("/live/{lesson}/ticket")
@page(action="lesson.join")
async def renew_ticket(request: web.Request) -> web.Response:
    """A fresh ticket for a page that lost its socket for long."""
    seat = await seat_of(request)
    if seat is None:
        raise NotSignedInError
    if not seat.open:
        return document(_closed(words(language_of(request, seat.entrant)), seat))
    return web.json_response({"ticket": request.app[ADMISSION].ticket(seat)})


@routes.get("/live/{lesson}/left")
@page(action="lesson.join")
async def left(request: web.Request) -> web.Response:
    """Where Leave leads: the lesson as it stands, with the way back in while its door is open."""
    return await _entrance(request)


@routes.post("/live/{lesson}/left")
@page(action="lesson.join")
async def come_back(request: web.Request) -> web.StreamResponse:
    """Join again from the seat that the browser still has."""
    seat = await seat_of(request)
    if seat is not None and seat.open:
        raise web.HTTPSeeOther(f"/live/{seat.entrant.lesson_public_id}")
    return await _entrance(request)


async def _entrance(request: web.Request) -> web.Response:
    seat = await seat_of(request)
    if seat is None:
        raise NotSignedInError
    told = await request.app[DATABASE].read(told_to, seat.entrant)
    return await entrance(request, Invited(*told, seat.places))


def _closed(said: Words, seat: Seat) -> Problem:
    """Why there is no way back into the lesson, for whoever was inside."""
    return Problem("door-closed", "Door closed", DOOR_CLOSED, sentences.of_door(said, seat.door.state))


def classroom_data(seat: Seat, said: Words, ticket: str, now: int) -> dict[str, object]:
    """What ``classroom.js`` starts from; its shape is ``PageData`` in the client's ``page-data.ts``."""
    entrant, meeting = seat.entrant, seat.door.occurrence
    path = f"/live/{entrant.lesson_public_id}"
    city = said.city
    zones = {
        each.zone: {"zone": each.zone, "city": city(each.zone), "hue": each.hue, "code": each.code}
        for each in seat.places
    }
    own = zones.pop(entrant.zone, {"zone": entrant.zone, "city": city(entrant.zone), "hue": 1, "code": ""})
    return {
        "ws_url": f"{path}/ws",
        "ticket": ticket,
        "ticket_url": f"{path}/ticket",
        "leave_url": f"{path}/left",
        "now": rfc3339(now),
        "lesson": {
            "id": entrant.lesson_public_id,
            "title": entrant.title,
            "starts": rfc3339(meeting.starts),
            "ends": rfc3339(meeting.ends),
        },
        "zones": [own, *zones.values()],
        "me": {"name": entrant.name, "language": said.language, "zone": entrant.zone},
    }
