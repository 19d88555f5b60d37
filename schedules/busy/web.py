"""The API of calendars from elsewhere: decode, one call, encode."""

from typing import Final

from aiohttp import web

from schedules.busy import service
from schedules.busy.importer import IMPORTER
from schedules.busy.model import CalendarRefusedError, Problem, Source
from schedules.busy.wire import UNNAMED, CalendarList, CalendarView, Called, Refresh, Subscription, masked, named, view
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.wire import API, JSON, Answer, Routes, convert, read_json
from vclass.icsreader.model import LARGEST

CALENDAR: Final = "text/calendar"

routes = Routes("busy")


@routes.operation("GET", "/busy", action="me.see", summary="Your calendars from elsewhere, and what was read in them")
async def list_calendars(request: web.Request) -> CalendarList:
    found = await request.app[DATABASE].read(service.brought, request[ACTOR], request.app[CLOCK]())
    return CalendarList(tuple(view(*each) for each in found))


@routes.operation(
    "POST",
    "/busy",
    action="me.change",
    summary="Bring busy times from another calendar: an iCalendar file of at most 1 MiB, or an address as JSON",
    status=201,
    problems=(409,),
    creates=True,
    takes=(CALENDAR,),
    or_json=Subscription,
    largest=LARGEST,
)
async def bring_calendar(request: web.Request, query: Called) -> Answer[CalendarView]:
    source = await (_subscribed(request) if request.content_type == JSON else _sent(request, query))
    return Answer(await _shown(request, source), location=f"{API}/busy/{source.public_id}")


@routes.operation("GET", "/busy/{calendar_id}", action="me.see", summary="One of your calendars", problems=(404,))
async def see_calendar(request: web.Request, calendar_id: str) -> CalendarView:
    source = await request.app[DATABASE].read(service.one, request[ACTOR], calendar_id)
    return await _shown(request, source)


@routes.operation(
    "POST",
    "/busy/{calendar_id}/refresh",
    action="me.change",
    summary="Fetch one of your calendars now; where that fails, its problem says why",
    problems=(404, 409),
)
async def refresh_calendar(request: web.Request, calendar_id: str, body: Refresh) -> CalendarView:  # noqa: ARG001  an empty object
    return await _shown(request, await request.app[IMPORTER].refresh(request[ACTOR], calendar_id))


@routes.operation(
    "DELETE",
    "/busy/{calendar_id}",
    action="me.change",
    summary="Remove one of your calendars and its busy times",
    status=204,
    problems=(404,),
)
async def remove_calendar(request: web.Request, calendar_id: str) -> None:
    await request.app[DATABASE].write(service.remove, request[ACTOR], calendar_id, request.app[CLOCK]())


async def _shown(request: web.Request, source: Source) -> CalendarView:
    ((_, times),) = await request.app[DATABASE].read(service.counted, [source], request.app[CLOCK]())
    return view(source, times)


async def _sent(request: web.Request, query: Called) -> Source:
    content, name = await request.read(), named(query.name, UNNAMED)
    key = idempotency.of_request(request, [name, service.digest_of(content)])
    return await request.app[IMPORTER].bring_file(request[ACTOR], name, content, key)


async def _subscribed(request: web.Request) -> Source:
    body = convert(await read_json(request), Subscription)
    address = body.address.strip()
    name = named(body.name, _host(address))
    key = idempotency.of_request(request, body)
    return await request.app[IMPORTER].bring_address(request[ACTOR], name, address, key)


def _host(address: str) -> str:
    """What an address without a name is called."""
    try:
        return masked(address)
    except ValueError:
        raise CalendarRefusedError(Problem("address")) from None
