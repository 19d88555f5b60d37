"""When a house is closed: blockings of rooms and kit, closures and terms."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from aiohttp import web

from rooms import DESK, InTheWayError
from rooms.blockings import block, unblock
from schedules import TermNameTakenError, terms
from schedules.holidays import put_region
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import InvalidInputError, StaleError
from vclass.web.guard import page
from vclass.web.pages import closed_forms, reading_manage
from vclass.web.pages.closed_forms import WRONG, Forms
from vclass.web.pages.contexts import Notice
from vclass.web.pages.contexts.manage import BlockingForm, ClosureForm
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.manage import CONFLICT, LIST, STALE, UNPROCESSABLE, version_of
from vclass.web.pages.manage_view import closed_page, displaced
from vclass.web.pages.manage_words import errors_of
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()

CLOSED: Final = LIST + "/closed"
DAYS_PATH: Final = LIST + "/{what:closures|terms}"
FRESH: Final = Forms()
DaysKind: TypeAlias = Literal["closure", "term"]
DAYS: Final[Mapping[str, DaysKind]] = {"closures": "closure", "terms": "term"}
"""What a path names, as the tables call it."""


@routes.get(CLOSED)
@page(action="rooms.manage")
async def closed(request: web.Request) -> web.Response:
    return await _shown(request)


@routes.post(LIST + "/blockings")
@page(action="rooms.manage")
async def add_blocking(request: web.Request) -> web.Response:
    """Block rooms and kit; what stands there is shown first, and displaced if that is what is wanted."""
    sent, said = await request.post(), said_to(request)
    typed, displace = closed_forms.blocking_form(sent), "displace" in sent
    if errors := closed_forms.blocking_errors(said, typed):
        return await _again(request, replace(typed, errors=errors))
    agreed = [str(each) for each in sent.getall("way", [])] if displace else None
    app, now = request.app, request.app[CLOCK]()
    try:
        body = closed_forms.new_blocking(typed, displace=displace)
        made = await block(app[DATABASE], app[DESK], request[ACTOR], body, key=None, now=now, agreed=agreed)
    except InvalidInputError as refusal:
        return await _again(request, replace(typed, errors=closed_forms.refused_blocking(said, refusal)))
    except InTheWayError as refusal:
        return await _in_the_way(request, typed, refusal)
    return see_other(request, CLOSED, "blocked", len(made.displaced))


@routes.post(LIST + "/blockings/{id}/end")
@page(action="rooms.manage")
async def end_blocking(request: web.Request) -> web.Response:
    app, now = request.app, request.app[CLOCK]()
    await unblock(app[DATABASE], app[DESK], request[ACTOR], request.match_info["id"], now=now)
    return see_other(request, CLOSED, "unblocked")


@routes.post(DAYS_PATH)
@page(action="calendar.manage")
async def add_days(request: web.Request) -> web.Response:
    """Add a closure or a term."""
    kind, said, actor = DAYS[request.match_info["what"]], said_to(request), request[ACTOR]
    typed = closed_forms.days_form(await request.post())
    first, last = closed_forms.date_of(typed.first_day), closed_forms.date_of(typed.last_day)
    errors = closed_forms.days_errors(said, typed)
    if errors or first is None or last is None:
        return await _again(request, replace(typed, errors=errors), kind)
    try:
        args = (actor, kind, typed.reason, first, last, request.app[CLOCK]())
        await request.app[DATABASE].write(terms.add, *args)
    except (InvalidInputError, TermNameTakenError) as refusal:
        errors = closed_forms.refused_days(said, refusal, actor.zone)
        return await _again(request, replace(typed, errors=errors), kind)
    return see_other(request, CLOSED, f"{kind}added")


@routes.post(DAYS_PATH + "/{id}/end")
@page(action="calendar.manage")
async def remove_days(request: web.Request) -> web.Response:
    """Delete a closure or a term, as it was when the page was made."""
    kind, public_id = DAYS[request.match_info["what"]], request.match_info["id"]
    version, now = version_of(await request.post()), request.app[CLOCK]()
    try:
        await request.app[DATABASE].write(terms.remove, request[ACTOR], kind, public_id, version=version, now=now)
    except StaleError as refusal:
        text = errors_of(refusal, said_to(request), request[ACTOR].zone)[""]
        return await _shown(request, STALE, notice=Notice(text, "bad"))
    return see_other(request, CLOSED, f"{kind}removed")


@routes.post(LIST + "/region")
@page(action="calendar.manage")
async def choose_region(request: web.Request) -> web.Response:
    """Say whose holidays the house keeps besides its country's."""
    sent, now = await request.post(), request.app[CLOCK]()
    region, version = str(sent.get("region", "")), version_of(sent)
    try:
        await request.app[DATABASE].write(put_region, request[ACTOR], region, version=version, now=now)
    except (StaleError, InvalidInputError) as refusal:
        text = errors_of(refusal, said_to(request), request[ACTOR].zone)[""]
        return await _shown(request, STALE, notice=Notice(text, "bad"))
    return see_other(request, CLOSED, "saved")


async def _in_the_way(request: web.Request, typed: BlockingForm, refusal: InTheWayError) -> web.Response:
    """What would be displaced; another blocking is not displaced, but ended first."""
    stands = [each for clash in refusal.facts["clashes"] for each in clash["bookings"]]
    if any(each["purpose"] == "blocking" for each in stands):
        errors = {"what": WRONG["blocked"](said_to(request))}
        return await _shown(request, CONFLICT, Forms(replace(typed, errors=errors)))
    ids = dict.fromkeys(each["id"] for each in stands)
    found = await request.app[DATABASE].read(reading_manage.in_the_way, list(ids))
    return await _shown(request, CONFLICT, Forms(replace(typed, in_the_way=displaced(found))))


async def _again(request: web.Request, typed: BlockingForm | ClosureForm, kind: DaysKind | None = None) -> web.Response:
    """The page with a form as it was typed."""
    if isinstance(typed, BlockingForm):
        return await _shown(request, UNPROCESSABLE, Forms(typed))
    return await _shown(request, UNPROCESSABLE, Forms(term=typed) if kind == "term" else Forms(closure=typed))


async def _shown(
    request: web.Request, status: int = 200, forms: Forms = FRESH, notice: Notice | None = None
) -> web.Response:
    now = request.app[CLOCK]()
    language = said_to(request).language
    found = await request.app[DATABASE].read(reading_manage.shut, request[ACTOR], now, language)
    shown = closed_page(said_to(request), found, now, forms)
    return await show(request, shown, nav="rooms", status=status, notice=notice)
