"""A small site behind the real middlewares: the people API, and a few pages to knock at."""

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from config import Keyring, Settings
from config.settings import Server
from tests.support import SATURDAY
from vclass import people
from vclass.core.clock import Clock
from vclass.core.db import Database, DatabaseUnavailableError
from vclass.core.keys import ACTOR, CLOCK, DATABASE, KEYRING, LANGUAGE, SETTINGS
from vclass.people import NewPerson, Role
from vclass.web import cookies, errors, guard, middlewares
from vclass.web.limits import Limits, charge_bad_link, charge_sign_in

Client = TestClient[web.Request, web.Application]
BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@guard.page(action="site.public")
async def front(request: web.Request) -> web.Response:
    text = f"{request[ACTOR].name}|{request[LANGUAGE]}|{request.scheme}|{request.remote}"
    return web.Response(
        text=f'<p id="who">{text}</p><meta name="csrf" content="{request[cookies.CSRF]}">', content_type="text/html"
    )


@guard.page(action="me.see")
async def change(_request: web.Request) -> web.Response:
    return web.Response(text="changed")


@guard.page(action="lesson.join")
async def join(request: web.Request) -> web.Response:
    """A link is valid when it says so."""
    if not request.match_info["token"].startswith("valid"):
        charge_bad_link(request)
        raise web.HTTPNotFound
    return web.Response(text="come in")


@guard.page(action="session.begin")
async def ask(request: web.Request) -> web.Response:
    charge_sign_in(request, str((await request.post()).get("email", "")))
    return web.Response(text="look into your mail")


@guard.page(action="site.public")
async def broken(_request: web.Request) -> web.Response:
    raise RuntimeError("the secret inside")


@guard.page(action="site.public")
async def unavailable(_request: web.Request) -> web.Response:
    raise DatabaseUnavailableError("disk I/O error")


@guard.page(action="lesson.join")
async def socket(request: web.Request) -> web.WebSocketResponse:
    """Say what is heard; fall over at "fall"."""
    opened = web.WebSocketResponse()
    await opened.prepare(request)
    async for message in opened:
        if message.data == "fall":
            raise RuntimeError("fallen")
        await opened.send_str(message.data)
    return opened


@guard.page(action="site.operate")
async def health(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def error_page(_request: web.Request, problem: errors.Problem) -> web.Response:
    return web.Response(text=f"<h1>{problem.title}</h1>", status=problem.status, content_type="text/html")


PAGES = [
    web.get("/", front),
    web.post("/change", change),
    web.get("/change", change),
    web.get("/join/{token}", join),
    web.post("/join/{token}", join),
    web.post("/sign-in", ask),
    web.get("/broken", broken),
    web.get("/unavailable", unavailable),
    web.get("/live/ws", socket),
    web.get("/healthz", health),
]


def application(
    database: Database, keyring: Keyring, now: Clock, server: Server, limits: Limits | None = None
) -> web.Application:
    app = web.Application()
    app[SETTINGS] = Settings(server=server)
    app[KEYRING] = keyring
    app[CLOCK] = now
    app[DATABASE] = database
    middlewares.install(app, page=error_page, limits=limits)
    app.router.add_routes([*PAGES, *people.routes.table()])
    guard.check_routes(app)
    return app


@dataclass
class Site:
    """A client of the site, and ways in."""

    client: Client
    database: Database
    keyring: Keyring
    institution: people.Institution

    @property
    def ben(self) -> dict[str, object]:
        """A person to create, as a body."""
        return {"email": "ben@vienna.example", "name": "Ben", "institution": self.institution.public_id}

    async def person(self, role: Role) -> people.Person:
        wish = NewPerson(f"{role}@vienna.example", role, self.institution.public_id, (role,))
        return await self.database.write(people.create_person, wish, SATURDAY)

    async def bearer(self, role: Role) -> dict[str, str]:
        person = await self.person(role)
        token = await self.database.write(people.make_token, person.id, "test", SATURDAY)
        return {"Authorization": f"Bearer {token}"}

    async def sign_in(self, role: Role) -> str:
        """Sign the client's browser in; gives the cookie."""
        person = await self.person(role)
        link = await self.database.write(people.repeatable_sign_in, self.keyring, person.id, SATURDAY)
        cookie = await self.database.write(people.finish_sign_in, link, SATURDAY, repeatable=True)
        self.client.session.cookie_jar.update_cookies({"sid": cookie}, self.client.make_url("/"))
        return cookie

    async def csrf(self) -> str:
        """The token in the front page."""
        text = await (await self.client.get("/", headers=BROWSER)).text()
        match = re.search(r'name="csrf" content="([^"]+)"', text)
        assert match is not None
        return match[1]

    async def problem(self, method: str, path: str, **arguments: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401  aiohttp's
        response = await self.client.request(method, path, **arguments)
        assert response.content_type == "application/problem+json"
        return response.status, await response.json(content_type=None)
