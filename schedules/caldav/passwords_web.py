"""The operations by which people make and revoke app passwords."""

from typing import Annotated

import msgspec
import sqlalchemy as sa
from aiohttp import web

from schedules.caldav import passwords
from schedules.caldav.store import Password
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, KEYRING
from vclass.core.paging import Page
from vclass.core.wire import API, Answer, Routes
from vclass.core.zones import rfc3339

routes = Routes("app passwords")


class NewAppPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password for one calendar program; ``name`` says which."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class AppPasswordView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An app password; ``password`` itself is told once, when it is made."""

    id: str
    name: str
    created: str
    used: str | None = None
    password: str | None = None


class AppPasswordList(msgspec.Struct, frozen=True):
    """Your app passwords, the newest first; ``cursor`` asks for the next ones."""

    passwords: tuple[AppPasswordView, ...]
    cursor: str | None = None


@routes.operation("GET", "/app-passwords", action="passwords.manage", summary="Your app passwords")
async def list_passwords(request: web.Request, *, query: Page) -> AppPasswordList:
    found, cursor = await request.app[DATABASE].read(passwords.listed, request[ACTOR], query.cursor)
    return AppPasswordList(tuple(map(password_view, found)), cursor)


@routes.operation(
    "POST",
    "/app-passwords",
    action="passwords.manage",
    summary="Make a password for a calendar program; it is shown once",
    status=201,
    problems=(409,),
    creates=True,
)
async def create_password(request: web.Request, *, body: NewAppPassword) -> Answer[AppPasswordView]:
    actor, keyring, now = request[ACTOR], request.app[KEYRING], request.app[CLOCK]()
    key = idempotency.of_request(request, body)

    def write(connection: sa.Connection) -> Password:
        """Only the id is kept for repeats: the password stands nowhere."""

        def work() -> bytes:
            return passwords.create(connection, actor, keyring, body.name, now).public_id.encode()

        return passwords.by_public_id(connection, actor, idempotency.once(connection, key, now, work).decode())

    made = await request.app[DATABASE].write(write)
    secret = passwords.secret_of(keyring, made.public_id)
    view = msgspec.structs.replace(password_view(made), password=secret)
    return Answer(view, location=f"{API}/app-passwords/{view.id}")


@routes.operation(
    "DELETE",
    "/app-passwords/{password_id}",
    action="passwords.manage",
    summary="Revoke an app password: from now on it opens nothing",
    status=204,
    problems=(404,),
)
async def revoke_password(request: web.Request, *, password_id: str) -> None:
    await request.app[DATABASE].write(passwords.revoke, request[ACTOR], password_id, request.app[CLOCK]())


def password_view(each: Password) -> AppPasswordView:
    used = None if each.used_at is None else rfc3339(each.used_at)
    return AppPasswordView(each.public_id, each.name, rfc3339(each.created_at), used)
