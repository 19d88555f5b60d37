"""Fixtures for all tests: a fresh database of either kind, a clock that can be set, secret keys, an office, a world."""

import functools
import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from config import Keyring, SecretKey
from tests import postgres
from tests.houses import World, three_houses
from tests.needs import need_postgresql
from tests.office import Office
from tests.support import SettableClock
from vclass import migrations
from vclass.backup import SUFFIXES
from vclass.core import db, dialects
from vclass.core.db import Database

Fresh: TypeAlias = Callable[[str, Path], AbstractContextManager[str]]
KeepingEngines: TypeAlias = Callable[[], AbstractContextManager[None]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, the long ones come first: none is left to wait for at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which much else runs is slow, and the database not away: tests of that set limits of their own."""
    monkeypatch.setattr(db, "LONGEST_WAIT_SECONDS", 60)


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
    """PostgreSQL for this session, with a database ``vclass`` at the newest revision and one to be copied."""
    need_postgresql()
    with postgres.throwaway(synchronous_commit="off", deadlock_timeout="50ms") as running:
        engine = Database(running.create("pristine")).engine
        migrations.upgrade(engine)
        engine.dispose()
        running.create("vclass", template="pristine")
        yield running


@pytest.fixture(scope="session")
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Makes databases at the newest revision, for who needs several or spoils one: ask for a kind in a folder."""
    numbers = itertools.count(1)

    @contextmanager
    def make(kind: str, folder: Path) -> Iterator[str]:
        name = f"fresh_{next(numbers)}"
        if kind == "sqlite":
            shutil.copyfile(request.getfixturevalue("template"), folder / f"{name}.db")
            yield f"sqlite:///{folder / name}.db"
        else:
            cluster: postgres.Cluster = request.getfixturevalue("cluster")
            yield cluster.create(name, template="pristine")
            cluster.drop(name)

    return make


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SQLite database of the present test is: always the same place, so that its engines can be kept."""
    return tmp_path_factory.mktemp("database") / "vclass.db"


@pytest.fixture
def sqlite_url(sqlite_file: Path, template: Path) -> str:
    """A SQLite database of the test's own, at the newest revision and empty."""
    for suffix in SUFFIXES:
        path = sqlite_file.with_name(sqlite_file.name + suffix)
        path.unlink(missing_ok=True)
    shutil.copyfile(template, sqlite_file)
    return f"sqlite:///{sqlite_file}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own, at the newest revision and empty: each test runs on either kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
    else:
        cluster: postgres.Cluster = request.getfixturevalue("cluster")
        yield cluster.url("vclass")
        cluster.empty("vclass")


@pytest.fixture(scope="session")
def keeping_engines() -> KeepingEngines:
    """Whoever opens a database inside gets the engines of earlier tests, with all that they have compiled."""
    kept = functools.cache(dialects.open_engine)

    @contextmanager
    def keeping() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(dialects, "open_engine", kept)
            yield

    return keeping


@pytest.fixture
async def database(database_url: str, keeping_engines: KeepingEngines) -> AsyncIterator[Database]:
    """An open database of the test's own, at the newest revision and empty."""
    with keeping_engines():
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
