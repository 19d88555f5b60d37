"""The database's shape, step by step. A migration is history: it never imports living code.

``python -m vclass.migrations "what changes"`` writes the next step from the difference between the steps so far
and the tables. Guards (triggers, exclusion constraints) are written by hand: autogenerate doesn't see them.
Alembic is imported where it is used, since most starts have nothing to migrate.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config

LOCATION = "vclass:migrations"
VERSIONS = Path(__file__).parent / "versions"
GUARDS = ("no_double_booking", "claims_never_change")
"""What the tables don't show: triggers, and PostgreSQL's exclusion constraint; the desk relies on them."""

UPGRADING = 7_663_611
"""PostgreSQL's advisory lock that an upgrade holds; any number that nobody else takes."""

_STANDING = {
    "sqlite": "select name from sqlite_master where type = 'trigger'",
    "postgresql": """
        select tgname from pg_trigger where tgenabled <> 'D' and tgrelid = to_regclass('claim')
        union all select conname from pg_constraint where contype = 'x' and conrelid = to_regclass('claim')
    """,
}


def head() -> str:
    """The newest revision that this program brings; revisions are numbered files."""
    return max((path.name for path in VERSIONS.glob("[0-9]*.py")), default="0000").partition("_")[0]


def current(engine: sa.Engine) -> str | None:
    """The revision that a database is at, None if it is empty."""
    with engine.connect() as connection:
        return current_of(connection)


def current_of(connection: sa.Connection) -> str | None:
    """The revision of the database behind a connection."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("select version_num from alembic_version")).scalar_one_or_none()


def upgrade(engine: sa.Engine) -> str | None:
    """Bring a database to the newest revision, wholly or not at all; gives the one it was at.

    A file's folder is made if need be.
    """
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    before = current(engine)
    if before == head():
        return before
    from alembic import command  # noqa: PLC0415  most starts have nothing to migrate

    with engine.connect() as connection:
        _take_turns(connection)
        with _unwatched(connection):
            command.upgrade(configuration(connection), "head")
            _check_references(connection)
        connection.commit()
    return before


def _take_turns(connection: sa.Connection) -> None:
    """On PostgreSQL a second upgrade waits for the first, and a step takes the time that it needs."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("set local statement_timeout = 0; set local lock_timeout = '1min'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADING)))


@contextmanager
def _unwatched(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, which its foreign keys forbid: they rest meanwhile."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("pragma foreign_keys=off")
    try:
        yield
        connection.commit()
    finally:
        driver.execute("pragma foreign_keys=on")


def _check_references(connection: sa.Connection) -> None:
    """What rested is looked at once, before the commit."""
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("pragma foreign_key_check").all()):
        raise RuntimeError(f"the upgrade would break {len(broken)} references, first {broken[0]}; nothing was changed")


def pending_changes(engine: sa.Engine) -> list[Any]:
    """What the tables have and an upgraded database lacks, or the other way round."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415  developers only
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415  likewise

    from vclass.tables import metadata  # noqa: PLC0415  migrations themselves need no living table

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))


def missing_guards(connection: sa.Connection) -> list[str]:
    """The guards that an upgraded database should have and lacks; tables made anew lose theirs."""
    standing = set(connection.execute(sa.text(_STANDING[connection.dialect.name])).scalars())
    return [each for each in GUARDS if each not in standing]


def configuration(connection: sa.Connection) -> "Config":
    """Alembic's configuration without a file: where the steps lie, and the connection to use."""
    from alembic.config import Config  # noqa: PLC0415  most starts have nothing to migrate

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", LOCATION)
    return config
