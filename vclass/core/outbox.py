"""The outbox: effects on the outside world, written in the transaction of the change, delivered afterwards.

A row holds facts, never a finished body. Rows of one lane leave in order (a CANCEL never before its REQUEST);
each row is leased, retried with growing pauses for a day, and dead after a final refusal. The dedupe key makes
a repeated change write one row; the Message-ID comes from it, so that a repeat after a crash is the same mail.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from vclass.core import erasure
from vclass.core.db import ROW_ID, domain_of, insert_all_new, locked, metadata
from vclass.core.patience import PATIENCE, Patience, pause

LEASE_SECONDS = 90
"""Whoever delivers for longer renews the lease."""
PREFIXES = 50
"""No statement asks for more of them."""
LOOKED_AT = 4
"""So many times the rows that are wanted are looked at, since some domains have had their share."""
TRIES = 10
"""So often at most others can be quicker with some of the rows."""
TOKEN_DIGITS = 16
MOST_DIGITS = 18
"""So many fit into a column, whatever they are."""

Change: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
_WAITS = sa.text("sent_at is null and dead_at is null")
_FAILED = sa.text("(dead_at is not null or bounced_at is not null) and settled_at is null")

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("dedupe_key", sa.Text, nullable=False, unique=True),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("leased_until", sa.BigInteger),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sent_at", sa.BigInteger),
    sa.Column("dead_at", sa.BigInteger),
    sa.Column("last_error", sa.Text),
    sa.Column("bounced_at", sa.BigInteger),
    sa.Column("bounce_reason", sa.Text),
    sa.Column("settled_at", sa.BigInteger),
    sa.Index("ix_outbox_waiting", "due_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    sa.Index("ix_outbox_failed", "recipient", sqlite_where=_FAILED, postgresql_where=_FAILED),
    sa.Index(None, "lane", "id"),
)


_WAITING = sa.and_(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to do outside, at once or at ``due_at``.

    ``kind`` names the deliverer, ``facts`` are what it needs to write the body.
    """

    kind: str
    dedupe_key: str
    lane: str
    recipient: str
    facts: dict[str, Any]
    due_at: int = 0


@dataclass(frozen=True, slots=True)
class Leased:
    """A row taken for delivery."""

    id: int
    kind: str
    message_id: str
    recipient: str
    facts: dict[str, Any]
    created_at: int
    tries: int

    @property
    def domain(self) -> str:
        """Where the recipient gets mail."""
        return self.recipient.rpartition("@")[2]

    @property
    def return_token(self) -> str:
        """Names the row in its return path: whoever didn't get the mail can't guess it."""
        return f"{self.id}-{self.message_id[:TOKEN_DIGITS]}"


@dataclass(frozen=True, slots=True)
class Standing:
    """A row as it stands, to be shown: sent, sent and come back, dead with the last error, or waiting."""

    leased: Leased
    sent_at: int | None
    dead_at: int | None
    last_error: str | None
    bounced_at: int | None = None
    bounce_reason: str | None = None

    @property
    def tries(self) -> int:
        """How often it was tried so far."""
        return self.leased.tries - 1


@dataclass(frozen=True, slots=True)
class Shares:
    """How many rows may be taken at most for one recipient domain: ``of`` it, or as many as of ``each``."""

    each: int
    of: Mapping[str, int]


ALL = Shares(1_000_000, {})


def put(connection: sa.Connection, effects: Sequence[Effect], now: int) -> None:
    """Write what is to be done; to somebody erased nothing more is said."""
    rows = [
        {
            "kind": each.kind,
            "dedupe_key": each.dedupe_key,
            "lane": each.lane,
            "recipient": each.recipient,
            "facts": msgspec.json.encode(each.facts).decode(),
            "created_at": max(now, each.due_at),
            "due_at": max(now, each.due_at),
        }
        for each in effects
        if not erasure.is_nobody(each.recipient)
    ]
    insert_all_new(connection, outbox, rows)


def put_new(connection: sa.Connection, effects: Sequence[Effect], now: int) -> bool:
    """The same, unless all of it was written before; tells whether it was not."""
    known = sa.select(outbox.c.dedupe_key).where(outbox.c.dedupe_key.in_([each.dedupe_key for each in effects]))
    written = set(connection.execute(known).scalars())
    put(connection, [each for each in effects if each.dedupe_key not in written], now)
    return len(written) < len(effects)


def lease(connection: sa.Connection, now: int, limit: int = 20, shares: Shares = ALL) -> list[Leased]:
    """Take due rows for delivery; a row whose elder in the same lane still waits stays where it is.

    Several processes may take at once: what one is about to take, the others leave, and look for more.
    """
    rows: list[Leased] = []
    looked_at: set[int] = set()
    counts: Counter[str] = Counter()
    for _ in range(TRIES):
        eldest = _eldest(connection, now, limit * LOOKED_AT, shares, looked_at)
        chosen = list(islice(_within(eldest, shares, counts), limit - len(rows)))
        rows += _take(connection, chosen, now) if chosen else []
        looked_at.update(chosen)
        if len(rows) == limit or not chosen:
            break
    return sorted(rows, key=attrgetter("id"))


def _eldest(
    connection: sa.Connection, now: int, limit: int, shares: Shares, but: set[int]
) -> Iterator[tuple[int, str]]:
    """Rows that are due and the first of their lanes, by a window: a join with elders can take PostgreSQL seconds."""
    columns = (outbox.c.id, outbox.c.recipient, outbox.c.due_at, outbox.c.leased_until)
    place = sa.func.row_number().over(partition_by=outbox.c.lane, order_by=outbox.c.id).label("place")
    each = sa.select(*columns, place).where(_WAITING).subquery()
    found = sa.select(each.c.id, each.c.recipient).where(each.c.place == 1, each.c.due_at <= now, _free(each.c, now))
    if but:
        found = found.where(each.c.id.not_in(but))
    if full := [domain for domain, share in shares.of.items() if share <= 0]:
        found = found.where(domain_of(connection, each.c.recipient).not_in(full))
    return ((row.id, row.recipient) for row in connection.execute(found.order_by(each.c.id).limit(limit)))


def _take(connection: sa.Connection, chosen: Sequence[int], now: int) -> list[Leased]:
    """Lease those of some rows that nobody else takes meanwhile."""
    still = sa.select(outbox.c.id).where(outbox.c.id.in_(chosen), _WAITING, _free(outbox.c, now)).order_by(outbox.c.id)
    ours = connection.execute(locked(connection, still, skip_taken=True)).scalars().all()
    taken = _leasing(ours, now).values(tries=outbox.c.tries + 1).returning(outbox)
    return [_leased(row, tries=row["tries"]) for row in connection.execute(taken).mappings()]


def _free(columns: ReadOnlyColumnCollection[str, Any], now: int) -> sa.ColumnElement[bool]:
    return sa.or_(columns.leased_until.is_(None), columns.leased_until <= now)


def _within(rows: Iterable[tuple[int, str]], shares: Shares, taken: Counter[str]) -> Iterator[int]:
    """Those rows with which no domain gets more than its share; counts them."""
    for row_id, recipient in rows:
        domain = recipient.rpartition("@")[2]
        if taken[domain] < shares.of.get(domain, shares.each):
            taken[domain] += 1
            yield row_id


def renew(connection: sa.Connection, row_ids: Sequence[int], now: int) -> None:
    """Go on having rows that are on their way: a slow server takes its time."""
    connection.execute(_leasing(row_ids, now))


def _leasing(row_ids: Sequence[int], now: int) -> sa.Update:
    return sa.update(outbox).where(outbox.c.id.in_(row_ids)).values(leased_until=now + LEASE_SECONDS)


def _leased(row: sa.RowMapping, tries: int) -> Leased:
    return Leased(
        id=row["id"],
        kind=row["kind"],
        message_id=message_id(row["dedupe_key"]),
        recipient=row["recipient"],
        facts=msgspec.json.decode(row["facts"]),
        created_at=row["created_at"],
        tries=tries,
    )


def message_id(dedupe_key: str) -> str:
    """The left part of the Message-ID: the same for each try, and after a crash."""
    return hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]


def waits(connection: sa.Connection, row_id: int) -> bool:
    """Whether a row is still to be delivered."""
    found = sa.select(outbox.c.id).where(outbox.c.id == row_id, _WAITING)
    return connection.execute(found).first() is not None


def mark_sent(connection: sa.Connection, row_id: int, now: int) -> None:
    _mark(connection, row_id, sent_at=now, leased_until=None, last_error=None)


def mark_dead(connection: sa.Connection, row_id: int, now: int, error: str) -> None:
    """The other side refused for good, or we gave up: shown to people, never retried."""
    _mark(connection, row_id, dead_at=now, leased_until=None, last_error=error[:500])


def mark_late(connection: sa.Connection, row_id: int, now: int) -> None:
    """Nobody needs it any more: it is dead, and there is nothing to do about it."""
    _mark(connection, row_id, dead_at=now, settled_at=now, leased_until=None, last_error="too late to be of use")


def mark_bounced(connection: sa.Connection, row_id: int, now: int, reason: str) -> None:
    """The mail was accepted and came back: its address can't be reached. The first bounce of a row stands."""
    first = sa.and_(outbox.c.id == row_id, outbox.c.bounced_at.is_(None))
    connection.execute(sa.update(outbox).where(first).values(bounced_at=now, bounce_reason=reason[:500]))


def mark_for_retry(
    connection: sa.Connection, leased: Leased, now: int, error: str, patience: Patience = PATIENCE
) -> bool:
    """Put a row off, or give it up when it has waited for too long; tell whether it will be tried again."""
    if now - leased.created_at > patience.give_up:
        mark_dead(connection, leased.id, now, error)
        return False
    later = now + pause(leased.tries, leased.message_id, patience)
    _mark(connection, leased.id, due_at=later, leased_until=None, last_error=error[:500])
    return True


def returned(connection: sa.Connection, return_token: str) -> int | None:
    """The row that the token of a return path names."""
    row = named(connection, return_token.partition("-")[0])
    if row is None or not hmac.compare_digest(row.leased.return_token, return_token):
        return None
    return row.leased.id


def _mark(connection: sa.Connection, row_id: int, **values: object) -> None:
    connection.execute(sa.update(outbox).where(outbox.c.id == row_id).values(**values))


def rewrite(connection: sa.Connection, prefixes: Sequence[str], change: Change) -> None:
    """Change the facts of all rows whose lanes begin with some text, also of those that have left."""
    for first in range(0, len(prefixes), PREFIXES):
        some = prefixes[first : first + PREFIXES]
        _rewrite(connection, sa.or_(*(outbox.c.lane.startswith(each, autoescape=True) for each in some)), change)


def rewrite_with(connection: sa.Connection, text: str, change: Change) -> None:
    """The same of all rows in whose facts some text stands by itself."""
    quoted = msgspec.json.encode(text).decode()
    _rewrite(connection, outbox.c.facts.contains(quoted, autoescape=True), change)


def _rewrite(connection: sa.Connection, which: sa.ColumnElement[bool], change: Change) -> None:
    for row in connection.execute(sa.select(outbox.c.id, outbox.c.facts).where(which)).all():
        text = msgspec.json.encode(change(msgspec.json.decode(row.facts))).decode()
        connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(facts=text))


def take_back(connection: sa.Connection, lanes: Sequence[str], news: str | None = None) -> int:
    """Delete what waits in some lanes, or only certain news; how many. What has left stays."""
    waiting = sa.select(outbox.c.id, outbox.c.facts).where(outbox.c.lane.in_(list(lanes)), _WAITING)
    rows = connection.execute(waiting).all()
    gone = [row.id for row in rows if news in (None, msgspec.json.decode(row.facts).get("news"))]
    return connection.execute(sa.delete(outbox).where(outbox.c.id.in_(gone))).rowcount if gone else 0


def forget_recipient(connection: sa.Connection, recipient: str) -> None:
    """Delete what was sent, or waits to be sent, to one address."""
    connection.execute(sa.delete(outbox).where(outbox.c.recipient == recipient))


def forget(connection: sa.Connection, before: int) -> int:
    """Delete rows that were sent or died before an instant; how many. What waits stays, however old."""
    settled = sa.or_(outbox.c.sent_at < before, outbox.c.dead_at < before)
    return connection.execute(sa.delete(outbox).where(settled)).rowcount


def listing(connection: sa.Connection, limit: int = 100) -> list[Standing]:
    """The newest rows first, whatever their state."""
    found = sa.select(outbox).order_by(outbox.c.id.desc()).limit(limit)
    return [standing(row) for row in connection.execute(found).mappings()]


def backlog(connection: sa.Connection, before: int) -> tuple[int, int]:
    """How many rows from before an instant still wait, and how many died since then with which nobody has dealt."""
    late = sa.func.count().filter(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None), outbox.c.created_at < before)
    dead = sa.func.count().filter(outbox.c.dead_at >= before, outbox.c.settled_at.is_(None))
    found = connection.execute(sa.select(late, dead).select_from(outbox)).one()
    return int(found[0]), int(found[1])


def died(connection: sa.Connection, since: int, limit: int) -> list[Standing]:
    """Rows that were refused for good or given up since an instant, and still stand so, the latest first."""
    open_ones = sa.and_(outbox.c.dead_at >= since, outbox.c.settled_at.is_(None))
    found = sa.select(outbox).where(open_ones).order_by(outbox.c.dead_at.desc(), outbox.c.id.desc())
    return [standing(row) for row in connection.execute(found.limit(limit)).mappings()]


def of_lanes(
    connection: sa.Connection, lanes: Sequence[str], first: int = 0, most: int | None = None
) -> list[Standing]:
    """Rows of some lanes, oldest first; from the ``first`` on, at most so many."""
    found = sa.select(outbox).where(outbox.c.lane.in_(list(lanes))).order_by(outbox.c.id)
    return [standing(row) for row in connection.execute(found.offset(first).limit(most)).mappings()]


def used_lanes(connection: sa.Connection, lanes: Sequence[str]) -> set[str]:
    """Those of some lanes that have any rows."""
    return set(connection.execute(sa.select(outbox.c.lane).where(outbox.c.lane.in_(list(lanes))).distinct()).scalars())


def one(connection: sa.Connection, row_id: int) -> Standing | None:
    """A row as its deliverer would get it, without taking it."""
    row = connection.execute(sa.select(outbox).where(outbox.c.id == row_id)).mappings().one_or_none()
    return None if row is None else standing(row)


def named(connection: sa.Connection, text: str) -> Standing | None:
    """The row whose number stands in an address; None also where what stands there is no such number."""
    return one(connection, number_in(text))


def number_in(text: str) -> int:
    """The number of a row as an address has it; 0, which no row has, for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0


def standing(row: sa.RowMapping) -> Standing:
    """A row of the table as it stands."""
    names = ("sent_at", "dead_at", "last_error", "bounced_at", "bounce_reason")
    return Standing(_leased(row, row["tries"] + 1), **{name: row[name] for name in names})
