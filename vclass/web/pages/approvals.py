"""The approval queue: rivals side by side, approved or rejected with one press each. Looking decides nothing."""

from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from rooms.approvals import Scope
from schedules import ClashError
from schedules.approvals import APPROVALS
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import Refusal
from vclass.core.texts import is_prose
from vclass.web.guard import page
from vclass.web.pages.approvals_view import Asked, approvals_page
from vclass.web.pages.contexts import Notice
from vclass.web.pages.contexts.approvals import RejectForm
from vclass.web.pages.contexts.paging import Pager
from vclass.web.pages.framing import safe_next, said_to, show
from vclass.web.pages.notices import see_other
from vclass.web.pages.reading_approvals import queue_of, request_of

routes = web.RouteTableDef()

SLOTS: Final = 20
LONGEST_REASON: Final = 500
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422


@routes.get("/approvals")
@page(action="bookings.approve")
async def approvals(request: web.Request) -> web.Response:
    return await show(request, approvals_page(await _asked(request)), nav="approvals")


@routes.get("/approvals/{booking}")
@page(action="bookings.approve")
async def one_request(request: web.Request) -> web.Response:
    """The one request that a mail leads to; it is answered by its buttons alone."""
    booking = request.match_info["booking"]
    found = await request.app[DATABASE].read(request_of, request[ACTOR], booking, request.app[CLOCK]())
    asked = Asked(said_to(request), request[ACTOR], found, Pager(1, 1, 1), request.path, single=True)
    return await show(request, approvals_page(asked), nav="approvals")


@routes.post("/approvals/{booking}/approve")
@page(action="bookings.approve")
async def approve(request: web.Request) -> web.Response:
    form = await request.post()
    booking = request.match_info["booking"]
    try:
        decided = await request.app[APPROVALS].approve(request[ACTOR], booking, _scope(form))
    except ClashError as refusal:
        asked = replace(await _asked(request), refused=(booking, refusal))
        return await show(request, approvals_page(asked), nav="approvals", status=CONFLICT)
    except Refusal as refusal:
        return await _refused(request, refusal)
    code = "approvedpart" if decided.clashes else "approved"
    return see_other(request, _back(form), code, len(decided.settled) + len(decided.waiting))


@routes.post("/approvals/{booking}/reject")
@page(action="bookings.approve")
async def reject(request: web.Request) -> web.Response:
    form = await request.post()
    booking, reason = request.match_info["booking"], str(form.get("reason", "")).strip()[:LONGEST_REASON]
    if not reason or not is_prose(reason):
        error = said_to(request).gettext("Say why: the sender reads it.")
        typed = (booking, RejectForm(reason, _scope(form), error, opened=True))
        asked = replace(await _asked(request), typed=typed)
        return await show(request, approvals_page(asked), nav="approvals", status=UNPROCESSABLE)
    try:
        decided = await request.app[APPROVALS].reject(request[ACTOR], booking, _scope(form), reason)
    except Refusal as refusal:
        return await _refused(request, refusal)
    return see_other(request, _back(form), "rejected", len(decided.settled))


async def _refused(request: web.Request, refusal: Refusal) -> web.Response:
    """The queue as it is now, and why nothing was done."""
    page_now = approvals_page(await _asked(request))
    notice = Notice(refusal.sentence, "bad")
    return await show(request, page_now, nav="approvals", status=CONFLICT, notice=notice)


async def _asked(request: web.Request) -> Asked:
    first = _first(request.query.get("from", ""))
    found = await request.app[DATABASE].read(queue_of, request[ACTOR], request.app[CLOCK](), first, SLOTS)
    shown = sum(len(each.requests) for each in found.slots)
    more = len(found.slots) == SLOTS
    pager = Pager(
        first=first + 1 if shown else 0,
        last=first + shown,
        number=found.number,
        previous=f"/approvals?from={max(0, first - SLOTS)}" if first else "",
        next=f"/approvals?from={first + SLOTS}" if more else "",
    )
    return Asked(said_to(request), request[ACTOR], found, pager)


def _first(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0  # noqa: PLR2004  a million


def _scope(form: Any) -> Scope:  # noqa: ANN401  aiohttp's multidict
    return "this" if form.get("scope") == "this" else "all"


def _back(form: Any) -> str:  # noqa: ANN401  aiohttp's multidict
    """Where to go on: the queue; a single request is gone from there once it is answered."""
    path = safe_next(str(form.get("back", "/approvals")))
    return path if path.startswith("/approvals?") else "/approvals"
