"""The database behind two verbs: ``read`` in a reader thread, ``write`` in the one writer thread.

Everything above is plain synchronous Python that takes a connection and never commits. The writer gathers what
waits, runs each piece in its own savepoint, commits once and then answers all of them (group commit at full
durability). Nobody waits for an answer longer than ``LONGEST_WAIT_SECONDS``, whatever the database does; what came
of a write whose answer did not arrive is open, as with any answer that is lost on its way. This is the only module
with threads; ``dialects`` is the only one that knows SQLite from PostgreSQL.
"""

import asyncio
import queue
import random
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import sqlalchemy as sa

from config import ConfigurationError
from vclass.core import dialects, structs
from vclass.core.dialects import (
    ROW_ID,
    as_json,
    domain_of,
    fact_in,
    insert_all_new,
    insert_new,
    insert_numbered,
    insert_rows,
    insert_selected,
    integer_rows,
    listed,
    locked,
    mark,
    of_ids,
    rising,
)

__all__ = [
    "ROW_ID",
    "Database",
    "DatabaseUnavailableError",
    "as_json",
    "domain_of",
    "fact_in",
    "insert_all_new",
    "insert_new",
    "insert_numbered",
    "insert_rows",
    "insert_selected",
    "integer_rows",
    "listed",
    "locked",
    "mark",
    "metadata",
    "of_ids",
    "rising",
]

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
GATHERED = 50
LONGEST_WAIT_SECONDS = 9.5
TRIES: Final = 5
LONGEST_PAUSE_SECONDS: Final = 0.1

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
    """A piece of work that waits, until when, and the future that awaits its answer."""

    run: Callable[[sa.Connection], Any]
    alone: bool
    deadline: float
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]

    def answer(self, connection: sa.Connection) -> object:
        """Do the work, unless whoever asked has gone away meanwhile."""
        if time.monotonic() > self.deadline:
            raise DatabaseUnavailableError("the database took too long to come to this")
        return self.run(connection)


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
            self._writing = dialects.open_engine(url, writer=True, size=1)
            self._reading = dialects.open_engine(url, writer=False, size=READERS)
        except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
            raise ConfigurationError(
                f"[database] url can't be used: {error}. Write sqlite:///PATH, or postgresql+psycopg://... with the "
                "driver installed: pip install 'vclass[postgres]'."
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
        structs.complete()
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

    @asynccontextmanager
    async def alone(self, name: int) -> AsyncIterator[bool]:
        """Whether this process alone does something; true for no other until the block ends, however it ends.

        On SQLite there is one process.
        """
        connection = await asyncio.to_thread(self._reading.connect)
        try:
            yield await asyncio.to_thread(dialects.try_lock, connection, name)
        finally:
            await asyncio.to_thread(_let_go, connection)

    async def read(self, function: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function(connection, ...)`` on one consistent snapshot in a reader thread."""

        def job() -> T:
            try:
                with self._reading.connect() as connection:
                    return function(connection, *args, **kwargs)
            except sa.exc.SQLAlchemyError as error:
                if not dialects.is_unavailable(error):
                    raise
                raise _unavailable(error) from error

        return await _patiently(asyncio.get_running_loop().run_in_executor(self._readers, job))

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
        self._jobs.put(_Job(run, alone, time.monotonic() + LONGEST_WAIT_SECONDS, loop, future))
        return await _patiently(future)

    def _write_until_closed(self) -> None:
        kept: _Job | None = None
        while (first := kept or self._jobs.get()) is not None:
            batch, kept, closing = self._gather(first)
            _answer(batch, self._outcomes(batch))
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

    def _outcomes(self, batch: Sequence[_Job]) -> list[_Outcome]:
        """Commit a batch; one that lost a race against another process is tried again as a whole."""
        for tried in range(1, TRIES + 1):
            try:
                return self._commit(batch)
            except Exception as error:  # noqa: BLE001  it is handed to whoever waits for the answer
                if tried == TRIES or not dialects.is_lost_race(error):
                    return [_failed(error)] * len(batch)
                time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311  no secret
        raise AssertionError("the last try answers")

    def _commit(self, batch: Sequence[_Job]) -> list[_Outcome]:
        with self._writing.begin() as connection:
            if len(batch) == 1:  # nobody else's work is to be kept when this fails
                return [_Outcome(batch[0].answer(connection))]
            return [_in_savepoint(connection, job) for job in batch]


def _let_go(connection: sa.Connection) -> None:
    """End a connection for good: what its session has locked is free."""
    connection.invalidate()
    connection.close()


def _in_savepoint(connection: sa.Connection, job: _Job) -> _Outcome:
    savepoint = connection.begin_nested()
    try:
        answer = job.answer(connection)
    except Exception as error:
        if connection.invalidated or dialects.is_lost_race(error):
            raise  # the whole transaction is lost, not this piece alone
        savepoint.rollback()
        return _failed(error)
    savepoint.commit()
    return _Outcome(answer)


async def _patiently(answer: Awaitable[T]) -> T:
    """Await an answer, but not for ever."""
    try:
        async with asyncio.timeout(LONGEST_WAIT_SECONDS) as limit:
            return await answer
    except TimeoutError:
        if not limit.expired():
            raise
        raise DatabaseUnavailableError(f"the database gave no answer in {LONGEST_WAIT_SECONDS} s") from None


def _told(error: Exception) -> Exception:
    """What a waiting caller is to get of an error; a future takes no StopIteration."""
    if dialects.is_unavailable(error):
        return _unavailable(error)
    return RuntimeError(repr(error)) if isinstance(error, StopIteration) else error


def _unavailable(error: Exception) -> DatabaseUnavailableError:
    return DatabaseUnavailableError(str(getattr(error, "orig", error)))


def _failed(error: Exception) -> _Outcome:
    return _Outcome(error=_told(error))


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
