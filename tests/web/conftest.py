"""The site of ``site.py``, and the whole application, each on a fresh database."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from config import Keyring
from config.settings import Server
from tests.conftest import KeepingEngines
from tests.houses import VIENNA, three_houses
from tests.support import SATURDAY, SettableClock
from tests.web.api import Api, settings
from tests.web.site import Site, application
from vclass import people
from vclass.app import create_app
from vclass.core.db import Database
from vclass.core.keys import DATABASE
from vclass.web.limits import Limits

Serve: TypeAlias = Callable[..., Awaitable[Site]]


@pytest.fixture
def serve(aiohttp_client: Any, database: Database, keyring: Keyring, clock: SettableClock) -> Serve:  # noqa: ANN401  untyped
    """Start the site as some installation would have it."""

    async def start(server: Server | None = None, limits: Limits | None = None) -> Site:
        institution = await database.write(people.create_institution, VIENNA, SATURDAY)
        app = application(database, keyring, clock, server or Server(), limits)
        return Site(await aiohttp_client(app), database, keyring, institution)

    return start


@pytest.fixture
async def site(serve: Serve) -> Site:
    return await serve()


@pytest.fixture
def limits() -> Limits:
    """The rates of the whole application; a test may have others."""
    return Limits.lifted()


@pytest.fixture
async def api(
    database_url: str,
    keeping_engines: KeepingEngines,
    tmp_path: Path,
    aiohttp_client: Any,  # noqa: ANN401  untyped
    clock: SettableClock,
    limits: Limits,
) -> Api:
    """The whole application with three houses."""
    with keeping_engines():
        app = create_app(settings(tmp_path, database_url), clock=clock, limits=limits)
    client = await aiohttp_client(app)
    world = await client.app[DATABASE].write(three_houses)
    return Api(client, world, clock)


@pytest.fixture
async def asking(api: Api) -> Api:
    """Both halls are booked with approval only, by their administrators' own hand."""
    for place in ("vienna", "kyiv"):
        who = ("room_admin", place)
        path = f"/rooms/{api.hall(place)}"
        room = await api.ask("GET", path, who=who)
        changed = await api.ask("PATCH", path, {"approval": "required"}, who, If_Match=room.headers["ETag"])
        assert changed.status == 200, changed.body
    return api
