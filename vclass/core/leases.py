"""Leases: which process has something to itself, until when, and by which number.

The row outlives its holder, so that numbers never fall: each time a thing changes hands or is taken anew, its epoch
rises. Clocks of several machines must not differ by more than a lease is long.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from vclass.core.db import insert_new, metadata
from vclass.core.zones import Instant

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Index(None, "holder"),
    sa.Index(None, "expires_at"),
)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has it; `place` is where its holder keeps it."""

    name: str
    holder: str
    place: str
    epoch: int
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class Holding:
    """What a holder says of a thing that it has."""

    epoch: int
    place: str = ""


def take(connection: sa.Connection, name: str, holder: str, now: Instant, until: Instant) -> Lease:
    """Takes what is free, has expired or was the holder's own; gives the lease as it stands, whoever has it."""
    insert_new(connection, lease, {"name": name, "holder": "", "place": "", "epoch": 0, "expires_at": 0})
    epoch = sa.case((lease.c.epoch < now, sa.literal(now)), else_=lease.c.epoch + 1)
    free = sa.or_(lease.c.holder == holder, lease.c.expires_at <= now)
    mine = {"holder": holder, "place": "", "epoch": epoch, "expires_at": until}
    connection.execute(sa.update(lease).where(lease.c.name == name, free).values(mine))
    row = connection.execute(sa.select(lease).where(lease.c.name == name)).one()
    return Lease(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name for it


def renew(connection: sa.Connection, holder: str, holdings: Mapping[str, Holding], until: Instant) -> set[str]:
    """Prolongs what is still the holder's, and notes its epoch and place; gives what others have taken meanwhile."""
    statement = (
        sa.update(lease)
        .where(lease.c.name == sa.bindparam("wanted"), lease.c.holder == holder)
        .values(place=sa.bindparam("at"), epoch=sa.bindparam("number"), expires_at=until)
    )
    # In one order, so that no two wait for one another crosswise.
    rows = [{"wanted": name, "at": each.place, "number": each.epoch} for name, each in sorted(holdings.items())]
    if rows:
        connection.execute(statement, rows)
    ours = sa.select(lease.c.name).where(lease.c.holder == holder)
    return holdings.keys() - set(connection.execute(ours).scalars())


def release(connection: sa.Connection, holder: str, names: Collection[str], now: Instant) -> None:
    """Gives back what is the holder's; the numbers stay."""
    ours = (lease.c.holder == holder, lease.c.name.in_(sorted(names)))
    connection.execute(sa.update(lease).where(*ours).values(holder="", place="", expires_at=now))


def held(connection: sa.Connection, now: Instant) -> Sequence[Lease]:
    """Everything that somebody has."""
    found = connection.execute(sa.select(lease).where(lease.c.expires_at > now).order_by(lease.c.name))
    return [Lease(**row._mapping) for row in found]  # noqa: SLF001  see above


def forget(connection: sa.Connection, before: Instant) -> None:
    """Deletes what nobody has had for long: a new number is at least the time it is given at."""
    connection.execute(sa.delete(lease).where(lease.c.expires_at < before))
