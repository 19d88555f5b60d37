"""The page behind a reminder's link: which of them to send. It needs no account; one press ends them (RFC 8058)."""

import sqlalchemy as sa
from aiohttp import web

from config import Keyring
from schedules import Attendee, attendee_by_public_id
from schedules.reminders import Choice, choice_of, choose, holds
from vclass.core.keys import DATABASE, KEYRING
from vclass.web.guard import page
from vclass.web.limits import charge_bad_link
from vclass.web.pages.contexts import RemindersPage
from vclass.web.pages.framing import show
from vclass.web.pages.join import language_of

routes = web.RouteTableDef()


@routes.get("/reminders/{attendee}/{token}")
@page(action="lesson.join")
async def reminders_page(request: web.Request) -> web.Response:
    """Changes nothing: mail scanners come here, too."""
    return await _shown(request, None)


@routes.post("/reminders/{attendee}/{token}")
@page(action="lesson.join")
async def choose_reminders(request: web.Request) -> web.Response:
    """From the page what is ticked; from a mail program, which ticks nothing, none at all."""
    form = await request.post()
    return await _shown(request, Choice(day="day" in form, soon="soon" in form))


async def _shown(request: web.Request, wish: Choice | None) -> web.Response:
    names = (request.match_info["attendee"], request.match_info["token"])
    database, keyring = request.app[DATABASE], request.app[KEYRING]
    if wish is None:
        found = await database.read(_chosen, keyring, *names)
    else:
        found = await database.write(_choose, keyring, *names, wish)
    if found is None:
        charge_bad_link(request)
        return await show(request, RemindersPage(known=False))
    attendee, choice = found
    shown = RemindersPage(path=request.path, day=choice.day, soon=choice.soon, saved=wish is not None)
    return await show(request, shown, language_of(request, attendee))


def _chosen(connection: sa.Connection, keyring: Keyring, public_id: str, token: str) -> tuple[Attendee, Choice] | None:
    attendee = _of_link(connection, keyring, public_id, token)
    return None if attendee is None else (attendee, choice_of(connection, attendee.email)[0])


def _choose(
    connection: sa.Connection, keyring: Keyring, public_id: str, token: str, wish: Choice
) -> tuple[Attendee, Choice] | None:
    attendee = _of_link(connection, keyring, public_id, token)
    if attendee is None:
        return None
    choose(connection, attendee.email, wish)
    return attendee, wish


def _of_link(connection: sa.Connection, keyring: Keyring, public_id: str, token: str) -> Attendee | None:
    return attendee_by_public_id(connection, public_id) if holds(keyring, public_id, token) else None
