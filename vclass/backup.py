"""``vclass backup`` and ``vclass restore``: the database as one file. The secret file is kept apart, by hand."""

import itertools
import os
import secrets
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import sqlalchemy as sa

SUFFIXES: Final = ("", "-wal", "-shm")
HELD_BACK: Final = "held back when a backup was restored: it may have left before"


class BackupError(Exception):
    """The file can't be written or taken back; the sentence says why and what to do."""


def database_file(url: str) -> Path:
    """The file of a SQLite address.

    Raises:
        BackupError: The database is another server, which has tools of its own.
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise BackupError(
            "This command copies SQLite files. For PostgreSQL use `pg_dump --format=custom --file=FILE` and "
            "`pg_restore --clean --if-exists`; docs/database.md tells how."
        )
    return Path(address.database)


def backup(url: str, target: Path) -> int:
    """Write a consistent copy while the server runs, for its owner alone; gives its size in octets."""
    source = database_file(url)
    if target.exists():
        raise BackupError(f"{target} exists. Choose another name; a backup never overwrites.")
    if not source.exists():
        raise BackupError(f"There is no database {source}. Check [database] url.")
    connection = sqlite3.connect(source)
    try:
        _make_private(target)
        connection.execute("vacuum into ?", (str(target),))
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise BackupError(f"The backup could not be written: {error}. Check {target.parent}.") from None
    finally:
        connection.close()
    return target.stat().st_size


def restore(url: str, source: Path) -> int:
    """Put a backup in the place of the database; the server must be stopped.

    Mail that waited when the backup was made has usually left since. Where the database that is replaced knows what
    became of it, that counts; the rest is held back, so that nothing is sent twice. Gives how many were held back.

    Raises:
        BackupError: The file is no backup, or the server runs. Then nothing has changed.
    """
    target = database_file(url)
    _check(source)
    _check_stopped(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.restoring")
    fresh.unlink(missing_ok=True)
    _make_private(fresh)
    shutil.copyfile(source, fresh)
    held_back = _settle_mail(fresh, target)
    _begin_anew(fresh)
    _put_aside(target)
    fresh.replace(target)
    return held_back


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _check_stopped(target: Path) -> None:
    """An open connection in WAL mode holds a shared lock, so that nobody else gets an exclusive one."""
    if not target.exists():
        return
    with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as connection:
        connection.execute("pragma locking_mode=exclusive")
        try:
            connection.execute("begin exclusive")
            connection.execute("rollback")
        except sqlite3.DatabaseError as error:  # a damaged one is what restoring is for
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise BackupError(f"{target} is in use. Stop the server first.") from None


def _settle_mail(fresh: Path, replaced: Path) -> int:
    known, now = _fates(replaced), int(time.time())
    with closing(sqlite3.connect(fresh)) as connection:
        waiting = connection.execute("select id, dedupe_key from outbox where sent_at is null and dead_at is null")
        rows = [(*known.get(key, (None, now, HELD_BACK)), row_id) for row_id, key in waiting.fetchall()]
        connection.executemany("update outbox set sent_at = ?, dead_at = ?, last_error = ? where id = ?", rows)
        connection.commit()
    return sum(error == HELD_BACK for _, _, error, _ in rows)


def _begin_anew(fresh: Path) -> None:
    """Calendar programs that have caught up with what is replaced read everything once more."""
    with closing(sqlite3.connect(fresh)) as connection:
        if connection.execute("select 1 from sqlite_master where name = 'sync_epoch'").fetchone():
            connection.execute("delete from sync_epoch")
            connection.execute("insert into sync_epoch (name) values (?)", (secrets.token_hex(4),))
            connection.commit()


def _fates(replaced: Path) -> dict[str, tuple[int | None, int | None, str | None]]:
    """What became of each mail, as far as the database that is replaced can still say."""
    if not replaced.exists():
        return {}
    with closing(sqlite3.connect(replaced)) as connection:
        try:
            found = connection.execute("select dedupe_key, sent_at, dead_at, last_error from outbox").fetchall()
        except sqlite3.DatabaseError:
            return {}
    return {key: (sent_at, dead_at, error) for key, sent_at, dead_at, error in found}


def _put_aside(target: Path) -> None:
    """Keep what stood there, each time under a name of its own: a log beside a foreign database would spoil it."""
    numbers = itertools.chain([""], (f"-{each}" for each in itertools.count(2)))
    names = (f"{target}.before-restore{each}" for each in numbers)
    kept = next(each for each in names if not any(Path(each + suffix).exists() for suffix in SUFFIXES))
    for suffix in SUFFIXES:
        aside = Path(f"{target}{suffix}")
        if aside.exists():
            aside.replace(f"{kept}{suffix}")


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
