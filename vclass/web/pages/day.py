"""The dashboard."""

from dataclasses import replace

from aiohttp import web

from schedules import Attendee, token_of
from schedules.undelivered import number_of_undelivered
from vclass.core.keys import ACTOR, CLOCK, DATABASE, KEYRING, Actor
from vclass.people import may_ever
from vclass.web.guard import page
from vclass.web.pages.agenda import Agenda, Link, day_page
from vclass.web.pages.framing import own_lessons, said_to, show
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()


@routes.get("/")
@page(action="site.public")
async def day(request: web.Request) -> web.Response:
    """The reader's day; a visitor is led to the door."""
    actor, now = request[ACTOR], request.app[CLOCK]()
    if not actor.signed_in:
        return see_other(request, "/sign-in")
    agenda = Agenda(said_to(request), actor, await own_lessons(request), link_for(request), now)
    shown = replace(day_page(agenda), undelivered=await _undelivered(request, actor))
    return await show(request, shown, nav="day")


async def _undelivered(request: web.Request, actor: Actor) -> int:
    """Of how many mails an administrator has to hear."""
    return await request.app[DATABASE].read(number_of_undelivered, actor) if may_ever(actor, "mail.manage") else 0


def link_for(request: web.Request) -> Link:
    """Makes the paths of personal links; shown to nobody but their owner."""
    keyring = request.app[KEYRING]

    def path(attendee: Attendee) -> str:
        return f"/join/{token_of(keyring, attendee)}"

    return path
