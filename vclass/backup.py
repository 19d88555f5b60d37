"""``vclass backup`` and ``vclass restore``: the whole installation's data as one file."""

import shutil
import sqlite3
from pathlib import Path

import sqlalchemy as sa


class BackupError(Exception):
    """The file can't be written or taken back; the sentence says why and what to do."""


def database_file(url: str) -> Path:
    """The file of a SQLite address.

    Raises:
        BackupError: The database is another server, which has tools of its own.
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise BackupError("This command copies SQLite files; for PostgreSQL use pg_dump and pg_restore.")
    return Path(address.database)


def backup(url: str, target: Path) -> int:
    """Write a consistent copy while the server runs; gives its size in octets."""
    source = database_file(url)
    if target.exists():
        raise BackupError(f"{target} exists. Choose another name; a backup never overwrites.")
    if not source.exists():
        raise BackupError(f"There is no database {source}. Check [database] url.")
    connection = sqlite3.connect(source)
    try:
        connection.execute("vacuum into ?", (str(target),))
    except sqlite3.Error as error:
        raise BackupError(f"The backup could not be written: {error}. Check {target.parent}.") from None
    finally:
        connection.close()
    return target.stat().st_size


def restore(url: str, source: Path) -> None:
    """Put a backup in the place of the database; the server must be stopped."""
    target = database_file(url)
    _check(source)
    for suffix in ("", "-wal", "-shm"):
        aside = Path(f"{target}{suffix}")
        if aside.exists():
            aside.replace(f"{target}.before-restore{suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _check(source: Path) -> None:
    if not source.is_file():
        raise BackupError(f"There is no file {source}.")
    connection = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
    try:
        (answer,) = connection.execute("pragma integrity_check").fetchone()
        connection.execute("select version_num from alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{source} is not a backup of vclass: {error}.") from None
    finally:
        connection.close()
    if answer != "ok":
        raise BackupError(f"{source} is damaged: {answer}.")
