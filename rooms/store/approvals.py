"""Queries on approvals; those that write are for the desk's batch alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import sqlalchemy as sa

from rooms.model import Want
from rooms.store.bookings import Standing, standing_of, wants_of
from rooms.store.tables import approval, booking
from vclass.core.db import listed, of_ids
from vclass.core.dialects import built_once
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


class Pending(NamedTuple):
    """As much of a booking that waits as its place in the queue depends on; a plain tuple, since thousands may wait."""

    id: int
    wish: str
    starts: Instant
    ends: Instant
    wanted: str

    @property
    def wants(self) -> tuple[Want, ...]:
        return wants_of(self.wanted)


def answers_of(connection: sa.Connection, booking_ids: Collection[int]) -> list[Answer]:
    """What each house that was asked of some bookings has said."""
    rows = connection.execute(_answers(connection), of_ids(booking_ids))
    return [Answer(**row) for row in rows.mappings()]


@built_once
def _answers(connection: sa.Connection) -> sa.Select[Any]:
    found = sa.select(approval).where(listed(connection, approval.c.booking_id))
    return found.order_by(approval.c.booking_id, approval.c.institution_id)


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


def unaware(connection: sa.Connection, now: int) -> list[Standing]:
    """What is requested and was not told yet that it can't be had, the oldest first."""
    asked = sa.and_(booking.c.state == "requested", booking.c.reason.is_(None), booking.c.starts > now)
    found = sa.select(booking).where(asked).order_by(booking.c.id)
    return [standing_of(row) for row in connection.execute(found)]


def pending_for(connection: sa.Connection, institutions: Collection[int] | None, now: int) -> list[Pending]:
    """All bookings that wait for some houses (None: for any), by start."""
    columns = (booking.c.id, booking.c.wish, booking.c.starts, booking.c.ends, booking.c.wants)
    found = sa.select(*columns).where(_waits_for(institutions, now)).order_by(booking.c.starts, booking.c.id)
    return list(map(Pending._make, connection.execute(found).all()))


def number_pending(
    connection: sa.Connection, institutions: Collection[int] | None, now: int, soon: int = 0
) -> tuple[int, int]:
    """How many wishes wait for some houses (None: for any), and how many of them hold something until ``soon``."""
    ending = sa.case((booking.c.hold_until < soon, booking.c.wish))
    counts = (sa.func.count(each.distinct()) for each in (booking.c.wish, ending))
    row = connection.execute(sa.select(*counts).where(_waits_for(institutions, now))).one()
    return row[0], row[1]


def _waits_for(institutions: Collection[int] | None, now: int) -> sa.ColumnElement[bool]:
    asked = sa.select(approval.c.booking_id).where(approval.c.state == "pending")
    if institutions is not None:
        asked = asked.where(approval.c.institution_id.in_(list(institutions)))
    open_still = sa.or_(
        sa.and_(booking.c.state == "held", booking.c.hold_until > now),
        sa.and_(booking.c.state == "requested", booking.c.starts > now),
    )
    return sa.and_(booking.c.id.in_(asked), open_still)
