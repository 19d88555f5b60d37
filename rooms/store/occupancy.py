"""Queries on what stands on a resource: from now on, between two instants, in a given state."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from rooms.model import LONGEST_CLAIM_SECONDS, PENDING, Purpose, State
from rooms.store.bookings import wants_of
from rooms.store.tables import booking, claim, resource
from vclass.core.db import insert_rows, listed, of_ids
from vclass.core.dialects import rows_in
from vclass.core.spans import Span
from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a booking on one resource; ``claim_id`` is 0 where it holds nothing yet."""

    claim_id: int
    booking_id: int
    resource_id: int
    quantity: int
    starts: int
    ends: int
    public_id: str
    state: State
    purpose: Purpose

    @property
    def blocking(self) -> bool:
        return self.purpose == "blocking"


@dataclass(frozen=True, slots=True)
class Occupied:
    """A booking on one resource, and what it takes or would take of it: ``starts`` to ``ends``."""

    booking_id: int
    resource_id: int
    resource_public_id: str
    resource_institution_id: int
    quantity: int
    starts: int
    ends: int
    public_id: str
    wish: str
    institution_id: int
    owner_id: int
    state: State
    purpose: Purpose
    reason: str | None
    hold_until: int | None
    booking_starts: int
    booking_ends: int


@dataclass(frozen=True, slots=True)
class Sought:
    """Which bookings: in a span, of one resource or of all, in one state or in those that hold something."""

    span: Span
    resource: str | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who may know more of a booking: its owner, those who administer a house of it, or the whole platform."""

    person_id: int
    houses: frozenset[int]
    everywhere: bool


def occupied(
    connection: sa.Connection,
    resource_ids: Collection[int],
    span: Span,
    states: Collection[State],
    first: int = 0,
    most: int | None = None,
) -> list[Occupied]:
    """What is taken of some resources in a span, by start; from the ``first`` on, at most so many."""
    starts, ends = span
    found = (
        sa.select(*_BOOKED, claim.c.quantity, claim.c.starts, claim.c.ends)
        .join_from(claim, booking, claim.c.booking_id == booking.c.id)
        .join(resource, claim.c.resource_id == resource.c.id)
        .where(
            listed(connection, claim.c.resource_id),
            claim.c.starts < ends,
            claim.c.starts > starts - LONGEST_CLAIM_SECONDS,
            claim.c.ends > starts,
            booking.c.state.in_(sorted(states)),
        )
        .order_by(claim.c.starts, claim.c.id)
        .offset(first)
        .limit(most)
    )
    return [Occupied(**row) for row in connection.execute(found, of_ids(resource_ids)).mappings()]


def blocking(connection: sa.Connection, resource_id: int, booking_ids: Collection[int]) -> list[Occupied]:
    """What some blockings take of a resource, by start."""
    found = (
        sa.select(*_BOOKED, claim.c.quantity, claim.c.starts, claim.c.ends)
        .join_from(claim, booking, claim.c.booking_id == booking.c.id)
        .join(resource, claim.c.resource_id == resource.c.id)
        .where(claim.c.resource_id == resource_id, booking.c.purpose == "blocking")
        .where(listed(connection, claim.c.booking_id))
        .order_by(claim.c.starts, claim.c.id)
    )
    return [Occupied(**row) for row in connection.execute(found, of_ids(booking_ids)).mappings()]


def wanted(
    connection: sa.Connection,
    resource_ids: Collection[int],
    span: Span,
    state: State,
    viewer: Viewer,
    first: int = 0,
    most: int | None = None,
) -> list[Occupied]:
    """Bookings in a state that takes nothing, by start, of which the viewer may know more."""
    each, (resource_id, quantity) = rows_in(connection, booking.c.wants, ("resource_id", "quantity"))
    starts, ends = span
    found = (
        sa.select(*_BOOKED, quantity, booking.c.starts, booking.c.ends)
        .join_from(booking, each, sa.true())
        .join(resource, resource.c.id == resource_id.element)
        .where(
            listed(connection, resource.c.id),
            booking.c.state == sa.literal(state, literal_execute=True),
            booking.c.starts < ends,
            booking.c.ends > starts,
            _may_know(viewer),
        )
        .order_by(booking.c.starts, booking.c.id, resource.c.id)
        .offset(first)
        .limit(most)
    )
    return [Occupied(**row) for row in connection.execute(found, of_ids(resource_ids)).mappings()]


def _may_know(viewer: Viewer) -> sa.ColumnElement[bool]:
    if viewer.everywhere:
        return sa.true()
    houses = sorted(viewer.houses)
    return sa.or_(
        booking.c.owner_id == viewer.person_id,
        booking.c.institution_id.in_(houses),
        resource.c.institution_id.in_(houses),
    )


_BOOKED = (
    booking.c.id.label("booking_id"),
    resource.c.id.label("resource_id"),
    resource.c.public_id.label("resource_public_id"),
    resource.c.institution_id.label("resource_institution_id"),
    booking.c.public_id,
    booking.c.wish,
    booking.c.institution_id,
    booking.c.owner_id,
    booking.c.state,
    booking.c.purpose,
    booking.c.reason,
    booking.c.hold_until,
    booking.c.starts.label("booking_starts"),
    booking.c.ends.label("booking_ends"),
)


def claims_from(connection: sa.Connection, resource_id: int, now: Instant) -> list[Stretch]:
    """All that holds a resource now or later, by start."""
    found = (
        sa.select(
            claim.c.id.label("claim_id"),
            claim.c.booking_id,
            claim.c.resource_id,
            claim.c.quantity,
            claim.c.starts,
            claim.c.ends,
            booking.c.public_id,
            booking.c.state,
            booking.c.purpose,
        )
        .join_from(claim, booking, claim.c.booking_id == booking.c.id)
        .where(
            claim.c.resource_id == resource_id,
            claim.c.starts > now - LONGEST_CLAIM_SECONDS,
            claim.c.ends > now,
        )
        .order_by(claim.c.starts, claim.c.id)
    )
    return [Stretch(**row) for row in connection.execute(found).mappings()]


def lessons_from(connection: sa.Connection, resource_id: int, now: Instant) -> list[Stretch]:
    """All lessons that hold a resource now or later, or would like to."""
    holding = [each for each in claims_from(connection, resource_id, now) if not each.blocking]
    return [*holding, *_asking(connection, resource_id, now)]


def _asking(connection: sa.Connection, resource_id: int, now: Instant) -> list[Stretch]:
    pending = sa.or_(*(booking.c.state == sa.literal_column(f"'{each}'") for each in sorted(PENDING - {"held"})))
    found = sa.select(booking).where(pending, booking.c.ends > now).order_by(booking.c.starts, booking.c.id)
    return [
        Stretch(0, row.id, resource_id, want.quantity, row.starts, row.ends, row.public_id, row.state, row.purpose)
        for row in connection.execute(found)
        for want in wants_of(row.wants)
        if want.resource_id == resource_id
    ]


def rewrite(connection: sa.Connection, stands: Iterable[Stretch], quantity: int) -> None:
    """Write claims anew for another quantity of their resource: they are never changed in place."""
    known = list(stands)
    drop(connection, [each.claim_id for each in known])
    rows = [
        {
            "booking_id": each.booking_id,
            "resource_id": each.resource_id,
            "quantity": quantity if each.blocking else each.quantity,
            "exclusive": quantity == 1,
            "starts": each.starts,
            "ends": each.ends,
        }
        for each in known
    ]
    insert_rows(connection, claim, rows)


def drop(connection: sa.Connection, claim_ids: Collection[int]) -> None:
    connection.execute(sa.delete(claim).where(listed(connection, claim.c.id)), of_ids(claim_ids))
