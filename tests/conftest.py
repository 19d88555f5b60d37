"""Fixtures for all tests: a fresh upgraded database, a clock that can be set, secret keys, an office with its world."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config import Keyring, SecretKey
from tests.houses import World, three_houses
from tests.office import Office
from tests.support import SettableClock
from vclass import migrations
from vclass.core.db import Database


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("template") / "vclass.db"
    engine = Database(f"sqlite:///{path}").engine
    migrations.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
async def database(template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database of the test's own, at the newest revision and empty."""
    path = tmp_path / "vclass.db"
    shutil.copyfile(template, path)
    opened = Database(f"sqlite:///{path}")
    opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring((SecretKey("new", b"n" * 32), SecretKey("old", b"o" * 32)))


@pytest.fixture
async def world(database: Database) -> World:
    return await database.write(three_houses)


@pytest.fixture
async def office(database: Database, world: World, keyring: Keyring, clock: SettableClock) -> AsyncIterator[Office]:
    opened = Office(database, world, keyring, clock)
    yield opened
    await opened.desk.close()
