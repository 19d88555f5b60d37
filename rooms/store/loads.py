"""Queries for whoever looks for a time: which halls would do, and what is held of rooms, kit and people's time."""

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from rooms.model import LONGEST_CLAIM_SECONDS
from rooms.resources_model import Room
from rooms.store.resources import in_scope, room_of
from rooms.store.tables import claim, feature, resource
from vclass.core.db import listed, of_ids
from vclass.core.spans import Load, Span


def halls_with(
    connection: sa.Connection,
    institution_id: int | None,
    houses: Collection[int],
    seats: int = 1,
    features: Collection[str] = (),
) -> list[Room]:
    """Halls of some houses that an institution may book, with so many seats and all features; the smallest first."""
    has = sa.select(sa.func.count()).where(feature.c.resource_id == resource.c.id, feature.c.feature.in_(features))
    found = (
        in_scope(institution_id, ("hall",))
        .where(resource.c.institution_id.in_(houses), resource.c.seats >= seats)
        .where(has.scalar_subquery() == len(set(features)))
        .order_by(resource.c.seats, resource.c.name, resource.c.id)
    )
    return [room_of(row) for row in connection.execute(found).mappings()]


def loads_between(connection: sa.Connection, resource_ids: Collection[int], span: Span) -> dict[int, list[Load]]:
    """What is held between two instants of those resources of which something is, buffers included."""
    starts, ends = span
    held = sa.select(claim.c.resource_id, claim.c.starts, claim.c.ends, claim.c.quantity).where(
        listed(connection, claim.c.resource_id),
        claim.c.starts < ends,
        claim.c.starts > starts - LONGEST_CLAIM_SECONDS,
        claim.c.ends > starts,
    )
    loads: defaultdict[int, list[Load]] = defaultdict(list)
    for resource_id, since, until, quantity in connection.execute(held, of_ids(resource_ids)).all():
        loads[resource_id].append((since, until, quantity))
    return dict(loads)
