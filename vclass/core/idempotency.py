"""Idempotency-Key: the key row is inserted first, in the transaction of the work, with the body's hash.

A repeat finds the stored answer; the same key with another body is refused. Kept for 24 hours for each actor.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from aiohttp import web

from vclass.core.db import insert_new, metadata
from vclass.core.keys import ACTOR
from vclass.core.refusals import FieldError, InvalidInputError, Refusal
from vclass.core.zones import Instant, rfc3339

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
    """The same key came with another body; it is kept ``until`` then."""

    slug = "key-reused"

    def __init__(self, until: Instant) -> None:
        super().__init__(
            "This Idempotency-Key was used for another request. Send a new key with a new request.",
            until=rfc3339(until),
        )


@dataclass(frozen=True, slots=True)
class Key:
    """One caller's name for one request."""

    person_id: int
    key: str
    body_hash: str

    @property
    def name(self) -> tuple[int, str]:
        """What it is found by."""
        return self.person_id, self.key


def of_request(request: web.Request, body: object) -> Key | None:
    """The key that a request came with, or None; raises as `key_of` does, and NotSignedInError."""
    return key_of(request[ACTOR].own_id(), request.headers.get("Idempotency-Key"), body)


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
    connection.execute(sa.delete(idempotency).where(_mine(key), idempotency.c.created_at < now - KEPT_SECONDS))
    values = {"person_id": key.person_id, "key": key.key, "body_hash": key.body_hash, "created_at": now}
    return None if insert_new(connection, idempotency, values) else kept(connection, key, now)


def begin_all(
    connection: sa.Connection, keys: Iterable[Key], now: int
) -> dict[tuple[int, str], bytes | KeyReusedError | None]:
    """Take the keys of a batch in the order of their names, which no two processes can do crosswise.

    Of a name that comes twice the first is taken. Gives for each name what ``begin`` says, or its refusal.
    """
    first: dict[tuple[int, str], Key] = {}
    for each in keys:
        first.setdefault(each.name, each)
    return {name: _begun(connection, first[name], now) for name in sorted(first)}


def _begun(connection: sa.Connection, key: Key, now: int) -> bytes | KeyReusedError | None:
    try:
        return begin(connection, key, now)
    except KeyReusedError as refusal:
        return refusal


def kept(connection: sa.Connection, key: Key, now: int) -> bytes | None:
    """The answer stored under a key, if there is one: what was granted once is told again whatever holds today.

    Raises:
        KeyReusedError: The stored request had another body.
    """
    found = sa.select(idempotency).where(_mine(key), idempotency.c.created_at >= now - KEPT_SECONDS)
    row = connection.execute(found).one_or_none()
    if row is None:
        return None
    if row.body_hash != key.body_hash:
        raise KeyReusedError(row.created_at + KEPT_SECONDS)
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
    connection.execute(sa.update(idempotency).where(_mine(key)).values(answer=answer.decode()))


def release(connection: sa.Connection, key: Key) -> None:
    """Give a key back whose request was refused: sent again, it may succeed."""
    connection.execute(sa.delete(idempotency).where(_mine(key)))


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


def forget_old(connection: sa.Connection, now: int) -> int:
    """Delete the keys that are kept no longer; how many. For the clockwork."""
    return connection.execute(sa.delete(idempotency).where(idempotency.c.created_at < now - KEPT_SECONDS)).rowcount


def _mine(key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(idempotency.c.person_id == key.person_id, idempotency.c.key == key.key)
