"""A person's own settings: language and reminders, and the ways to all else that is theirs."""

from typing import Final

import sqlalchemy as sa
from aiohttp import web

from schedules import law, reminders
from schedules.reminders import Choice
from schedules.undelivered import number_of_undelivered
from vclass import people
from vclass.core.keys import ACTOR, DATABASE, SETTINGS, Actor
from vclass.people import may_ever
from vclass.web import cookies
from vclass.web.guard import page
from vclass.web.i18n import LANGUAGES
from vclass.web.pages.contexts import SettingsPage
from vclass.web.pages.framing import safe_next, show
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()

PATH: Final = "/settings"
YEAR: Final = 365 * 86400


@routes.get(PATH)
@page(action="me.see")
async def settings(request: web.Request) -> web.Response:
    return await show(request, await request.app[DATABASE].read(_page, request[ACTOR]), nav="settings")


@routes.post(PATH + "/reminders")
@page(action="me.change")
async def choose_reminders(request: web.Request) -> web.Response:
    """What is ticked is sent from now on, for all of the person's lessons."""
    form = await request.post()
    choice = Choice(day="day" in form, soon="soon" in form)
    await request.app[DATABASE].write(reminders.put_own_choice, request[ACTOR], choice)
    return see_other(request, f"{PATH}#reminders", "saved")


@routes.post(PATH + "/language")
@page(action="site.public")
async def choose_language(request: web.Request) -> web.Response:
    """Remember the language in this browser, and for pages and mail to whoever is signed in."""
    form = await request.post()
    language = str(form.get("language", ""))
    response = see_other(request, safe_next(str(form.get("next", "/"))))
    if language not in LANGUAGES:
        return response
    if request[ACTOR].signed_in:
        await request.app[DATABASE].write(people.change_language, request[ACTOR], language)
    cookies.set_cookie(response, request.app[SETTINGS].server, cookies.LANGUAGE_NAME, language, YEAR)
    return response


def _page(connection: sa.Connection, actor: Actor) -> SettingsPage:
    choice, _ = reminders.own_choice(connection, actor)
    return SettingsPage(
        email=actor.email,
        day=choice.day,
        soon=choice.soon,
        moved=len(law.waiting(connection, actor)) if may_ever(actor, law.ACTION) else None,
        undelivered=number_of_undelivered(connection, actor) if may_ever(actor, "mail.manage") else None,
    )
