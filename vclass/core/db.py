"""The database behind two verbs: ``read`` in a reader thread, ``write`` in the one writer thread.

Everything above is plain synchronous Python that takes a connection and never commits. The writer gathers what
waits, runs each piece in its own savepoint, commits once and then answers all of them (group commit at full
durability). This is the only module with threads, and the only one that knows the dialects.
"""

import asyncio
import json
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite

from config import ConfigurationError

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
GATHERED = 50
BUSY_MILLISECONDS = 10_000
DATA_EXCEPTION = "22"
"""PostgreSQL's class of errors that quote a value in their very sentence."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class DatabaseUnavailableError(Exception):
    """The database does not answer; the same request may work in a moment."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A piece of writing that waits, and the future that awaits its answer."""

    run: Callable[[sa.Connection], Any]
    alone: bool
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a job came to: an answer or an exception."""

    answer: Any = None
    error: BaseException | None = None


class Database:
    """One database, with reader threads and one group-committing writer thread.

    Args:
        url: SQLAlchemy address, e.g. ``sqlite:////var/lib/vclass/vclass.db``.

    Raises:
        ConfigurationError: The address is none, or names a database whose driver isn't installed.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._writing, self._reading = _engine(url, writer=True), _engine(url, writer=False)
        except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
            raise ConfigurationError(
                f"[database] url can't be used: {error}. Write sqlite:///PATH or postgresql+psycopg://..."
            ) from None
        self._readers = ThreadPoolExecutor(READERS, "database-reader")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_until_closed, name="database-writer", daemon=True)

    @property
    def engine(self) -> sa.Engine:
        """The writer's engine, for migrations."""
        return self._writing

    def open(self) -> None:
        self._writer.start()

    async def close(self) -> None:
        """Finish what was accepted, then let go of all threads and connections."""
        self._closed = True
        if self._writer.is_alive():
            self._jobs.put(None)
            await asyncio.get_running_loop().run_in_executor(None, self._writer.join)
        self._readers.shutdown(wait=True)
        self._reading.dispose()
        self._writing.dispose()

    async def read(self, function: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function(connection, ...)`` on one consistent snapshot in a reader thread."""

        def job() -> T:
            try:
                with self._reading.connect() as connection:
                    return function(connection, *args, **kwargs)
            except sa.exc.OperationalError as error:
                raise DatabaseUnavailableError(str(error.orig)) from error

        return await asyncio.get_running_loop().run_in_executor(self._readers, job)

    async def write(self, function: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a plain write (one that touches no claim) with others in one transaction, in its own savepoint.

        Answers after the commit. An exception undoes this piece alone.
        """
        return await self._submit(lambda connection: function(connection, *args, **kwargs), alone=False)

    async def transaction(
        self, function: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``function(connection, ...)`` in a transaction of its own in the writer thread."""
        return await self._submit(lambda connection: function(connection, *args, **kwargs), alone=True)

    async def _submit(self, run: Callable[[sa.Connection], T], *, alone: bool) -> T:
        if self._closed:
            raise DatabaseUnavailableError("the database is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(run, alone, loop, future))
        return await future

    def _write_until_closed(self) -> None:
        kept: _Job | None = None
        while (first := kept or self._jobs.get()) is not None:
            batch, kept, closing = self._gather(first)
            _answer(batch, self._commit(batch))
            if closing:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], _Job | None, bool]:
        """Take what waits, at most ``GATHERED``; a job that wants to be alone ends the batch."""
        batch = [first]
        while not first.alone and len(batch) < GATHERED:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return batch, None, True
            if job.alone:
                return batch, job, False
            batch.append(job)
        return batch, None, False

    def _commit(self, batch: Sequence[_Job]) -> list[_Outcome]:
        try:
            with self._writing.begin() as connection:
                if batch[0].alone:
                    return [_Outcome(batch[0].run(connection))]
                return [_in_savepoint(connection, job) for job in batch]
        except Exception as error:  # noqa: BLE001  it is handed to whoever waits for the answer
            return [_failed(error)] * len(batch)


def _in_savepoint(connection: sa.Connection, job: _Job) -> _Outcome:
    savepoint = connection.begin_nested()
    try:
        answer = job.run(connection)
    except Exception as error:  # noqa: BLE001  it is handed to whoever waits for the answer
        savepoint.rollback()
        return _failed(error)
    savepoint.commit()
    return _Outcome(answer)


def _failed(error: Exception) -> _Outcome:
    """What a waiting caller is to get; a future takes no StopIteration."""
    if isinstance(error, sa.exc.OperationalError):
        return _Outcome(error=DatabaseUnavailableError(str(error.orig)))
    return _Outcome(error=RuntimeError(repr(error)) if isinstance(error, StopIteration) else error)


def _answer(batch: Sequence[_Job], outcomes: Sequence[_Outcome]) -> None:
    """Wake each waiting loop once for all its answers."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], _Outcome]]] = {}
    for job, outcome in zip(batch, outcomes, strict=True):
        by_loop.setdefault(job.loop, []).append((job.future, outcome))
    for loop, pairs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, pairs)


def _resolve(pairs: Iterable[tuple[asyncio.Future[Any], _Outcome]]) -> None:
    for future, outcome in pairs:
        if future.cancelled():
            continue
        if outcome.error is not None:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.answer)


def _engine(url: str, *, writer: bool) -> sa.Engine:
    address = sa.make_url(url)
    # Values stay out of error messages, which reach the log: addresses and digests are among them.
    pool = {"pool_size": 1 if writer else READERS, "max_overflow": 1, "hide_parameters": True}
    if address.get_backend_name() != "sqlite":
        engine = sa.create_engine(address, pool_pre_ping=True, **pool)
        event.listen(engine, "handle_error", _keep_values_out)
        return engine
    engine = sa.create_engine(address, poolclass=sa.QueuePool, connect_args={"check_same_thread": False}, **pool)
    _sqlite(engine, writer=writer)
    return engine


def _keep_values_out(context: sa.ExceptionContext) -> None:
    """PostgreSQL quotes rows in an error's details, and wrong values in its sentence: neither may reach the log."""
    told, wrapped = context.original_exception, context.sqlalchemy_exception
    diagnosis = getattr(told, "diag", None)
    if diagnosis is None or diagnosis.sqlstate is None or wrapped is None:
        return
    quoted = diagnosis.sqlstate.startswith(DATA_EXCEPTION)
    told.args = (f"{diagnosis.sqlstate} {'a value that does not fit' if quoted else diagnosis.message_primary}",)
    wrapped.args = (f"({type(told).__name__}) {told}", *wrapped.args[1:])


def _sqlite(engine: sa.Engine, *, writer: bool) -> None:
    """WAL and synchronous=FULL; the writer takes its lock at BEGIN (a deferred one fails half-way)."""

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=wal",
            "synchronous=full",
            "foreign_keys=on",
            *(() if writer else ("query_only=on",)),
        ):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("begin immediate" if writer else "begin")


def integer_rows(connection: sa.Connection, name: str, columns: Sequence[str]) -> sa.CTE:
    """A table of integers from one JSON parameter called ``name``: any number of rows, one cached statement.

    Bind it with ``as_json(rows)``.
    """
    parameter = sa.bindparam(name, type_=sa.Text)
    if connection.dialect.name == "sqlite":
        each = sa.func.json_each(parameter).table_valued("value")
        picked = [
            sa.cast(sa.func.json_extract(each.c.value, f"$[{position}]"), sa.BigInteger).label(column)
            for position, column in enumerate(columns)
        ]
        return sa.select(*picked).distinct().cte(name)
    arrays = sa.func.json_array_elements(sa.cast(parameter, sa.JSON)).table_valued("value")
    picked = [
        sa.cast(sa.cast(arrays.c.value, postgresql.JSON)[position].astext, sa.BigInteger).label(column)
        for position, column in enumerate(columns)
    ]
    return sa.select(*picked).distinct().cte(name)


def as_json(rows: Iterable[Sequence[int]]) -> str:
    return json.dumps([list(row) for row in rows])


def insert_new(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row unless its key is taken; tell whether it went in."""
    made = _unless_taken(connection, table).values(values).returning(sa.literal_column("1"))
    return connection.execute(made).first() is not None


def insert_all_new(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert those rows whose keys aren't taken, all in one statement."""
    if rows:
        connection.execute(_unless_taken(connection, table), rows)


def _unless_taken(connection: sa.Connection, table: sa.Table) -> Any:  # noqa: ANN401  either dialect's Insert
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()


def locked(connection: sa.Connection, statement: sa.Select[Any]) -> sa.Select[Any]:
    """Lock the selected rows until the end of the transaction; SQLite's writer already holds the database."""
    if connection.dialect.name == "sqlite":
        return statement
    return statement.with_for_update(key_share=True)
