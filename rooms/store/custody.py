"""Queries on kit that is out, or was."""

from collections.abc import Collection
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from rooms.custody.model import GRACE_SECONDS, SOON_SECONDS, Custody
from rooms.model import LONGEST_CLAIM_SECONDS, Claim
from rooms.store.tables import booking, claim, custody, resource
from vclass.core.db import locked
from vclass.people import person

Show: TypeAlias = Literal["out", "due", "overdue", "back"]

_CUSTODY = (
    custody.c.id,
    custody.c.public_id,
    custody.c.booking_id,
    booking.c.public_id.label("booking_public_id"),
    booking.c.institution_id.label("booking_institution_id"),
    custody.c.resource_id,
    resource.c.public_id.label("resource_public_id"),
    resource.c.name.label("resource_name"),
    resource.c.institution_id,
    custody.c.quantity,
    custody.c.holder_id,
    person.c.public_id.label("holder_public_id"),
    custody.c.whereabouts,
    custody.c.due_at,
    custody.c.out_at,
    custody.c.in_at,
    custody.c.note,
    custody.c.version,
)


def lock_pool(connection: sa.Connection, resource_id: int) -> sa.Row[Any]:
    """Lock a pool, as the desk does, so that what is out of it is counted by one at a time."""
    return connection.execute(locked(connection, sa.select(resource).where(resource.c.id == resource_id))).one()


def pool(connection: sa.Connection, resource_id: int) -> sa.Row[Any]:
    """A pool as it stands."""
    return connection.execute(sa.select(resource).where(resource.c.id == resource_id)).one()


def pools_by_public_id(connection: sa.Connection, resource_ids: Collection[int]) -> dict[str, int]:
    """Those of some resources of which pieces can be handed out."""
    found = sa.select(resource.c.public_id, resource.c.id).where(
        resource.c.id.in_(list(resource_ids)), resource.c.kind == "equipment"
    )
    return {row.public_id: row.id for row in connection.execute(found)}


def out_of_pool(connection: sa.Connection, resource_id: int) -> list[sa.Row[Any]]:
    """What is not back of a pool: its name, booking, quantity and when it is due, the soonest first."""
    found = sa.select(custody.c.public_id, custody.c.booking_id, custody.c.quantity, custody.c.due_at)
    mine = sa.and_(custody.c.resource_id == resource_id, custody.c.in_at.is_(None))
    return list(connection.execute(found.where(mine).order_by(custody.c.due_at, custody.c.id)))


def insert(connection: sa.Connection, values: dict[str, Any]) -> None:
    connection.execute(sa.insert(custody).values(values))


def change(connection: sa.Connection, before: Custody, **values: object) -> bool:
    """Change an entry if nobody else did so meanwhile; tell whether that was so."""
    same = sa.and_(custody.c.id == before.id, custody.c.version == before.version)
    changed = sa.update(custody).where(same).values(**values, version=before.version + 1)
    return connection.execute(changed).rowcount == 1


def by_public_id(connection: sa.Connection, public_id: str) -> Custody | None:
    row = connection.execute(_all().where(custody.c.public_id == public_id)).mappings().one_or_none()
    return None if row is None else Custody(**row)


def listing(
    connection: sa.Connection,
    whose: tuple[int, Collection[int]],
    show: Show | None,
    pool: str | None,
    now: int,
    first: int = 0,
    most: int | None = None,
) -> list[Custody]:
    """A page of what one person holds and of what is out of some institutions' pools, the soonest due first."""
    person_id, houses = whose
    mine = sa.or_(custody.c.holder_id == person_id, resource.c.institution_id.in_(list(houses)))
    found = _all().where(mine, _shown(show, now))
    if pool is not None:
        found = found.where(resource.c.public_id == pool)
    rows = connection.execute(found.order_by(custody.c.due_at, custody.c.id).offset(first).limit(most)).mappings()
    return [Custody(**row) for row in rows]


def take_overdue(connection: sa.Connection, now: int) -> list[Custody]:
    """What isn't back though it should be, and of which nobody was told; from now on somebody was."""
    late = sa.and_(custody.c.in_at.is_(None), custody.c.told_at.is_(None), custody.c.due_at <= now - GRACE_SECONDS)
    ids = [row.id for row in connection.execute(locked(connection, sa.select(custody.c.id).where(late)))]
    if not ids:
        return []
    connection.execute(sa.update(custody).where(custody.c.id.in_(ids)).values(told_at=now))
    rows = connection.execute(_all().where(custody.c.id.in_(ids)).order_by(custody.c.id)).mappings()
    return [Custody(**row) for row in rows]


def claims_ahead(
    connection: sa.Connection, resource_id: int, now: int, until: int, without: Collection[int]
) -> list[Claim]:
    """What is held of a pool between two instants, but for some bookings."""
    found = sa.select(claim).where(
        claim.c.resource_id == resource_id,
        claim.c.starts < until,
        claim.c.starts > now - LONGEST_CLAIM_SECONDS,
        claim.c.ends > now,
        claim.c.booking_id.not_in(list(without)),
    )
    return [
        Claim(row.booking_id, row.resource_id, row.quantity, row.starts, row.ends) for row in connection.execute(found)
    ]


def _all() -> sa.Select[Any]:
    return (
        sa.select(*_CUSTODY)
        .join_from(custody, booking, booking.c.id == custody.c.booking_id)
        .join(resource, resource.c.id == custody.c.resource_id)
        .join(person, person.c.id == custody.c.holder_id)
    )


def _shown(show: Show | None, now: int) -> sa.ColumnElement[bool]:
    away = custody.c.in_at.is_(None)
    return {
        None: sa.true(),
        "out": away,
        "due": sa.and_(away, custody.c.due_at > now, custody.c.due_at <= now + SOON_SECONDS),
        "overdue": sa.and_(away, custody.c.due_at <= now),
        "back": sa.not_(away),
    }[show]
