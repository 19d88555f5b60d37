"""Your own reminders over HTTP."""

from aiohttp import web

from schedules.reminders import service
from schedules.reminders.model import Choice
from vclass.core.keys import ACTOR, DATABASE
from vclass.core.wire import Answer, Routes, if_match

routes = Routes("reminders")


@routes.operation("GET", "/me/reminders", action="me.see", summary="Which reminders you get by mail")
async def see_reminders(request: web.Request) -> Answer[Choice]:
    choice, version = await request.app[DATABASE].read(service.own_choice, request[ACTOR])
    return Answer(choice, version=version)


@routes.operation("PUT", "/me/reminders", action="me.change", summary="Choose your reminders", versioned=True)
async def put_reminders(request: web.Request, body: Choice) -> Answer[Choice]:
    version = if_match(request)
    choice, after = await request.app[DATABASE].write(service.put_own_choice, request[ACTOR], body, version)
    return Answer(choice, version=after)
