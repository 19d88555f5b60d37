"""The dashboard."""

from aiohttp import web

from schedules import Attendee, token_of
from vclass.core.keys import ACTOR, CLOCK, KEYRING
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
    return await show(request, day_page(agenda), nav="day")


def link_for(request: web.Request) -> Link:
    """Makes the paths of personal links; shown to nobody but their owner."""
    keyring = request.app[KEYRING]

    def path(attendee: Attendee) -> str:
        return f"/join/{token_of(keyring, attendee)}"

    return path
