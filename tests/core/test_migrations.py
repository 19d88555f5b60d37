"""The steps lead from an empty database to the tables of today, guards included."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import Fresh
from tests.postgres import Cluster
from vclass import migrations
from vclass.core.db import Database

DROPPED = {
    ("sqlite", "no_double_booking"): "drop trigger no_double_booking",
    ("sqlite", "claims_never_change"): "drop trigger claims_never_change",
    ("postgresql", "no_double_booking"): "alter table claim drop constraint no_double_booking",
    ("postgresql", "claims_never_change"): "alter table claim disable trigger claims_never_change",
}


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of either kind without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        yield cluster.create("empty")
        cluster.drop("empty")


@pytest.fixture
def empty(empty_url: str) -> Iterator[sa.Engine]:
    engine = Database(empty_url).engine
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def upgraded(request: pytest.FixtureRequest, fresh: Fresh, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database of either kind at the newest revision, to be spoilt."""
    with fresh(request.param, tmp_path) as url:
        engine = Database(url).engine
        yield engine
        engine.dispose()


def test_an_empty_database_is_brought_to_the_newest_revision(empty: sa.Engine) -> None:
    assert migrations.current(empty) is None
    migrations.upgrade(empty)
    assert migrations.current(empty) == migrations.head()


def test_an_upgrade_of_an_upgraded_database_changes_nothing(empty: sa.Engine) -> None:
    migrations.upgrade(empty)
    migrations.upgrade(empty)
    assert migrations.current(empty) == migrations.head()


def test_the_steps_lead_to_the_tables(upgraded: sa.Engine) -> None:
    assert migrations.pending_changes(upgraded) == []


def test_a_column_that_the_tables_lack_is_a_pending_change(upgraded: sa.Engine) -> None:
    with upgraded.begin() as connection:
        connection.execute(sa.text("alter table audit add column stray integer"))
    assert len(migrations.pending_changes(upgraded)) == 1


def test_the_guards_stand_in_the_catalogue(upgraded: sa.Engine) -> None:
    with upgraded.connect() as connection:
        assert migrations.missing_guards(connection) == []


@pytest.mark.parametrize("guard", migrations.GUARDS)
def test_a_guard_that_was_dropped_is_named(upgraded: sa.Engine, guard: str) -> None:
    with upgraded.begin() as connection:
        connection.execute(sa.text(DROPPED[upgraded.dialect.name, guard]))
        assert migrations.missing_guards(connection) == [guard]


def test_a_database_without_tables_has_no_guards(empty: sa.Engine) -> None:
    with empty.connect() as connection:
        assert migrations.missing_guards(connection) == list(migrations.GUARDS)


def test_a_step_that_fails_leaves_the_database_as_it_was(empty: sa.Engine) -> None:
    with empty.begin() as connection:
        connection.execute(sa.text("create table claim (id integer)"))
    with pytest.raises(sa.exc.DBAPIError):
        migrations.upgrade(empty)
    assert sa.inspect(empty).get_table_names() == ["claim"]


@pytest.mark.parametrize("empty_url", ["postgres"], indirect=True)
def test_two_upgrades_at_once_wait_for_one_another(empty: sa.Engine, empty_url: str) -> None:
    other = Database(empty_url).engine
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(migrations.upgrade, (empty, other))) == [None, None]
    other.dispose()
    assert migrations.current(empty) == migrations.head()
