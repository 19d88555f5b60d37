"""What the operations of rooms share: their list, and the way of work that is done once for each key."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from aiohttp import web

from rooms.changes import Amend, Change, Revive, change_wish
from rooms.desk import DESK
from rooms.waiting import WAITING_LIST
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.refusals import Refusal
from vclass.core.wire import Routes

Body = TypeVar("Body", bound=msgspec.Struct)
Value = TypeVar("Value")

FIRST_VERSION = 1

routes = Routes("rooms")


async def once(
    request: web.Request, body: Body, work: Callable[[sa.Connection, Actor, Body, int], Value], view: type[Value]
) -> Value:
    """Do the work in one transaction with its Idempotency-Key, or give the answer that is stored under it."""
    actor, now = request[ACTOR], request.app[CLOCK]()
    key = idempotency.of_request(request, body)

    def write(connection: sa.Connection) -> bytes:
        return idempotency.once(connection, key, now, lambda: msgspec.json.encode(work(connection, actor, body, now)))

    return msgspec.json.decode(await request.app[DATABASE].write(write), type=view)


async def changed(request: web.Request, change: Change) -> object:
    """What a change at the desk came to; whoever waits for what there is more of now is offered it.

    Raises:
        Refusal: It was refused.
    """
    answer = await request.app[DESK].submit(change_wish(change, request.app[CLOCK]()))
    if isinstance(answer, Refusal):
        raise answer
    if isinstance(change, Amend | Revive):
        await request.app[WAITING_LIST].wake()
    return answer
