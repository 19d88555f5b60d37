"""Kit by its code: scanned with a phone it leads to what is due, which is settled with one press."""

from typing import Final

from aiohttp import web

from vclass.core.keys import ACTOR, CLOCK, DATABASE, SETTINGS
from vclass.core.refusals import Refusal
from vclass.web.guard import page
from vclass.web.pages import reading_kit
from vclass.web.pages.contexts import Notice
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.kit_view import kit_page, labels_page
from vclass.web.pages.manage import CONFLICT, LIST
from vclass.web.pages.manage_custody import REFUSALS, hand_out_sent, take_back_sent
from vclass.web.pages.manage_words import errors_of
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()

KIT: Final = "/kit/{what:of|for}/{id}"
PIECES: Final = "piece"


@routes.get(KIT)
@page(action="custody.see")
async def scanned(request: web.Request) -> web.Response:
    """What is due of the kit. Looking changes nothing."""
    return await _shown(request)


@routes.post(KIT)
@page(action="custody.manage")
async def hand_out(request: web.Request) -> web.Response:
    try:
        await hand_out_sent(request)
    except REFUSALS as refusal:
        return await _refused(request, refusal)
    return see_other(request, _path(request), "handedout")


@routes.post(KIT + "/return")
@page(action="custody.manage")
async def take_back(request: web.Request) -> web.Response:
    custody = str((await request.post()).get("custody", ""))
    try:
        await take_back_sent(request, custody)
    except REFUSALS as refusal:
        return await _refused(request, refusal)
    return see_other(request, _path(request), "takenback")


@routes.get(LIST + "/labels")
@page(action="rooms.manage")
async def labels(request: web.Request) -> web.Response:
    """The codes of a house's kit on paper."""
    found = await request.app[DATABASE].read(reading_kit.labels, request[ACTOR])
    pieces = request.query.get("each") == PIECES
    return await show(request, labels_page(found, _base(request), pieces=pieces), nav="rooms")


async def _refused(request: web.Request, refusal: Refusal) -> web.Response:
    text = errors_of(refusal, said_to(request), request[ACTOR].zone)[""]
    return await _shown(request, CONFLICT, Notice(text, "bad"))


async def _shown(request: web.Request, status: int = 200, notice: Notice | None = None) -> web.Response:
    now, match = request.app[CLOCK](), request.match_info
    found = await request.app[DATABASE].read(reading_kit.scanned, request[ACTOR], match["what"], match["id"], now)
    context = kit_page(found, request[ACTOR], _base(request), _path(request), now)
    return await show(request, context, nav="rooms", status=status, notice=notice)


def _path(request: web.Request) -> str:
    return f"/kit/{request.match_info['what']}/{request.match_info['id']}"


def _base(request: web.Request) -> str:
    return request.app[SETTINGS].server.public_url
