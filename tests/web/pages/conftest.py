"""The campus of ``campus.py`` on a fresh database, and people who have signed in."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KeepingEngines
from tests.support import SettableClock
from tests.web.pages.campus import ANNA, IRYNA, MARIA, SOPHIE, Campus, Visitor, furnish, settings
from vclass.app import create_app
from vclass.core.keys import DATABASE
from vclass.web.limits import Limits


@pytest.fixture
async def campus(
    aiohttp_server: Any,  # noqa: ANN401  untyped
    aiohttp_client: Any,  # noqa: ANN401  untyped
    sqlite_url: str,
    sqlite_file: Path,
    keeping_engines: KeepingEngines,
    clock: SettableClock,
) -> Campus:
    folder = sqlite_file.parent
    assert settings(folder).database.url == sqlite_url
    with keeping_engines():
        app = create_app(settings(folder), clock=clock, limits=Limits.lifted())
    server = await aiohttp_server(app)
    ids = await app[DATABASE].write(furnish)
    return Campus(server, ids, clock, aiohttp_client)


@pytest.fixture
async def anna(campus: Campus) -> Visitor:
    """A teacher in Vienna."""
    return await campus.person(ANNA)


@pytest.fixture
async def iryna(campus: Campus) -> Visitor:
    """A teacher in Kyiv, who reads Ukrainian."""
    return await campus.person(IRYNA)


@pytest.fixture
async def maria(campus: Campus) -> Visitor:
    """A teacher in New York, who has nothing to do with the others."""
    return await campus.person(MARIA)


@pytest.fixture
async def sophie(campus: Campus) -> Visitor:
    """A student in Vienna."""
    return await campus.person(SOPHIE)
