"""The page on which people take their calendars elsewhere: links to subscribe to, and passwords for programs."""

from typing import Final

import sqlalchemy as sa
from aiohttp import web

from schedules import caldav, feeds
from schedules.caldav import Password
from schedules.feeds import Listed, Site, Wish
from vclass.core.keys import ACTOR, CLOCK, DATABASE, KEYRING, Actor
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.web.guard import page
from vclass.web.pages.contexts import AppPassword, CalendarLink, CalendarsPage, Notice
from vclass.web.pages.framing import said_to, show
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()

PATH: Final = "/settings/calendars"
PASSWORDS: Final = "/settings/passwords"
UNPROCESSABLE: Final = 422
CONFLICT: Final = 409
KINDS: Final[dict[str, feeds.Kind]] = {"person": "person", "room": "room", "lesson": "lesson"}
DETAILS: Final[dict[str, feeds.Detail]] = {"full": "full", "busy": "busy", "freebusy": "freebusy"}


@routes.get(PATH)
@page(action="feeds.manage")
async def calendars(request: web.Request) -> web.Response:
    return await _shown(request)


@routes.post(PATH)
@page(action="feeds.manage")
async def make_link(request: web.Request) -> web.Response:
    """Make a link to the calendar that the form is about."""
    form, here, now = await request.post(), feeds.site(request), request.app[CLOCK]()
    kind, detail = KINDS.get(str(form.get("kind"))), DETAILS.get(str(form.get("detail")))
    if kind is None or detail is None:
        raise InvalidInputError([FieldError("detail", "choose what the link tells")])
    wish = Wish(kind, str(form.get("of", "")), detail)
    try:
        made = await request.app[DATABASE].write(feeds.create, request[ACTOR], here, wish, now)
    except feeds.TooManyFeedsError:
        sentence = said_to(request).gettext(
            "You have as many links as there can be. Revoke one that you no longer use."
        )
        return await _shown(request, CONFLICT, notice=Notice(sentence, "bad"))
    return see_other(request, f"{PATH}#link-{made.public_id}", "linked")


@routes.post(PATH + "/{id}/revoke")
@page(action="feeds.manage")
async def revoke_link(request: web.Request) -> web.Response:
    arguments = (request[ACTOR], request.app[KEYRING], request.match_info["id"], request.app[CLOCK]())
    await request.app[DATABASE].write(feeds.revoke, *arguments)
    return see_other(request, PATH, "unlinked")


@routes.post(PASSWORDS)
@page(action="passwords.manage")
async def make_password(request: web.Request) -> web.Response:
    """Make a password and show it in the answer itself: no other page will."""
    name, now = str((await request.post()).get("name", "")), request.app[CLOCK]()
    keyring = request.app[KEYRING]
    try:
        made = await request.app[DATABASE].write(caldav.create_password, request[ACTOR], keyring, name[:100], now)
    except InvalidInputError:
        error = said_to(request).gettext("Say in one line which program it is for, such as Thunderbird at home.")
        return await _shown(request, UNPROCESSABLE, error=error)
    except caldav.TooManyPasswordsError:
        many = said_to(request).gettext(
            "You have as many passwords as there can be. Revoke one that you no longer use."
        )
        return await _shown(request, CONFLICT, error=many)
    return await _shown(request, secret=caldav.secret_of(keyring, made.public_id))


@routes.post(PASSWORDS + "/{id}/revoke")
@page(action="passwords.manage")
async def revoke_password(request: web.Request) -> web.Response:
    arguments = (request[ACTOR], request.match_info["id"], request.app[CLOCK]())
    await request.app[DATABASE].write(caldav.revoke_password, *arguments)
    return see_other(request, f"{PATH}#passwords", "lockedout")


async def _shown(
    request: web.Request, status: int = 200, *, secret: str = "", error: str = "", notice: Notice | None = None
) -> web.Response:
    kind, of = _about(request)
    found = await request.app[DATABASE].read(_page, request[ACTOR], feeds.site(request), kind, of, secret, error)
    return await show(request, found, nav="settings", status=status, notice=notice)


def _about(request: web.Request) -> tuple[feeds.Kind, str]:
    """Which calendar the form is about."""
    for kind in (KINDS["room"], KINDS["lesson"]):
        if of := request.query.get(kind, ""):
            return kind, of
    return "person", ""


def _page(
    connection: sa.Connection, actor: Actor, site: Site, kind: feeds.Kind, of: str, secret: str, error: str
) -> CalendarsPage:
    links, _ = feeds.listed(connection, actor, site)
    passwords, _ = caldav.listed_passwords(connection, actor)
    return CalendarsPage(
        links=tuple(_link(each, site.url) for each in links),
        passwords=tuple(map(_password, passwords)),
        address=f"{site.url}/dav/",
        email=actor.email,
        kind=kind,
        of=of,
        name=feeds.find(connection, site, actor, kind, of).name,
        secret=secret,
        error=error,
    )


def _link(each: Listed, base: str) -> CalendarLink:
    view = feeds.feed_view(each, base)
    return CalendarLink(
        id=view.id,
        name=view.name,
        kind=view.kind,
        detail=view.detail,
        url=view.url or "",
        webcal=view.webcal or "",
        used=each.feed.used_at,
    )


def _password(each: Password) -> AppPassword:
    return AppPassword(each.public_id, each.name, each.created_at, each.used_at)
