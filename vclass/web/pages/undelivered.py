"""Mail that reached nobody: administrators send it again, or say that they have dealt with it."""

from typing import Final

import sqlalchemy as sa
from aiohttp import web

from schedules.answers import SentLatelyError
from schedules.undelivered import NotToSendError, Undelivered, number_of_undelivered, send_again, settle, undelivered
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.mail import UNWRITABLE
from vclass.web.guard import page
from vclass.web.pages.contexts.undelivered import FailedMail, UndeliveredPage
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.notices import see_other
from vclass.web.words import Words

routes = web.RouteTableDef()

PATH: Final = "/settings/undelivered"
MOST: Final = 50


@routes.get(PATH)
@page(action="mail.manage")
async def failed_mails(request: web.Request) -> web.Response:
    found, number = await request.app[DATABASE].read(_found, request[ACTOR])
    said = said_to(request)
    shown = UndeliveredPage(tuple(_mail(said, each) for each in found), number - len(found))
    return await show(request, shown, nav="settings")


@routes.post(PATH + "/{mail}/again")
@page(action="mail.manage")
async def say_again(request: web.Request) -> web.Response:
    try:
        await request.app[DATABASE].write(send_again, request[ACTOR], request.match_info["mail"], request.app[CLOCK]())
    except SentLatelyError:
        return see_other(request, PATH, "sentlately")
    except NotToSendError:
        return see_other(request, PATH, "nottosend")
    return see_other(request, PATH, "sentagain")


@routes.post(PATH + "/{mail}/settle")
@page(action="mail.manage")
async def deal_with(request: web.Request) -> web.Response:
    await request.app[DATABASE].write(settle, request[ACTOR], request.match_info["mail"], request.app[CLOCK]())
    return see_other(request, PATH, "dealtwith")


def _found(connection: sa.Connection, actor: Actor) -> tuple[list[Undelivered], int]:
    return undelivered(connection, actor, most=MOST), number_of_undelivered(connection, actor)


def _mail(said: Words, each: Undelivered) -> FailedMail:
    return FailedMail(
        id=each.id,
        news=each.news or each.kind,
        title=each.title,
        lesson=each.lesson,
        name=each.name,
        email=each.email,
        state=each.state,
        at=each.at,
        tries=each.tries,
        error=said.gettext("It could not be put into words.") if each.error == UNWRITABLE else each.error,
        may_send=each.may_send,
        date=each.date,
    )
