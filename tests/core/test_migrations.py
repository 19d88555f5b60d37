"""The steps lead from an empty file to the tables of today, guards included."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from vclass import migrations
from vclass.core.db import Database


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = Database(f"sqlite:///{tmp_path / 'empty.db'}").engine
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


def test_the_steps_lead_to_the_tables(empty: sa.Engine) -> None:
    migrations.upgrade(empty)
    assert migrations.pending_changes(empty) == []


def test_a_column_that_the_tables_lack_is_a_pending_change(empty: sa.Engine) -> None:
    migrations.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("alter table audit add column stray integer"))
    assert len(migrations.pending_changes(empty)) == 1


def test_the_guards_stand_in_the_catalogue(empty: sa.Engine) -> None:
    migrations.upgrade(empty)
    with empty.connect() as connection:
        found = connection.execute(sa.text("select name, tbl_name from sqlite_master where type = 'trigger'")).all()
    assert set(map(tuple, found)) == {("no_double_booking", "claim"), ("claims_never_change", "claim")}


def test_a_step_that_fails_leaves_the_database_as_it_was(empty: sa.Engine) -> None:
    with empty.begin() as connection:
        connection.execute(sa.text("create table claim (id integer)"))
    with pytest.raises(sa.exc.OperationalError):
        migrations.upgrade(empty)
    assert sa.inspect(empty).get_table_names() == ["claim"]
