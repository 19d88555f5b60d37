"""Kit in people's hands: handed out and taken back with one press each."""

from typing import Final

from aiohttp import web

from rooms.custody import (
    AlreadyBackError,
    Handing,
    KitOutError,
    NotToHandOutError,
    check_in,
    check_out,
)
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import InvalidInputError, Refusal, StaleError
from vclass.web.guard import page
from vclass.web.pages import reading_manage
from vclass.web.pages.contexts import Notice
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.manage import CONFLICT, LIST
from vclass.web.pages.manage_view import custody_page
from vclass.web.pages.manage_words import errors_of
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()

CUSTODY: Final = LIST + "/custody"
LONGEST_TEXT: Final = 500
LONGEST_NUMBER: Final = 6
REFUSALS: Final = (NotToHandOutError, KitOutError, AlreadyBackError, InvalidInputError, StaleError)


@routes.get(CUSTODY)
@page(action="rooms.manage")
async def custody(request: web.Request) -> web.Response:
    return await _shown(request)


@routes.post(CUSTODY)
@page(action="rooms.manage")
async def hand_out(request: web.Request) -> web.Response:
    """Hand out what a booking has."""
    try:
        await hand_out_sent(request)
    except REFUSALS as refusal:
        return await _refused(request, refusal)
    return see_other(request, CUSTODY, "handedout")


@routes.post(CUSTODY + "/{id}/return")
@page(action="rooms.manage")
async def take_back(request: web.Request) -> web.Response:
    """Take kit back, with a note on its state."""
    try:
        await take_back_sent(request, request.match_info["id"])
    except REFUSALS as refusal:
        return await _refused(request, refusal)
    return see_other(request, CUSTODY, "takenback")


async def hand_out_sent(request: web.Request) -> None:
    """Hand out what a form says: the fields `booking`, `resource`, `quantity`, `whereabouts`."""
    sent = await request.post()
    names = ("booking", "resource", "quantity", "whereabouts")
    booking, resource, quantity, place = (str(sent.get(name, "")) for name in names)
    wish = Handing(booking, resource, _number(quantity), place[:LONGEST_TEXT])
    await request.app[DATABASE].transaction(check_out, request[ACTOR], wish, request.app[CLOCK]())


async def take_back_sent(request: web.Request, public_id: str) -> None:
    """Take back an entry, with the form's field `note`."""
    note = str((await request.post()).get("note", ""))[:LONGEST_TEXT]
    await request.app[DATABASE].write(check_in, request[ACTOR], public_id, note, request.app[CLOCK]())


def _number(text: str) -> int | None:
    """How many; None where nothing was written, for all that the booking has. What is no number is none at all."""
    if not text.strip():
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


async def _refused(request: web.Request, refusal: Refusal) -> web.Response:
    text = errors_of(refusal, said_to(request), request[ACTOR].zone)[""]
    return await _shown(request, CONFLICT, Notice(text, "bad"))


async def _shown(request: web.Request, status: int = 200, notice: Notice | None = None) -> web.Response:
    now = request.app[CLOCK]()
    found = await request.app[DATABASE].read(reading_manage.at_the_counter, request[ACTOR], now)
    return await show(request, custody_page(found, now), nav="rooms", status=status, notice=notice)
