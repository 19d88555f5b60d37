"""The slot finder over HTTP: decode, one call, encode."""

import sqlalchemy as sa
from aiohttp import web

from schedules.slots.service import find_slots
from schedules.slots.views import slot_list
from schedules.slots.wire import SlotList, SlotQuestion
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.wire import Routes
from vclass.core.zones import Instant

routes = Routes("slots")


@routes.operation(
    "POST",
    "/slots",
    action="slots.find",
    summary="Find a time for people, rooms and equipment of several institutions; takes nothing",
    problems=(403,),
)
async def find_times(request: web.Request, body: SlotQuestion) -> SlotList:
    return await request.app[DATABASE].read(_found, request[ACTOR], body, request.app[CLOCK]())


def _found(connection: sa.Connection, actor: Actor, body: SlotQuestion, now: Instant) -> SlotList:
    """Everything, in the reader's thread."""
    return slot_list(find_slots(connection, actor, body, now))
