"""Fixtures for all tests: a fresh database of either kind, a clock that can be set, secret keys, an office, a world."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from config import Keyring, SecretKey
from tests import postgres
from tests.houses import World, three_houses
from tests.judges.node import unavailable
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


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """PostgreSQL for this session, with the database ``vclass`` at the newest revision."""
    if postgres.binaries() is None:
        unavailable("postgresql")
    with postgres.throwaway(synchronous_commit="off", deadlock_timeout="50ms") as running:
        engine = Database(running.create("vclass")).engine
        migrations.upgrade(engine)
        engine.dispose()
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own, at the newest revision and empty: each test runs on either kind."""
    if request.param == "sqlite":
        path = tmp_path / "vclass.db"
        shutil.copyfile(request.getfixturevalue("template"), path)
        yield f"sqlite:///{path}"
    else:
        cluster: postgres.Cluster = request.getfixturevalue("cluster")
        yield cluster.url("vclass")
        cluster.empty("vclass")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database of the test's own, at the newest revision and empty."""
    opened = Database(database_url)
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
