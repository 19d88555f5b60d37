"""Rows of the outbox that failed: refused for good, given up, or sent and come back, until somebody deals with them."""

from typing import Any

import sqlalchemy as sa

from vclass.core.outbox import Standing, outbox, standing

FAILED = sa.and_(sa.or_(outbox.c.dead_at.is_not(None), outbox.c.bounced_at.is_not(None)), outbox.c.settled_at.is_(None))
AT = sa.func.coalesce(outbox.c.bounced_at, outbox.c.dead_at)
AFRESH: dict[str, Any] = dict.fromkeys(
    ("leased_until", "sent_at", "dead_at", "last_error", "bounced_at", "bounce_reason")
)


def failed(
    connection: sa.Connection, which: sa.ColumnElement[bool], first: int = 0, most: int | None = None
) -> list[Standing]:
    """Some of the rows that failed, the latest first; from the ``first`` on, at most so many."""
    found = sa.select(outbox).where(FAILED, which).order_by(AT.desc(), outbox.c.id.desc())
    return [standing(row) for row in connection.execute(found.offset(first).limit(most)).mappings()]


def number(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    """How many of these failed."""
    return connection.execute(sa.select(sa.func.count()).select_from(outbox).where(FAILED, which)).scalar_one()


def tally(connection: sa.Connection) -> tuple[int, int]:
    """How many died and how many came back, of those with which nobody has dealt."""
    dead = sa.func.count().filter(outbox.c.bounced_at.is_(None))
    found = connection.execute(sa.select(dead, sa.func.count()).select_from(outbox).where(FAILED)).one()
    return int(found[0]), int(found[1]) - int(found[0])


def settle(connection: sa.Connection, row_id: int, now: int) -> bool:
    """Note that somebody has dealt with a failed row; False if it was done before."""
    open_one = sa.and_(outbox.c.id == row_id, FAILED)
    return connection.execute(sa.update(outbox).where(open_one).values(settled_at=now)).rowcount == 1


def settle_lane(connection: sa.Connection, lane: str, now: int) -> None:
    """Note that what failed in a lane was said in another way."""
    connection.execute(sa.update(outbox).where(outbox.c.lane == lane, FAILED).values(settled_at=now))


def try_afresh(connection: sa.Connection, row_id: int, now: int) -> bool:
    """Let a failed row be delivered once more, as if it were new; False if it doesn't stand as failed any more."""
    again = AFRESH | {"created_at": now, "due_at": now, "tries": 0}
    open_one = sa.and_(outbox.c.id == row_id, FAILED)
    return connection.execute(sa.update(outbox).where(open_one).values(again)).rowcount == 1
