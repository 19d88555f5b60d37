"""Queries on the waiting list: who waits for what, in order, and who has an offer."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from rooms.model import BookingWish, Wish
from rooms.store.bookings import listed, of_ids, wants_of
from rooms.store.tables import booking, waiting
from vclass.core.spans import merge, overlaps

OFFER = "waiting.offer"
OFFER_SECONDS = 24 * 3600
BUFFERS = 2 * 12 * 3600
"""No two bookings' buffers together are longer."""


def enter(connection: sa.Connection, wishes: Sequence[Wish]) -> None:
    """Put named wishes at the end of the list."""
    if wishes:
        rows = [
            {
                "wish": each.name,
                "institution_id": each.institution_id,
                "owner_id": each.owner_id,
                "created_at": each.now,
            }
            for each in wishes
        ]
        connection.execute(sa.insert(waiting), rows)


def candidates(connection: sa.Connection, released: Collection[int], now: int) -> list[Wish]:
    """The wishes on the list that want something of what is let go, the oldest first, ready to be decided."""
    gone = connection.execute(
        sa.select(booking.c.starts, booking.c.ends, booking.c.wants).where(listed(connection, booking.c.id)),
        of_ids(released),
    ).all()
    freed = {want.resource_id for row in gone for want in wants_of(row.wants)}
    spans = merge((row.starts - BUFFERS, row.ends + BUFFERS) for row in gone)
    return [wish for wish in _waiting(connection, now) if _profits(wish, freed, spans)]


def _profits(wish: Wish, freed: Collection[int], spans: Iterable[tuple[int, int]]) -> bool:
    """Whether it wants a freed resource near a freed time; buffers are within the margin of the spans."""
    near = list(spans)
    return any(
        any(want.resource_id in freed for want in each.wants) and any(overlaps(each.span, span) for span in near)
        for each in wish.bookings
    )


def _waiting(connection: sa.Connection, now: int) -> list[Wish]:
    found = (
        sa.select(booking, waiting.c.id.label("place"))
        .join(waiting, waiting.c.wish == booking.c.wish)
        .where(booking.c.state == "waiting")
        .order_by(waiting.c.id, booking.c.starts, booking.c.id)
    )
    by_wish: dict[str, list[sa.Row[Any]]] = {}
    for row in connection.execute(found):
        by_wish.setdefault(row.wish, []).append(row)
    return [_wish(rows, now) for rows in by_wish.values() if rows[0].starts > now]


def _wish(rows: Sequence[sa.Row[Any]], now: int) -> Wish:
    first = rows[0]
    until = min(now + OFFER_SECONDS, first.starts)
    return Wish(
        kind=OFFER,
        institution_id=first.institution_id,
        owner_id=first.owner_id,
        bookings=tuple(
            BookingWish(str(row.id), row.starts, row.ends, wants_of(row.wants), row.id, "held", until) for row in rows
        ),
        name=first.wish,
        now=now,
    )


def note_offers(connection: sa.Connection, wishes: Iterable[Wish]) -> None:
    """Remember until when each offer stands."""
    for each in wishes:
        until = each.bookings[0].hold_until
        connection.execute(sa.update(waiting).where(waiting.c.wish == each.name).values(offer_until=until))


def leave(connection: sa.Connection, wishes: Collection[str]) -> None:
    """Take wishes off the list."""
    connection.execute(sa.delete(waiting).where(waiting.c.wish.in_(list(wishes))))
