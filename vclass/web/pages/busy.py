"""Busy times from one's other calendars: send a file, give an address, see what was read, remove it."""

from typing import Final

from aiohttp import web

from schedules import busy
from schedules.busy import (
    IMPORTER,
    LONGEST_NAME,
    UNNAMED,
    CalendarRefusedError,
    TooManyCalendarsError,
    brought,
    masked,
    named,
)
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.icsreader.model import LARGEST
from vclass.web.guard import page
from vclass.web.pages.busy_view import PROBLEMS, busy_page, problem_said
from vclass.web.pages.contexts import Notice
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.notices import see_other
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words

routes = web.RouteTableDef()

PATH: Final = "/settings/busy"
LARGEST_FORM: Final = 2 * LARGEST
UNPROCESSABLE: Final = 422
REFUSED: Final = (CalendarRefusedError, TooManyCalendarsError, InvalidInputError)


@routes.get(PATH)
@page(action="me.see")
async def calendars(request: web.Request) -> web.Response:
    return await _shown(request)


@routes.post(PATH + "/file")
@page(action="me.change", files=LARGEST_FORM)
async def send_file(request: web.Request) -> web.Response:
    """Keep the busy times of a file; one of the same name takes its place."""
    sent = (await request.post()).get("file")
    if not isinstance(sent, web.FileField) or not sent.filename:
        return await _shown(request, {"file": PROBLEMS["none"](said_to(request))}, UNPROCESSABLE)
    try:
        name = named(sent.filename[:LONGEST_NAME], UNNAMED)
        await request.app[IMPORTER].bring_file(request[ACTOR], name, sent.file.read())
    except REFUSED as refusal:
        return await _shown(request, {"file": _said(said_to(request), refusal)}, UNPROCESSABLE)
    return see_other(request, PATH, "calendarread")


@routes.post(PATH + "/address")
@page(action="me.change")
async def give_address(request: web.Request) -> web.Response:
    """Keep the busy times of a calendar at an address, which is fetched again every few hours."""
    sent = await request.post()
    address, name = (str(sent.get(each, "")).strip() for each in ("address", "name"))
    try:
        called = named(name, _host(address))
        await request.app[IMPORTER].bring_address(request[ACTOR], called, address)
    except REFUSED as refusal:
        where = "name" if isinstance(refusal, InvalidInputError) else "address"
        errors = {where: _said(said_to(request), refusal)}
        return await _shown(request, errors, UNPROCESSABLE, address=address, name=name)
    return see_other(request, PATH, "calendarread")


@routes.post(PATH + "/{id}/refresh")
@page(action="me.change")
async def refresh(request: web.Request) -> web.Response:
    """Fetch it now; what went wrong stands at the calendar."""
    source = await request.app[IMPORTER].refresh(request[ACTOR], request.match_info["id"])
    if source.problem is None:
        return see_other(request, PATH, "calendarread")
    notice = Notice(problem_said(said_to(request), source.problem), "bad")
    return await _shown(request, notice=notice)


@routes.post(PATH + "/{id}/remove")
@page(action="me.change")
async def remove(request: web.Request) -> web.Response:
    now = request.app[CLOCK]()
    await request.app[DATABASE].write(busy.remove, request[ACTOR], request.match_info["id"], now)
    return see_other(request, PATH, "calendargone")


async def _shown(
    request: web.Request,
    errors: Errors | None = None,
    status: int = 200,
    *,
    address: str = "",
    name: str = "",
    notice: Notice | None = None,
) -> web.Response:
    found = await request.app[DATABASE].read(brought, request[ACTOR], request.app[CLOCK]())
    shown = busy_page(said_to(request), found, errors or {}, address, name)
    return await show(request, shown, nav="settings", status=status, notice=notice)


def _host(address: str) -> str:
    """What an address without a name is called; what is none is refused later."""
    try:
        return masked(address)
    except ValueError:
        return UNNAMED


def _said(said: Words, refusal: Refusal) -> str:
    if isinstance(refusal, CalendarRefusedError):
        return problem_said(said, refusal.problem)
    return PROBLEMS["many" if isinstance(refusal, TooManyCalendarsError) else "name"](said)
