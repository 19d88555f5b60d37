"""The API of the waiting list: decode, one call, encode."""

from typing import Literal

import msgspec
import sqlalchemy as sa
from aiohttp import web

from rooms.store import bookings
from rooms.store.bookings import Standing
from rooms.waiting import service
from rooms.waiting.line import WaitingList
from rooms.waiting.model import Place
from vclass import people
from vclass.core.keys import ACTOR, DATABASE, Actor
from vclass.core.paging import Page, page
from vclass.core.wire import Routes
from vclass.core.zones import rfc3339

WAITING_LIST = web.AppKey("waiting_list", WaitingList)

routes = Routes("waiting list")


class SlotView(msgspec.Struct, frozen=True):
    """One booking of an entry; all of an entry is offered, or nothing."""

    id: str
    start: str
    end: str
    state: str


class WaitingView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An entry of the waiting list.

    ``id`` is its first booking's: answer an offer with any of them. ``position`` counts from 1 among those who want
    something of the same at the same time; ``until`` is the end of an offer.
    """

    id: str
    state: Literal["waiting", "offered"]
    position: int
    since: str
    institution: str
    mine: bool
    resources: tuple[str, ...]
    bookings: tuple[SlotView, ...]
    until: str | None = None


class WaitingLine(msgspec.Struct, frozen=True):
    """The waiting list as the reader may see it, the oldest first; ``cursor`` asks for the next ones."""

    waiting: tuple[WaitingView, ...]
    cursor: str | None = None


class OfferAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Needs nothing but the address."""


class AnsweredView(msgspec.Struct, frozen=True):
    """The bookings of an entry after the answer: confirmed, held until a house approves, or cancelled."""

    bookings: tuple[SlotView, ...]


@routes.operation(
    "GET", "/waiting", action="waiting.see", summary="What you wait for, and who waits for rooms that you administer"
)
async def list_waiting(request: web.Request, *, query: Page) -> WaitingLine:
    views = await request.app[DATABASE].read(_views, request[ACTOR])
    shown, cursor = page(views, query.cursor)
    return WaitingLine(tuple(shown), cursor)


@routes.operation(
    "POST",
    "/bookings/{booking_id}/accept",
    action="offer.answer",
    summary="Take what the waiting list offers you, all of it",
    problems=(403, 404, 409),
)
async def accept_offer(request: web.Request, *, booking_id: str, body: OfferAnswer) -> AnsweredView:  # noqa: ARG001  an empty object
    result = await request.app[WAITING_LIST].accept(request[ACTOR], booking_id)
    return await request.app[DATABASE].read(_answered, [each.booking_id for each in result.taken])


@routes.operation(
    "POST",
    "/bookings/{booking_id}/decline",
    action="offer.answer",
    summary="Let an offer go, or leave the waiting list; the next in line is offered it",
    problems=(403, 404, 409),
)
async def decline_offer(request: web.Request, *, booking_id: str, body: OfferAnswer) -> AnsweredView:  # noqa: ARG001  an empty object
    result = await request.app[WAITING_LIST].decline(request[ACTOR], booking_id)
    return await request.app[DATABASE].read(_answered, result.wish.release)


def _answered(connection: sa.Connection, booking_ids: list[int] | tuple[int, ...]) -> AnsweredView:
    return AnsweredView(tuple(map(_slot, bookings.standing(connection, booking_ids).values())))


def _views(connection: sa.Connection, actor: Actor) -> list[WaitingView]:
    found = service.places(connection, actor)
    institutions = {each.id: each.public_id for each in people.institutions(connection)}
    return [_view(each, institutions) for each in found]


def _view(place: Place, institutions: dict[int, str]) -> WaitingView:
    entry = place.entry
    until = entry.offer_until if entry.offered else None
    return WaitingView(
        id=entry.bookings[0].public_id,
        state="offered" if entry.offered else "waiting",
        position=place.position,
        since=rfc3339(entry.created_at),
        institution=institutions[entry.institution_id],
        mine=place.mine,
        resources=place.resources,
        bookings=tuple(map(_slot, entry.bookings)),
        until=None if until is None else rfc3339(until),
    )


def _slot(booking: Standing) -> SlotView:
    return SlotView(booking.public_id, rfc3339(booking.starts), rfc3339(booking.ends), booking.state)
