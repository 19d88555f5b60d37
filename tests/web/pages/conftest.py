"""The campus of ``campus.py`` on a fresh database, and people who have signed in."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import SettableClock
from tests.web.pages.campus import ANNA, IRYNA, MARIA, SOPHIE, Campus, Visitor, furnish, settings
from vclass.app import create_app
from vclass.core.keys import DATABASE
from vclass.web.limits import Limits


@pytest.fixture
async def campus(
    aiohttp_server: Any,  # noqa: ANN401  untyped
    aiohttp_client: Any,  # noqa: ANN401  untyped
    template: Path,
    tmp_path: Path,
    clock: SettableClock,
) -> Campus:
    shutil.copyfile(template, tmp_path / "vclass.db")
    app = create_app(settings(tmp_path), clock=clock, limits=Limits.lifted())
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
