"""What only a server of its own brings: it goes away and comes back, and other processes write to it at once."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable

import pytest
import sqlalchemy as sa

from tests.postgres import Cluster
from tests.support import SATURDAY
from vclass.core import dialects, idempotency, outbox
from vclass.core.db import Database, DatabaseUnavailableError, insert_new, locked
from vclass.core.idempotency import Key

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
async def another(database_url: str) -> AsyncIterator[Database]:
    """A second process's view of the same database."""
    opened = Database(database_url)
    opened.open()
    yield opened
    await opened.close()


def one(connection: sa.Connection) -> int:
    return int(connection.execute(sa.text("select 1")).scalar_one())


def cut_off(connection: sa.Connection) -> None:
    """Lose the connection in the middle of the work."""
    connection.execute(sa.text("select pg_terminate_backend(pg_backend_pid())"))


def effect(name: str) -> outbox.Effect:
    return outbox.Effect("test", name, name, "greta@example.org", {})


async def queue(database: Database, *names: str) -> None:
    await database.write(outbox.put, [effect(name) for name in names], SATURDAY)


async def queued(database: Database) -> list[str]:
    rows = await database.read(outbox.listing)
    return sorted(each.leased.message_id for each in rows)


async def test_a_server_that_is_away_is_told_at_once_and_used_again_when_it_is_back(
    cluster: Cluster, database: Database
) -> None:
    assert await database.read(one) + await database.write(one) == 2
    cluster.stop()
    began = time.monotonic()
    try:
        for verb in (database.read, database.write, database.transaction):
            with pytest.raises(DatabaseUnavailableError):
                await verb(one)
    finally:
        cluster.start()
    assert time.monotonic() - began < 10
    assert await database.read(one) + await database.write(one) + await database.transaction(one) == 3


async def test_a_lost_connection_undoes_the_batch_and_the_next_one_goes_through(database: Database) -> None:
    outcomes = await asyncio.gather(
        database.write(outbox.put, [effect("before")], SATURDAY),
        database.write(cut_off),
        database.write(outbox.put, [effect("after")], SATURDAY),
        return_exceptions=True,
    )
    assert any(isinstance(each, DatabaseUnavailableError) for each in outcomes)
    assert not [each for each in outcomes if each is not None and not isinstance(each, DatabaseUnavailableError)]
    assert len(await queued(database)) == outcomes.count(None)
    assert await database.write(one) == 1


async def test_a_read_that_loses_its_connection_is_unavailable(database: Database) -> None:
    with pytest.raises(DatabaseUnavailableError):
        await database.read(cut_off)
    assert await database.read(one) == 1


async def test_a_statement_that_takes_too_long_is_stopped(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialects, "STATEMENT_MILLISECONDS", 50)
    database = Database(database_url)
    with pytest.raises(DatabaseUnavailableError, match="statement timeout"):
        await database.read(lambda connection: connection.execute(sa.text("select pg_sleep(9)")))
    await database.close()


async def test_a_row_that_another_process_holds_is_not_waited_for_long(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(database, "held")
    monkeypatch.setattr(dialects, "LOCK_MILLISECONDS", 50)
    impatient = Database(database_url)
    impatient.open()
    with database.engine.begin() as holder:
        holder.execute(locked(holder, sa.select(outbox.outbox)))
        with pytest.raises(DatabaseUnavailableError, match="lock timeout"):
            await impatient.write(outbox.mark_sent, 1, SATURDAY)
    await impatient.write(outbox.mark_sent, 1, SATURDAY)
    await impatient.close()


def crosswise(first: int, then: int, met: tuple[threading.Event, threading.Event]) -> Callable[[sa.Connection], None]:
    """Mark two rows; the other process has marked its first one before we come to the second."""

    def work(connection: sa.Connection) -> None:
        outbox.mark_sent(connection, first, SATURDAY)
        met[0].set()
        assert met[1].wait(10)
        outbox.mark_sent(connection, then, SATURDAY)

    return work


@pytest.mark.parametrize("verb", ["write", "transaction"])
async def test_a_deadlock_between_processes_ends_with_both_done(
    database: Database, another: Database, verb: str
) -> None:
    await queue(database, "one", "two")
    here, there = threading.Event(), threading.Event()
    await asyncio.gather(
        getattr(database, verb)(crosswise(1, 2, (here, there))),
        getattr(another, verb)(crosswise(2, 1, (there, here))),
    )
    rows = await database.read(outbox.listing)
    assert [each.sent_at for each in rows] == [SATURDAY, SATURDAY]


async def test_a_race_that_is_lost_again_and_again_ends_as_unavailable(database: Database) -> None:
    tried = []

    def lose(connection: sa.Connection) -> None:
        tried.append(1)
        connection.execute(sa.text("do 'begin raise serialization_failure; end'"))

    with pytest.raises(DatabaseUnavailableError):
        await database.write(lose)
    assert 1 < len(tried) < 10


async def test_no_row_of_the_outbox_is_leased_twice(database: Database, another: Database) -> None:
    await queue(database, *map(str, range(40)))
    found = await asyncio.gather(
        *(each.transaction(outbox.lease, SATURDAY, 4) for _ in range(5) for each in (database, another))
    )
    leased = [row.id for rows in found for row in rows]
    assert len(leased) == len(set(leased)) == 40


async def test_rows_that_another_process_is_taking_are_left_to_it(database: Database) -> None:
    await queue(database, "theirs", "ours")
    other = sa.create_engine(database.url, poolclass=sa.NullPool)
    with database.engine.begin() as theirs, other.connect() as ours:
        (taken,) = outbox.lease(theirs, SATURDAY, 1)
        assert [each.id for each in outbox.lease(ours, SATURDAY, 5)] == [2]
    assert taken.id == 1


async def test_one_key_sent_to_two_processes_at_once_is_taken_once(database: Database, another: Database) -> None:
    done = []

    def book(connection: sa.Connection, key: Key) -> bytes:
        def work() -> bytes:
            done.append(key)
            return str(len(done)).encode()

        return idempotency.once(connection, key, SATURDAY, work)

    for number in range(20):
        key = Key(1, str(number), "body")
        answers = await asyncio.gather(*(each.write(book, key) for each in (database, another, database, another)))
        assert len(set(answers)) == 1
    assert len(done) == 20


async def test_a_key_that_another_process_gives_back_can_be_taken(database: Database, another: Database) -> None:
    values = {"person_id": 1, "key": "k", "body_hash": "", "created_at": SATURDAY}
    inserted, go_on = threading.Event(), threading.Event()

    def take_and_fail(connection: sa.Connection) -> None:
        insert_new(connection, idempotency.idempotency, values)
        inserted.set()
        assert go_on.wait(10)
        raise ValueError("refused")

    failing = asyncio.ensure_future(database.transaction(take_and_fail))
    await asyncio.to_thread(inserted.wait, 10)
    waiting = asyncio.ensure_future(another.write(insert_new, idempotency.idempotency, values))
    go_on.set()
    with pytest.raises(ValueError, match="refused"):
        await failing
    assert await waiting
