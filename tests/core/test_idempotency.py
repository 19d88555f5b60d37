"""A request that is repeated under its key is done once."""

import re

import msgspec
import pytest
import sqlalchemy as sa

from tests.support import SATURDAY
from vclass.core.db import Database
from vclass.core.idempotency import (
    KEPT_SECONDS,
    Key,
    KeyReusedError,
    begin,
    begin_all,
    finish,
    forget_old,
    idempotency,
    key_of,
    once,
    release,
)
from vclass.core.refusals import InvalidInputError


class Order(msgspec.Struct):
    """A body."""

    name: str


class Offer(msgspec.Struct):
    """Another kind of body that looks alike."""

    name: str


def key(body: object = None, *, person_id: int = 1, header: str = "k1") -> Key:
    made = key_of(person_id, header, Order("a") if body is None else body)
    assert made is not None
    return made


def take(connection: sa.Connection, wanted: Key, now: int = SATURDAY) -> bytes:
    """Do some work that can be told from its repeats."""
    count = connection.execute(sa.select(sa.func.count()).select_from(idempotency)).scalar_one()
    return once(connection, wanted, now, f"work {count}".encode)


async def test_a_repeat_gets_the_stored_answer(database: Database) -> None:
    assert await database.write(take, key()) == b"work 0"
    assert await database.write(take, key()) == b"work 0"


@pytest.mark.parametrize("other", [key(person_id=2), key(header="k2")])
async def test_another_person_or_key_is_another_request(database: Database, other: Key) -> None:
    await database.write(take, key())
    assert await database.write(take, other) == b"work 1"


@pytest.mark.parametrize("body", [Order("b"), Offer("a")])
async def test_the_same_key_with_another_body_is_refused(database: Database, body: object) -> None:
    await database.write(take, key())
    with pytest.raises(KeyReusedError):
        await database.write(take, key(body))


async def test_work_that_fails_leaves_the_key_free(database: Database) -> None:
    def fail(connection: sa.Connection) -> bytes:
        return once(connection, key(), SATURDAY, lambda: bytes(-1))

    with pytest.raises(ValueError, match="negative count"):
        await database.write(fail)
    assert await database.write(take, key()) == b"work 0"


async def test_a_released_key_can_be_used_with_another_body(database: Database) -> None:
    await database.write(begin, key(), SATURDAY)
    await database.write(release, key())
    assert await database.write(begin, key(Order("b")), SATURDAY) is None


async def test_answers_are_kept_for_a_day(database: Database) -> None:
    await database.write(take, key())
    assert await database.write(take, key(), SATURDAY + KEPT_SECONDS) == b"work 0"
    assert await database.write(take, key(Order("b")), SATURDAY + KEPT_SECONDS + 1) != b"work 0"


async def test_answers_come_back_as_they_were_sent(database: Database) -> None:
    await database.write(begin, key(), SATURDAY)
    await database.write(finish, key(), "Київ 🎓".encode())
    assert await database.write(begin, key(), SATURDAY) == "Київ 🎓".encode()


@pytest.mark.parametrize("header", [None, ""])
def test_without_a_header_there_is_no_key(header: str | None) -> None:
    assert key_of(1, header, Order("a")) is None


async def test_without_a_key_everything_is_done_again(database: Database) -> None:
    answers = iter([b"one", b"two"])
    assert await database.write(lambda c: once(c, None, SATURDAY, answers.__next__)) == b"one"
    assert await database.write(lambda c: once(c, None, SATURDAY, answers.__next__)) == b"two"


def test_a_key_is_never_cut_short() -> None:
    assert key(header="k" * 200).key == "k" * 200
    with pytest.raises(InvalidInputError, match="Idempotency-Key"):
        key(header="k" * 201)


async def test_the_keys_of_a_batch_are_taken_in_the_order_of_their_names(database: Database) -> None:
    """Two processes that took the same keys crosswise would wait for each other."""
    keys = [key(header=each) for each in ("k2", "k3", "k1")] + [key(Order("b"), header="k3")]

    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        asked.extend(re.findall(r"k\d", str(parameters)) if statement.startswith("INSERT INTO idempotency") else [])

    sa.event.listen(database.engine, "before_cursor_execute", note)
    taken = await database.write(begin_all, keys, SATURDAY)
    assert taken == {(1, "k1"): None, (1, "k2"): None, (1, "k3"): None}
    assert asked == ["k1", "k2", "k3"]


async def test_keys_that_are_kept_no_longer_are_deleted(database: Database) -> None:
    await database.write(take, key())
    assert await database.write(forget_old, SATURDAY + KEPT_SECONDS) == 0
    assert await database.write(forget_old, SATURDAY + KEPT_SECONDS + 1) == 1
