"""The whole application on PostgreSQL, and what it does while the database is away."""

import re
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from aiohttp import web

from tests.postgres import Cluster
from tests.web.api import TEACHER, Api
from vclass import migrations
from vclass.web.guard import is_static

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def away(cluster: Cluster) -> Iterator[Cluster]:
    """A server that may be stopped; it runs again afterwards."""
    yield cluster
    cluster.stop()
    cluster.start()


def paths(app: web.Application, value: str) -> Iterator[str]:
    """Every GET route with one value in all its places."""
    for route in app.router.routes():
        if route.method == "GET" and not is_static(route) and route.resource is not None:
            yield re.sub(r"{\w+(:[^}]*)?}", quote(value), route.resource.canonical)


async def test_a_lesson_is_booked_and_found_again(api: Api) -> None:
    booked = (await api.booked()).body
    assert (await api.ask("GET", f"/lessons/{booked['id']}")).body["state"] == booked["state"]
    assert (await api.ask("POST", "/lessons", api.lesson(title="Another"))).status == 409
    assert await api.database.read(migrations.missing_guards) == []


async def test_it_is_ready(api: Api) -> None:
    response = await api.client.get("/readyz")
    assert (response.status, (await response.json())["revision"]) == (200, migrations.head())


async def test_while_the_database_is_away_everybody_is_told_to_come_again(api: Api, away: Cluster) -> None:
    before = f"/lessons/{(await api.booked()).body['id']}"
    away.stop()
    began = time.monotonic()
    ready = await api.client.get("/readyz")
    replies = [await api.ask("GET", before), await api.ask("POST", "/lessons", api.lesson())]
    assert time.monotonic() - began < 10
    assert (ready.status, ready.headers["Retry-After"]) == (503, "2")
    assert [(each.status, each.headers["Retry-After"]) for each in replies] == [(503, "2")] * 2
    away.start()
    assert (await api.client.get("/readyz")).status == 200
    assert [(await api.ask("GET", before)).status, (await api.ask("POST", "/lessons", api.lesson())).status] == [
        200,
        409,
    ]


async def test_a_schema_that_is_too_old_is_not_ready(api: Api) -> None:
    revision = "update alembic_version set version_num = :revision"

    def set_to(connection: sa.Connection, number: str) -> None:
        connection.execute(sa.text(revision), {"revision": number})

    await api.database.write(set_to, "0001")
    response = await api.client.get("/readyz")
    await api.database.write(set_to, migrations.head())
    assert response.status == 503


@pytest.mark.parametrize("value", ["\0", "a\0b", "9" * 40, "-1"])
async def test_no_path_is_a_fault_of_ours(api: Api, value: str) -> None:
    query = "&".join(f"{name}={quote(value)}" for name in ("from", "to", "cursor", "start", "resource", "lesson"))
    headers = {"Authorization": f"Bearer {api.world.tokens[TEACHER]}"}
    for path in paths(api.client.app, value):
        for each in (path, f"{path}?{query}"):
            response = await api.client.get(each, headers=headers, allow_redirects=False)
            assert response.status < 500, each


async def test_no_name_is_a_fault_of_ours(api: Api) -> None:
    for body in ({"rooms": ["\0"]}, {"teachers": ["a\0@b.example"]}, {"attendees": [{"email": "a\0@b.example"}]}):
        assert (await api.ask("POST", "/lessons", api.lesson(**body))).status == 422
