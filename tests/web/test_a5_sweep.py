"""No GET of the whole application changes the database (rule A5)."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web

from tests.support import SettableClock
from tests.web.pages.campus import SOPHIE, Campus, Visitor, furnish, settings
from tests.web.pages.test_join import NIKOS, NOW_OPEN, links, seated
from vclass.app import Demonstration, create_app
from vclass.core import outbox
from vclass.core.keys import DATABASE
from vclass.mail import POSTMAN
from vclass.web.guard import is_static
from vclass.web.limits import Limits

PATIENCE = 20.0


@pytest.fixture
async def demo(
    aiohttp_server: Any,  # noqa: ANN401  untyped
    aiohttp_client: Any,  # noqa: ANN401  untyped
    template: Path,
    tmp_path: Path,
    clock: SettableClock,
) -> Campus:
    """The campus as a demo, which has more pages."""
    shutil.copyfile(template, tmp_path / "vclass.db")
    shown = Demonstration(dict)
    app = create_app(settings(tmp_path), clock=clock, demonstration=shown, limits=Limits.lifted())
    server = await aiohttp_server(app)
    return Campus(server, await app[DATABASE].write(furnish), clock, aiohttp_client)


def everything(connection: sa.Connection) -> str:
    """All rows of all tables. Sessions are young here: an old one would be renewed by a GET, for its own person."""
    return "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]  # sqlite3's


def paths(app: web.Application, values: dict[str, str]) -> Iterator[str]:
    """The path of every GET route."""
    for route in app.router.routes():
        if route.method == "GET" and not is_static(route) and route.resource is not None:
            yield re.sub(r"{(\w+)(?::[^}]*)?}", lambda match: values.get(match[1], "none"), route.resource.canonical)


async def test_a5_no_get_of_anybody_changes_anything(demo: Campus) -> None:
    anna = await demo.person("anna@vii.example")
    lesson = await demo.booked(anna, **NOW_OPEN)
    link = (await links(demo, lesson))[NIKOS]
    nikos, _ = await seated(demo, link)
    sophie = await demo.visitor()
    await sophie.get("/sign-in")
    await sophie.post("/sign-in", {"email": SOPHIE})
    lesson_id = lesson.rpartition("/")[2]
    values = {"lesson": lesson_id, "lesson_id": lesson_id, "room_id": demo.ids.a101, "id": "1"}
    values |= {"equipment_id": demo.ids.camera, "what": "rooms"}
    found = [
        *paths(demo.server.app, values | {"token": link.rpartition("/")[2]}),
        await demo.mailed_path(),
        f"/api/v1/invitations?lesson={lesson_id}",
    ]
    await all_mail_sent(demo)
    before = await demo.database.read(everything)
    for visitor in (anna, nikos):
        statuses = {path: await looked_at(visitor, path) for path in found}
        assert statuses[link] == 200
        assert max(statuses.values()) < 500
    assert await demo.database.read(everything) == before


async def all_mail_sent(demo: Campus) -> None:
    """Also what the clockwork has begun to send."""
    async with asyncio.timeout(PATIENCE):
        await demo.server.app[POSTMAN].deliver_due()
        while any(each.sent_at is None for each in await demo.database.read(outbox.listing)):  # noqa: ASYNC110  no event
            await asyncio.sleep(0.02)


async def looked_at(visitor: Visitor, path: str) -> int:
    """Look twice, as a browser and as a mail scanner."""
    await visitor.client.head(path, allow_redirects=False)
    return (await visitor.get(path)).status
