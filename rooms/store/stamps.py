"""What tells that something changed without reading what: for whoever keeps copies of a calendar."""

from typing import Any

import sqlalchemy as sa

from rooms.store.tables import claim, resource

ROOMS = ("hall", "virtual")


def stamp_of_rooms(connection: sa.Connection) -> tuple[int, int]:
    """Rises with every change of any room: of its name, say."""
    changed = sa.func.coalesce(sa.func.sum(resource.c.version), 0)
    return _pair(connection, sa.select(sa.func.count(), changed).where(resource.c.kind.in_(ROOMS)))


def stamp_of_claims(connection: sa.Connection, resource_id: int) -> tuple[int, int]:
    """Another one whenever something else takes a resource.

    It counts bookings, which stay: the id of a claim that is gone SQLite may give once more.
    """
    named = sa.func.coalesce(sa.func.sum(claim.c.booking_id), 0)
    return _pair(connection, sa.select(sa.func.count(), named).where(claim.c.resource_id == resource_id))


def holding(resource_id: int) -> sa.Select[int]:
    """The ids of bookings that hold something of a resource, to be asked about within a query."""
    return sa.select(claim.c.booking_id).where(claim.c.resource_id == resource_id)


def _pair(connection: sa.Connection, found: sa.Select[Any]) -> tuple[int, int]:
    count, sum_ = connection.execute(found).one()
    return int(count), int(sum_)
