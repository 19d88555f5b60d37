"""Finding a time: what to look for, the times that were found, and the way on into the booking form."""

from typing import Any, Final

from aiohttp import web

from schedules import find_slots
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import InvalidInputError
from vclass.web.guard import page
from vclass.web.pages import forms, reading, slot_forms
from vclass.web.pages.booking_view import empty_form
from vclass.web.pages.contexts import BookingValues
from vclass.web.pages.contexts.slots import SlotsPage, SlotValues
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.slots_view import Searching, slots_page

routes = web.RouteTableDef()

UNPROCESSABLE: Final = 422


@routes.get("/slots")
@page(action="slots.find")
async def slots(request: web.Request) -> web.Response:
    """The form, with the partner and the rooms of most lessons."""
    asked = await _searching(request, None)
    return await _show(request, slots_page(asked))


@routes.post("/slots")
@page(action="slots.find")
async def look(request: web.Request) -> web.Response:
    form = await request.post()
    return await _look(request, slot_forms.slot_values(form), slot_forms.booking_carried(form))


@routes.post("/slots/new")
@page(action="slots.find")
async def look_for_booking(request: web.Request) -> web.Response:
    """From the booking form: look for a time at once, for what was typed there."""
    booking = forms.booking_values(await request.post())
    asked = await _searching(request, booking)
    return await _look(request, asked.values, booking)


async def _searching(request: web.Request, booking: BookingValues | None) -> Searching:
    """What there is to choose from, and the form for a booking; without one for a usual one."""
    actor, now, said = request[ACTOR], request.app[CLOCK](), said_to(request)
    stock = await request.app[DATABASE].read(reading.stock, actor, now)
    typed = empty_form(said, actor, stock).values if booking is None else booking
    asked = Searching(said, actor, stock, SlotValues(), typed)
    values = slot_forms.from_booking(typed, (actor.email, asked.home), now)
    return Searching(said, actor, stock, values, typed)


async def _look(request: web.Request, values: SlotValues, booking: BookingValues) -> web.Response:
    """Find times; what can't be read is told beside its field."""
    actor, now, database = request[ACTOR], request.app[CLOCK](), request.app[DATABASE]
    stock = await database.read(reading.stock, actor, now)
    asked = Searching(said_to(request), actor, stock, values, booking)
    try:
        body = slot_forms.question(values, booking, asked.home)
        found = await database.read(find_slots, actor, body, now, language=asked.said.language)
    except InvalidInputError as refusal:
        errors = slot_forms.slot_errors(asked.said, refusal.errors, values)
        return await _show(request, slots_page(asked, errors=errors), status=UNPROCESSABLE)
    return await _show(request, slots_page(asked, found))


async def _show(request: web.Request, content: SlotsPage, **more: Any) -> web.Response:  # noqa: ANN401  of ``show``
    return await show(request, content, nav="slots", **more)
