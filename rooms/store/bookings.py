"""Queries on bookings and claims; those that write are for the desk's batch alone."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from rooms.model import LONGEST_CLAIM_SECONDS, Busy, Claim
from rooms.store.tables import booking, claim, resource
from vclass.core.db import as_json, integer_rows, locked

Row = Mapping[str, Any]


def lock_capacities(connection: sa.Connection, resource_ids: Collection[int]) -> dict[int, int]:
    """Lock resources in the order of their ids, which no two batches can do crosswise, and tell their quantities."""
    found = sa.select(resource.c.id, resource.c.quantity).where(_listed(connection, resource.c.id))
    rows = connection.execute(locked(connection, found.order_by(resource.c.id)), _ids(resource_ids))
    return {row.id: row.quantity for row in rows}


def capacities(connection: sa.Connection, resource_ids: Collection[int]) -> dict[int, int]:
    """The quantities of resources, for a look that takes nothing."""
    found = sa.select(resource.c.id, resource.c.quantity).where(_listed(connection, resource.c.id))
    return {row.id: row.quantity for row in connection.execute(found, _ids(resource_ids))}


def claims_touching(connection: sa.Connection, windows: Iterable[tuple[int, int, int]]) -> list[Claim]:
    """All claims that touch any of the windows ``(resource_id, starts, ends)``, in one query."""
    rows = connection.execute(touching(connection), {"windows": as_json(windows)})
    found = {row.id: Claim(row.booking_id, row.resource_id, row.quantity, row.starts, row.ends) for row in rows}
    return list(found.values())


def touching(connection: sa.Connection) -> sa.Select[Any]:
    """The bounded look back: no claim that touches a window began more than a day before it."""
    window = integer_rows(connection, "windows", ("resource_id", "starts", "ends"))
    touches = sa.and_(
        claim.c.resource_id == window.c.resource_id,
        claim.c.starts < window.c.ends,
        claim.c.starts > window.c.starts - LONGEST_CLAIM_SECONDS,
        claim.c.ends > window.c.starts,
    )
    columns = (claim.c.id, claim.c.booking_id, claim.c.resource_id, claim.c.quantity, claim.c.starts, claim.c.ends)
    return sa.select(*columns).join_from(window, claim, touches)


def release(connection: sa.Connection, booking_ids: Collection[int]) -> None:
    """Let go of all claims of bookings and cancel them."""
    held = sa.delete(claim).where(_listed(connection, claim.c.booking_id))
    connection.execute(held, _ids(booking_ids))
    standing = sa.update(booking).where(_listed(connection, booking.c.id), booking.c.state != "cancelled")
    connection.execute(standing.values(state="cancelled", version=booking.c.version + 1), _ids(booking_ids))


def insert_bookings(connection: sa.Connection, rows: Sequence[Row]) -> dict[str, int]:
    """Insert bookings and tell the id of each public id."""
    made = connection.execute(sa.insert(booking).returning(booking.c.public_id, booking.c.id), rows)
    return {row.public_id: row.id for row in made}


def insert_claims(connection: sa.Connection, rows: Sequence[Row]) -> None:
    connection.execute(sa.insert(claim), rows)


def bookings_between(
    connection: sa.Connection,
    resource_ids: Collection[int],
    starts: int,
    ends: int,
    first: int = 0,
    most: int | None = None,
) -> list[Busy]:
    """What is taken of some resources in a span, by start; from the ``first`` on, at most so many."""
    found = (
        sa.select(*_BUSY)
        .join_from(claim, booking, claim.c.booking_id == booking.c.id)
        .join(resource, claim.c.resource_id == resource.c.id)
        .where(
            _listed(connection, claim.c.resource_id),
            claim.c.starts < ends,
            claim.c.starts > starts - LONGEST_CLAIM_SECONDS,
            claim.c.ends > starts,
        )
        .order_by(claim.c.starts, claim.c.id)
        .offset(first)
        .limit(most)
    )
    return [Busy(**row) for row in connection.execute(found, _ids(resource_ids)).mappings()]


_BUSY = (
    claim.c.resource_id,
    resource.c.public_id.label("resource_public_id"),
    resource.c.institution_id.label("resource_institution_id"),
    claim.c.quantity,
    claim.c.starts,
    claim.c.ends,
    booking.c.id.label("booking_id"),
    booking.c.public_id,
    booking.c.institution_id,
    booking.c.owner_id,
    booking.c.state,
)


def _listed(connection: sa.Connection, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """A column's value is in the bound list: one cached statement for any number of ids."""
    return column.in_(sa.select(integer_rows(connection, "ids", ("id",)).c.id))


def _ids(ids: Collection[int]) -> dict[str, str]:
    return {"ids": as_json((each,) for each in ids)}
