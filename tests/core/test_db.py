"""The database behind its verbs: what is answered is committed, and nobody suffers for another's mistake."""

import asyncio
import sqlite3
import threading
import traceback
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from vclass.core.db import GATHERED, Database, DatabaseUnavailableError, as_json, insert_new, integer_rows

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
SOMEBODY = "greta@example.org"
notes = sa.Table("notes", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))


@pytest.fixture
def plain_url(database_url: str, tmp_path: Path) -> str:
    """A database of either kind to make a table of notes in."""
    return f"sqlite:///{tmp_path / 'notes.db'}" if database_url.startswith("sqlite") else database_url


@pytest.fixture
async def plain(plain_url: str) -> AsyncIterator[Database]:
    """A database with the table, not yet open: what is written waits."""
    database = Database(plain_url)
    notes.metadata.create_all(database.engine)
    yield database
    await database.close()
    with other_process(plain_url).begin() as connection:
        notes.metadata.drop_all(connection)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes.db"


def other_process(url: str) -> sa.Engine:
    """Looks at the same database from outside."""
    return sa.create_engine(url, poolclass=sa.NullPool)


def note(connection: sa.Connection, text: str) -> int:
    return int(connection.execute(sa.insert(notes).values(text=text).returning(notes.c.id)).scalar_one())


def fail_after_note(connection: sa.Connection, error: Exception) -> None:
    note(connection, "undone")
    raise error


def texts(connection: sa.Connection) -> list[str]:
    return [str(text) for text in connection.execute(sa.select(notes.c.text).order_by(notes.c.id)).scalars()]


def committed(url: str) -> list[str]:
    """What another process sees."""
    with other_process(url).connect() as connection:
        return texts(connection)


async def test_a_write_is_committed_when_it_is_answered(plain: Database, plain_url: str) -> None:
    plain.open()
    assert await plain.write(note, "one") == 1
    assert committed(plain_url) == ["one"]


async def test_what_waits_is_committed_together(plain: Database) -> None:
    commits = []
    sa.event.listen(plain.engine, "commit", lambda _connection: commits.append(1))
    waiting = [asyncio.ensure_future(plain.write(note, str(each))) for each in range(GATHERED + 1)]
    await started(waiting)
    plain.open()
    assert await asyncio.gather(*waiting) == list(range(1, GATHERED + 2))
    assert len(commits) == 2


async def started(tasks: Sequence[asyncio.Future[int]]) -> None:
    """Let each task run up to where it waits for its answer."""
    done, _ = await asyncio.wait(tasks, timeout=0)
    assert not done


@pytest.mark.parametrize("error", [ValueError("bad"), StopIteration(), sa.exc.OperationalError("x", {}, OSError())])
async def test_one_bad_write_fails_alone(plain: Database, plain_url: str, error: Exception) -> None:
    first = asyncio.ensure_future(plain.write(note, "before"))
    bad = asyncio.ensure_future(plain.write(fail_after_note, error))
    last = asyncio.ensure_future(plain.write(note, "after"))
    await asyncio.wait([first, bad, last], timeout=0)
    plain.open()
    outcomes = await asyncio.gather(first, bad, last, return_exceptions=True)
    assert isinstance(outcomes[1], ValueError | RuntimeError | DatabaseUnavailableError)
    assert committed(plain_url) == ["before", "after"]


async def test_a_transaction_runs_alone_and_is_undone_whole(plain: Database, plain_url: str) -> None:
    plain.open()
    with pytest.raises(ValueError, match="bad"):
        await plain.transaction(fail_after_note, ValueError("bad"))
    await plain.transaction(note, "good")
    assert committed(plain_url) == ["good"]


async def test_transactions_and_writes_keep_their_order(plain: Database, plain_url: str) -> None:
    waiting = [
        asyncio.ensure_future((plain.transaction if each % 3 == 0 else plain.write)(note, str(each)))
        for each in range(10)
    ]
    await started(waiting)
    plain.open()
    await asyncio.gather(*waiting)
    assert committed(plain_url) == [str(each) for each in range(10)]


async def test_a_reader_sees_one_snapshot_however_long_it_reads(plain: Database) -> None:
    plain.open()
    await plain.write(note, "old")
    looked, written = threading.Event(), threading.Event()

    def twice(connection: sa.Connection) -> tuple[list[str], list[str]]:
        before = texts(connection)
        looked.set()
        assert written.wait(10)
        return before, texts(connection)

    reading = asyncio.ensure_future(plain.read(twice))
    await asyncio.get_running_loop().run_in_executor(None, looked.wait, 10)
    await plain.write(note, "new")
    written.set()
    assert await reading == (["old"], ["old"])
    assert await plain.read(texts) == ["old", "new"]


async def test_a_reader_cannot_write(plain: Database, plain_url: str) -> None:
    with pytest.raises((DatabaseUnavailableError, sa.exc.DBAPIError), match=r"readonly|read-only"):
        await plain.read(note, "sneaked in")
    assert committed(plain_url) == []


async def test_closing_finishes_what_was_accepted(plain: Database, plain_url: str) -> None:
    waiting = [asyncio.ensure_future(plain.write(note, str(each))) for each in range(3)]
    await started(waiting)
    plain.open()
    await plain.close()
    assert await asyncio.gather(*waiting) == [1, 2, 3]
    assert committed(plain_url) == ["0", "1", "2"]


async def test_a_write_to_a_closed_database_is_refused_and_does_not_hang(plain: Database) -> None:
    plain.open()
    await plain.close()
    with pytest.raises(DatabaseUnavailableError, match="closed"):
        await plain.write(note, "late")


async def test_a_caller_who_leaves_keeps_nobody_from_an_answer(plain: Database) -> None:
    leaving = asyncio.ensure_future(plain.write(note, "left"))
    staying = asyncio.ensure_future(plain.write(note, "stayed"))
    await started([leaving, staying])
    leaving.cancel()
    plain.open()
    assert await staying == 2


@SQLITE
async def test_a_locked_database_is_unavailable(plain: Database, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vclass.core.dialects.BUSY_MILLISECONDS", 1)
    plain.engine.dispose()
    plain.open()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(DatabaseUnavailableError, match="locked"):
        await plain.write(note, "late")
    other.execute("rollback")
    other.close()
    assert await plain.write(note, "in time") == 1


async def test_nobody_waits_for_ever(plain: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vclass.core.db.LONGEST_WAIT_SECONDS", 0.05)
    plain.open()
    go_on = threading.Event()
    for verb in (plain.read, plain.write, plain.transaction):
        with pytest.raises(DatabaseUnavailableError, match="no answer"):
            await verb(lambda _connection: go_on.wait(10))
    go_on.set()


async def test_what_nobody_waits_for_any_more_is_not_begun(plain: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vclass.core.db.LONGEST_WAIT_SECONDS", 0.05)
    with pytest.raises(DatabaseUnavailableError):
        await plain.write(note, "given up")
    plain.open()
    monkeypatch.undo()
    assert await plain.write(note, "wanted") == 1
    assert await plain.read(texts) == ["wanted"]


@SQLITE
async def test_commits_are_durable_and_references_are_checked(plain: Database) -> None:
    def pragmas(connection: sa.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"pragma {name}").scalar_one() for name in names]

    plain.open()
    assert await plain.transaction(pragmas) == ["wal", 2, 1]


async def test_integer_rows_are_a_table_of_the_rows_as_they_are_given(plain: Database) -> None:
    def rows(connection: sa.Connection) -> list[tuple[int, ...]]:
        table = integer_rows(connection, "pairs", ("one", "two"))
        found = connection.execute(
            sa.select(table).order_by(table.c.one), {"pairs": as_json([(2, -3), (1, 9), (1, 9)])}
        )
        return [tuple(row) for row in found]

    assert await plain.read(rows) == [(1, 9), (1, 9), (2, -3)]


async def test_a_row_goes_in_unless_its_key_is_taken(plain: Database) -> None:
    plain.open()
    assert await plain.write(insert_new, notes, {"id": 1, "text": "mine"})
    assert not await plain.write(insert_new, notes, {"id": 1, "text": "yours"})
    assert await plain.read(texts) == ["mine"]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into person (email) values (:who)",
        "insert into role (person_id) values (:who)",
        "insert into idempotency (person_id, key, body_hash, created_at) values (1, :who, '', 1), (1, :who, '', 1)",
    ],
)
async def test_j3_what_was_to_be_written_is_not_told_in_the_error(database: Database, statement: str) -> None:
    def write(connection: sa.Connection) -> None:
        connection.execute(sa.text(statement), {"who": SOMEBODY})

    with pytest.raises(sa.exc.DBAPIError) as told:
        await database.write(write)
    assert SOMEBODY not in "".join(traceback.format_exception(told.value))
