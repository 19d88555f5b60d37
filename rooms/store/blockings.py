"""Queries on blockings: all the bookings of one wish are one blocking."""

from collections.abc import Collection

import sqlalchemy as sa

from rooms.store.tables import booking
from vclass.core.paging import LONGEST_SPAN
from vclass.core.spans import Span

_STANDING = sa.and_(booking.c.purpose == "blocking", booking.c.state == "confirmed")


def blockings_between(
    connection: sa.Connection, institution_id: int, span: Span, first: int = 0, most: int | None = None
) -> list[str]:
    """The names of an institution's blockings in a span, by start; from the ``first`` on, at most so many."""
    starts, ends = span
    found = (
        sa.select(booking.c.wish)
        .where(
            booking.c.institution_id == institution_id,
            _STANDING,
            booking.c.starts < ends,
            booking.c.starts > starts - LONGEST_SPAN,
            booking.c.ends > starts,
        )
        .group_by(booking.c.wish)
        .order_by(sa.func.min(booking.c.starts), booking.c.wish)
        .offset(first)
        .limit(most)
    )
    return list(connection.execute(found).scalars())


def bookings_of(connection: sa.Connection, institution_id: int, names: Collection[str]) -> list[sa.RowMapping]:
    """All standing bookings of some of an institution's blockings, by start."""
    found = sa.select(booking).where(booking.c.wish.in_(names), booking.c.institution_id == institution_id, _STANDING)
    return list(connection.execute(found.order_by(booking.c.starts, booking.c.id)).mappings())
