"""Blockings over HTTP."""

import msgspec
from aiohttp import web

from rooms.blockings import service
from rooms.blockings.model import BlockingList, BlockingView, NewBlocking
from rooms.blockings.road import block, unblock
from rooms.desk import DESK
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.paging import bounded
from vclass.core.wire import Routes
from vclass.core.zones import parse_rfc3339

routes = Routes("blockings")


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Which blockings: those in a span of instants, RFC 3339; 370 days at most."""

    from_: str
    to: str
    cursor: str | None = None


@routes.operation(
    "POST",
    "/blockings",
    action="rooms.manage",
    summary="Take rooms and kit of your institution out of use for a time",
    status=201,
    problems=(403, 409),
    creates=True,
)
async def create_blocking(request: web.Request, *, body: NewBlocking) -> BlockingView:
    actor, now = request[ACTOR], request.app[CLOCK]()
    key = idempotency.of_request(request, body)
    return await block(request.app[DATABASE], request.app[DESK], actor, body, key=key, now=now)


@routes.operation("GET", "/blockings", action="rooms.manage", summary="Blockings at your institution", problems=(403,))
async def list_blockings(request: web.Request, *, query: Asked) -> BlockingList:
    span = bounded(parse_rfc3339(query.from_, "from"), parse_rfc3339(query.to, "to"))
    return await request.app[DATABASE].read(service.list_blockings, request[ACTOR], span, query.cursor)


@routes.operation(
    "DELETE",
    "/blockings/{blocking_id}",
    action="rooms.manage",
    summary="End a blocking: what it held is free again",
    status=204,
    problems=(403, 404),
)
async def remove_blocking(request: web.Request, *, blocking_id: str) -> None:
    now = request.app[CLOCK]()
    await unblock(request.app[DATABASE], request.app[DESK], request[ACTOR], blocking_id, now=now)
