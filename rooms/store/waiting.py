"""Queries on the waiting list: who waits for what, in order, and who has an offer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rooms.model import BookingWish, Wish
from rooms.store.bookings import Standing, standing_of, wants_of
from rooms.store.tables import booking, resource, waiting
from vclass.core.db import insert_all_new, listed, of_ids
from vclass.core.spans import merge, overlaps

OFFER = "waiting.offer"
OFFER_SECONDS = 24 * 3600
BUFFERS = 2 * 12 * 3600
"""No two bookings' buffers together are longer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A wish on the list, with those of its bookings that wait or are offered until ``offer_until``."""

    place: int
    wish: str
    institution_id: int
    owner_id: int
    created_at: int
    offer_until: int | None
    bookings: tuple[Standing, ...]

    @property
    def offered(self) -> bool:
        return any(each.state == "held" for each in self.bookings)


def enter(connection: sa.Connection, wishes: Sequence[Wish]) -> None:
    """Put named wishes at the end of the list; what joins a wish that waits already takes its place."""
    rows = [
        {
            "wish": each.name,
            "institution_id": each.institution_id,
            "owner_id": each.owner_id,
            "created_at": each.now,
        }
        for each in wishes
    ]
    insert_all_new(connection, waiting, rows)


def entries(connection: sa.Connection) -> list[Entry]:
    """The whole list, the oldest first."""
    return _entries(connection, sa.true())


def entry_of(connection: sa.Connection, wish: str) -> Entry | None:
    """The entry of one wish, if it is on the list."""
    return next(iter(_entries(connection, waiting.c.wish == wish)), None)


def _entries(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Entry]:
    found = (
        sa.select(booking, *_ENTRY)
        .join(waiting, waiting.c.wish == booking.c.wish)
        .where(which, sa.or_(booking.c.state == "waiting", _OFFERED))
        .order_by(waiting.c.id, booking.c.starts, booking.c.id)
    )
    by_wish: dict[str, list[sa.Row[Any]]] = {}
    for row in connection.execute(found):
        by_wish.setdefault(row.wish, []).append(row)
    return [_entry(rows) for rows in by_wish.values()]


def _entry(rows: Sequence[sa.Row[Any]]) -> Entry:
    first = rows[0]
    return Entry(
        place=first.place,
        wish=first.wish,
        institution_id=first.institution_id,
        owner_id=first.owner_id,
        created_at=first.listed_at,
        offer_until=first.offer_until,
        bookings=tuple(map(standing_of, rows)),
    )


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
    return [wish for each in entries(connection) if (wish := offer_of(each, now)) is not None]


def offer_of(entry: Entry, now: int) -> Wish | None:
    """The wish that holds for an entry what it waits for; None if it waits for nothing that is still ahead."""
    waits = [each for each in entry.bookings if each.state == "waiting"]
    if not waits or waits[0].starts <= now:
        return None
    until = min(now + OFFER_SECONDS, waits[0].starts)
    return Wish(
        kind=OFFER,
        institution_id=entry.institution_id,
        owner_id=entry.owner_id,
        bookings=tuple(
            BookingWish(str(each.id), each.starts, each.ends, each.wants, each.id, "held", until, offer=True)
            for each in waits
        ),
        name=entry.wish,
        now=now,
    )


def places_wanted(connection: sa.Connection, resource_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """Public id and institution of those resources that are no person's time."""
    found = sa.select(resource.c.id, resource.c.public_id, resource.c.institution_id).where(
        listed(connection, resource.c.id), resource.c.kind != "person"
    )
    rows = connection.execute(found, of_ids(resource_ids))
    return {row.id: (row.public_id, row.institution_id) for row in rows}


def note_offers(connection: sa.Connection, wishes: Iterable[Wish]) -> None:
    """Remember until when each offer stands."""
    for each in wishes:
        until = each.bookings[0].hold_until
        connection.execute(sa.update(waiting).where(waiting.c.wish == each.name).values(offer_until=until))


def leave(connection: sa.Connection, wishes: Collection[str]) -> None:
    """Take wishes off the list."""
    if wishes:
        connection.execute(sa.delete(waiting).where(waiting.c.wish.in_(list(wishes))))


def leave_settled(connection: sa.Connection, wishes: Collection[str]) -> None:
    """Take those wishes off the list of which nothing waits or is offered any more."""
    if wishes:
        open_still = sa.exists().where(booking.c.wish == waiting.c.wish, booking.c.state.in_(("waiting", "held")))
        connection.execute(sa.delete(waiting).where(waiting.c.wish.in_(list(wishes)), ~open_still))


_OFFERED = sa.and_(booking.c.state == "held", waiting.c.offer_until.is_not(None))
_ENTRY = (waiting.c.id.label("place"), waiting.c.created_at.label("listed_at"), waiting.c.offer_until)
