"""Idempotency-Key: the key row is inserted first, in the transaction of the work, with the body's hash.

A repeat finds the stored answer; the same key with another body is refused. Kept for 24 hours for each actor.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from vclass.core.db import insert_new, metadata
from vclass.core.refusals import FieldError, InvalidInputError, Refusal

KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 200

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Index(None, "created_at"),
)


class KeyReusedError(Refusal):
    """The same key came with another body."""

    slug = "key-reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request. Send a new key with a new request.")


@dataclass(frozen=True, slots=True)
class Key:
    """One caller's name for one request."""

    person_id: int
    key: str
    body_hash: str


def key_of(person_id: int, header: str | None, body: object) -> Key | None:
    """The key of a request, or None if the caller sent none.

    Raises:
        InvalidInputError: The key is too long; cut short, two could be one.
    """
    if not header:
        return None
    if len(header) > LONGEST_KEY:
        raise InvalidInputError([FieldError("Idempotency-Key", f"send at most {LONGEST_KEY} characters")])
    octets = type(body).__qualname__.encode() + msgspec.json.encode(body, order="deterministic")
    return Key(person_id, header, hashlib.sha256(octets).hexdigest())


def begin(connection: sa.Connection, key: Key, now: int) -> bytes | None:
    """Take the key, or give the answer stored under it.

    Raises:
        KeyReusedError: The stored request had another body.
    """
    _forget_old(connection, now)
    values = {"person_id": key.person_id, "key": key.key, "body_hash": key.body_hash, "created_at": now}
    return None if insert_new(connection, idempotency, values) else kept(connection, key, now)


def kept(connection: sa.Connection, key: Key, now: int) -> bytes | None:
    """The answer stored under a key, if there is one: what was granted once is told again whatever holds today.

    Raises:
        KeyReusedError: The stored request had another body.
    """
    mine = sa.and_(idempotency.c.person_id == key.person_id, idempotency.c.key == key.key)
    found = sa.select(idempotency).where(mine, idempotency.c.created_at >= now - KEPT_SECONDS)
    row = connection.execute(found).one_or_none()
    if row is None:
        return None
    if row.body_hash != key.body_hash:
        raise KeyReusedError
    return None if row.answer is None else str(row.answer).encode()


def once(connection: sa.Connection, key: Key | None, now: int, work: Callable[[], bytes]) -> bytes:
    """Do the work and keep its answer, or give the answer kept under the key. Without a key just do it.

    Raises:
        KeyReusedError: The stored request had another body.
    """
    if key is None:
        return work()
    stored = begin(connection, key, now)
    if stored is None:
        stored = work()
        finish(connection, key, stored)
    return stored


def finish(connection: sa.Connection, key: Key, answer: bytes) -> None:
    """Store the answer that repeats will get."""
    mine = sa.and_(idempotency.c.person_id == key.person_id, idempotency.c.key == key.key)
    connection.execute(sa.update(idempotency).where(mine).values(answer=answer.decode()))


def release(connection: sa.Connection, key: Key) -> None:
    """Give a key back whose request was refused: sent again, it may succeed."""
    mine = sa.and_(idempotency.c.person_id == key.person_id, idempotency.c.key == key.key)
    connection.execute(sa.delete(idempotency).where(mine))


def forget_person(connection: sa.Connection, person_id: int) -> None:
    """Delete the answers that were kept for somebody."""
    connection.execute(sa.delete(idempotency).where(idempotency.c.person_id == person_id))


def rewrite(connection: sa.Connection, text: str, change: Callable[[Any], Any]) -> None:
    """Change those kept answers in which a text stands."""
    found = sa.select(idempotency).where(idempotency.c.answer.icontains(text, autoescape=True))
    for row in connection.execute(found).all():
        answer = msgspec.json.encode(change(msgspec.json.decode(row.answer))).decode()
        mine = sa.and_(idempotency.c.person_id == row.person_id, idempotency.c.key == row.key)
        connection.execute(sa.update(idempotency).where(mine).values(answer=answer))


def _forget_old(connection: sa.Connection, now: int) -> None:
    connection.execute(sa.delete(idempotency).where(idempotency.c.created_at < now - KEPT_SECONDS))
