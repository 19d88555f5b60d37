"""Queries on approvals; those that write are for the desk's batch alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from rooms.store.bookings import Standing, listed, of_ids, standing_of
from rooms.store.tables import approval, booking
from vclass.core.zones import Instant

AnswerState: TypeAlias = Literal["pending", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one house says of one booking; ``person_id`` and ``at`` once somebody has answered."""

    booking_id: int
    institution_id: int
    state: AnswerState
    person_id: int | None
    at: Instant | None
    reason: str | None


def answers_of(connection: sa.Connection, booking_ids: Collection[int]) -> list[Answer]:
    """What each house that was asked of some bookings has said."""
    found = sa.select(approval).where(listed(connection, approval.c.booking_id))
    rows = connection.execute(found.order_by(approval.c.booking_id, approval.c.institution_id), of_ids(booking_ids))
    return [Answer(**row) for row in rows.mappings()]


def answer(
    connection: sa.Connection, booking_ids: Collection[int], institutions: Sequence[int], said: Mapping[str, Any]
) -> None:
    """Write what houses say of some bookings; what they said before stays."""
    asked = sa.update(approval).where(
        listed(connection, approval.c.booking_id),
        approval.c.institution_id.in_(institutions),
        approval.c.state == "pending",
    )
    connection.execute(asked.values(**said), of_ids(booking_ids))


def overdue(connection: sa.Connection, now: int) -> list[Standing]:
    """What waits or holds longer than it was to, the oldest first."""
    late = sa.or_(
        sa.and_(booking.c.state == "held", booking.c.hold_until <= now),
        sa.and_(booking.c.state == "requested", booking.c.starts <= now),
    )
    found = sa.select(booking).where(booking.c.state.in_(("requested", "held")), late)
    return [standing_of(row) for row in connection.execute(found.order_by(booking.c.id))]


def pending_for(connection: sa.Connection, institutions: Collection[int] | None, now: int) -> list[Standing]:
    """All bookings that wait for some houses (None: for any), by start."""
    asked = sa.select(approval.c.booking_id).where(approval.c.state == "pending")
    if institutions is not None:
        asked = asked.where(approval.c.institution_id.in_(list(institutions)))
    open_still = sa.or_(
        sa.and_(booking.c.state == "held", booking.c.hold_until > now),
        sa.and_(booking.c.state == "requested", booking.c.starts > now),
    )
    found = sa.select(booking).where(booking.c.id.in_(asked), open_still).order_by(booking.c.starts, booking.c.id)
    return [standing_of(row) for row in connection.execute(found)]
