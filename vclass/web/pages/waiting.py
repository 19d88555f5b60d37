"""One entry of the waiting list: the place in line, an offer to take or to let go. Looking answers nothing."""

from typing import Final

from aiohttp import web

from rooms.waiting import WAITING_LIST, NotWaitingError, OfferGoneError
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.web.guard import page
from vclass.web.pages.contexts import Notice
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.notices import see_other
from vclass.web.pages.reading_waiting import one_entry
from vclass.web.pages.waiting_view import Shown, is_answered, waiting_page

routes = web.RouteTableDef()

CONFLICT: Final = 409


@routes.get("/waiting/{booking}")
@page(action="waiting.see")
async def waiting(request: web.Request) -> web.Response:
    """The entry; once it is taken there is but the lesson."""
    shown = await _shown(request)
    if is_answered(shown):
        return see_other(request, _lesson(shown))
    return await show(request, waiting_page(shown), nav="day")


@routes.post("/waiting/{booking}/accept")
@page(action="offer.answer")
async def accept(request: web.Request) -> web.Response:
    """Take what is offered; a house that must approve is asked then."""
    try:
        result = await request.app[WAITING_LIST].accept(request[ACTOR], request.match_info["booking"])
    except (OfferGoneError, NotWaitingError):
        return await _gone(request)
    asked = any(each.state != "confirmed" for each in result.taken)
    return see_other(request, _lesson(await _shown(request)), "asked" if asked else "taken")


@routes.post("/waiting/{booking}/leave")
@page(action="offer.answer")
async def leave(request: web.Request) -> web.Response:
    """Let an offer go, or leave the line; the next one is asked."""
    try:
        await request.app[WAITING_LIST].decline(request[ACTOR], request.match_info["booking"])
    except NotWaitingError:
        return await _gone(request)
    return see_other(request, f"/waiting/{request.match_info['booking']}", "unlisted")


async def _gone(request: web.Request) -> web.Response:
    """The entry as it is now, and that the answer came too late."""
    shown = await _shown(request)
    notice = Notice(shown.said.gettext("This offer has ended or was answered."), "bad")
    return await show(request, waiting_page(shown), nav="day", status=CONFLICT, notice=notice)


async def _shown(request: web.Request) -> Shown:
    actor, now = request[ACTOR], request.app[CLOCK]()
    found = await request.app[DATABASE].read(one_entry, actor, request.match_info["booking"], now)
    return Shown(said_to(request), actor, found, now)


def _lesson(shown: Shown) -> str:
    return f"/lessons/{shown.found.lesson.public_id}"
