"""Mail that failed, over HTTP."""

from functools import partial

import msgspec
import sqlalchemy as sa
from aiohttp import web

from schedules.undelivered import service
from schedules.undelivered.model import Failure, Kind, Undelivered
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.paging import Page, fetched
from vclass.core.wire import Routes
from vclass.core.zones import rfc3339

routes = Routes("lessons")


class UndeliveredView(msgspec.Struct, frozen=True):
    """A mail that reached nobody: ``dead`` was refused for good or given up, ``bounced`` came back.

    ``again`` says whether you may have it sent once more; ``error`` is what the mail server said.
    """

    id: str
    kind: Kind
    news: str
    email: str
    name: str
    lesson: str | None
    title: str
    state: Failure
    at: str
    tries: int
    error: str
    again: bool


class UndeliveredList(msgspec.Struct, frozen=True):
    """The mails of your institution that failed, the latest first."""

    mails: tuple[UndeliveredView, ...]
    cursor: str | None = None


class Press(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object: the path says all."""


@routes.operation(
    "GET", "/undelivered", action="mail.manage", summary="Mail of your institution that failed", problems=(403,)
)
async def list_undelivered(request: web.Request, *, query: Page) -> UndeliveredList:
    found, cursor = await request.app[DATABASE].read(_listed, request[ACTOR], query.cursor)
    return UndeliveredList(tuple(map(_view, found)), cursor)


@routes.operation(
    "POST",
    "/undelivered/{mail_id}/again",
    action="mail.manage",
    summary="Send a mail that failed once more: of a lesson, how it stands now",
    problems=(403, 404, 409),
)
async def send_undelivered(request: web.Request, *, mail_id: str, body: Press) -> UndeliveredView:  # noqa: ARG001  an empty object
    now = request.app[CLOCK]()
    return _view(await request.app[DATABASE].write(service.send_again, request[ACTOR], mail_id, now))


@routes.operation(
    "POST",
    "/undelivered/{mail_id}/settle",
    action="mail.manage",
    summary="Mark a mail that failed as dealt with",
    problems=(403, 404),
)
async def settle_undelivered(request: web.Request, *, mail_id: str, body: Press) -> UndeliveredView:  # noqa: ARG001  an empty object
    now = request.app[CLOCK]()
    return _view(await request.app[DATABASE].write(service.settle, request[ACTOR], mail_id, now))


def _listed(connection: sa.Connection, actor: Actor, cursor: str | None) -> tuple[list[Undelivered], str | None]:
    found, following = fetched(partial(service.undelivered, connection, actor), cursor)
    return list(found), following


def _view(each: Undelivered) -> UndeliveredView:
    return UndeliveredView(
        id=each.id,
        kind=each.kind,
        news=each.news,
        email=each.email,
        name=each.name,
        lesson=each.lesson or None,
        title=each.title,
        state=each.state,
        at=rfc3339(each.at),
        tries=each.tries,
        error=each.error,
        again=each.may_send,
    )
