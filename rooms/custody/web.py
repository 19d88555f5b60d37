"""The API of kit in people's hands: decode, one call, encode."""

from typing import Annotated, Literal

import msgspec
import sqlalchemy as sa
from aiohttp import web

from rooms.custody import service
from rooms.custody.model import Custody
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.wire import API, Answer, Routes, if_match
from vclass.core.zones import rfc3339

Text = Annotated[str, msgspec.Meta(max_length=500)]

routes = Routes("kit")


class CustodyView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Pieces of a pool in somebody's hands: since when, until when, and where they are."""

    id: str
    booking: str
    equipment: str
    name: str
    quantity: int
    holder: str
    state: Literal["out", "overdue", "back"]
    whereabouts: str
    out: str
    due: str
    back: str | None = None
    note: str = ""


class CustodyList(msgspec.Struct, frozen=True):
    """Kit that you hold or look after, the soonest due first; ``cursor`` asks for the next ones."""

    custody: tuple[CustodyView, ...]
    cursor: str | None = None


class CheckOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is handed out; the booking's only pool and all that it has of it, unless you say so."""

    equipment: str | None = None
    quantity: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    whereabouts: Text = ""


class CheckIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What there is to say of kit that comes back."""

    note: Text = ""


class Whereabouts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the kit is now."""

    whereabouts: Text


class WhichKit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Kit that is ``out``, ``due`` within two hours, ``overdue``, or ``back``; of one pool, or of all."""

    state: Literal["out", "due", "overdue", "back"] | None = None
    equipment: str | None = None
    cursor: str | None = None


@routes.operation("GET", "/custody", action="custody.see", summary="Kit that you hold or look after")
async def list_custody(request: web.Request, *, query: WhichKit) -> CustodyList:
    return await request.app[DATABASE].read(_list, request[ACTOR], query, request.app[CLOCK]())


@routes.operation(
    "GET",
    "/custody/{custody_id}",
    action="custody.manage",
    summary="One entry of kit that is or was out",
    problems=(404,),
)
async def get_custody(request: web.Request, *, custody_id: str) -> Answer[CustodyView]:
    found = await request.app[DATABASE].read(service.see_custody, request[ACTOR], custody_id)
    return _answer(found, request.app[CLOCK]())


@routes.operation(
    "POST",
    "/bookings/{booking_id}/check-out",
    action="custody.manage",
    summary="Hand out kit for a booking, from half an hour before its start",
    status=201,
    problems=(403, 404, 409),
    creates=True,
)
async def check_out(request: web.Request, *, booking_id: str, body: CheckOut) -> Answer[CustodyView]:
    actor, now = request[ACTOR], request.app[CLOCK]()
    wish = service.Handing(booking_id, body.equipment, body.quantity, body.whereabouts)
    key = idempotency.of_request(request, wish)

    def work(connection: sa.Connection) -> bytes:
        return msgspec.json.encode(_view(service.check_out(connection, actor, wish, now), now))

    def write(connection: sa.Connection) -> bytes:
        return idempotency.once(connection, key, now, lambda: work(connection))

    view = msgspec.json.decode(await request.app[DATABASE].transaction(write), type=CustodyView)
    return Answer(view, version=service.FIRST_VERSION, location=f"{API}/custody/{view.id}")


@routes.operation(
    "POST",
    "/custody/{custody_id}/check-in",
    action="custody.manage",
    summary="Take kit back, with a note on its state",
    problems=(404, 409),
)
async def check_in(request: web.Request, *, custody_id: str, body: CheckIn) -> Answer[CustodyView]:
    now = request.app[CLOCK]()
    after = await request.app[DATABASE].write(service.check_in, request[ACTOR], custody_id, body.note, now)
    return _answer(after, now)


@routes.operation(
    "PATCH",
    "/custody/{custody_id}",
    action="custody.manage",
    summary="Say where the kit is now",
    problems=(404, 409),
    versioned=True,
)
async def move_custody(request: web.Request, *, custody_id: str, body: Whereabouts) -> Answer[CustodyView]:
    version, now = if_match(request), request.app[CLOCK]()
    after = await request.app[DATABASE].write(
        service.move, request[ACTOR], custody_id, body.whereabouts, version=version, now=now
    )
    return _answer(after, now)


def _list(connection: sa.Connection, actor: Actor, query: WhichKit, now: int) -> CustodyList:
    found, cursor = service.see_all(connection, actor, query.state, query.equipment, query.cursor, now)
    return CustodyList(tuple(_view(each, now) for each in found), cursor)


def _answer(each: Custody, now: int) -> Answer[CustodyView]:
    return Answer(_view(each, now), version=each.version)


def _view(each: Custody, now: int) -> CustodyView:
    state: Literal["out", "overdue"] = "overdue" if each.due_at <= now else "out"
    return CustodyView(
        id=each.public_id,
        booking=each.booking_public_id,
        equipment=each.resource_public_id,
        name=each.resource_name,
        quantity=each.quantity,
        holder=each.holder_public_id,
        state=state if each.in_at is None else "back",
        whereabouts=each.whereabouts,
        out=rfc3339(each.out_at),
        due=rfc3339(each.due_at),
        back=None if each.in_at is None else rfc3339(each.in_at),
        note=each.note,
    )
