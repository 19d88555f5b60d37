"""Which rooms are busy at some of many times: collected by time, since few of all claims are near.

Each room's own buffers widen what it must have free. The index is searched with the largest buffers, and what it
finds is compared with the room's own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rooms.model import LONGEST_CLAIM_SECONDS
from rooms.resources_model import Room, RoomKind
from rooms.store.bookings import listed, of_ids
from rooms.store.resources import ROOMS, in_scope, own_first, room_of
from rooms.store.tables import claim, feature, resource
from vclass.core.db import as_json, integer_rows
from vclass.core.spans import Span

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rooms, of which kind: those that an institution may book, or of them those of one house."""

    institution_id: int | None
    kind: RoomKind | None = None
    house: int | None = None

    def rooms(self) -> sa.Select[Any]:
        found = in_scope(self.institution_id, ROOMS if self.kind is None else (self.kind,))
        return found if self.house is None else found.where(resource.c.institution_id == self.house)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A room, at how many of the times it is busy, and how many of the wanted features it has."""

    id: int
    seats: int
    busy: int
    has: int


def free(connection: sa.Connection, spans: Sequence[Span], scope: Scope) -> list[Room]:
    """The rooms that nothing holds at any of the times, one's own first."""
    busy = _near(_windows(connection), sa.select(claim.c.resource_id))
    found = scope.rooms().where(resource.c.id.not_in(busy)).order_by(*own_first(scope.institution_id))
    return [room_of(row) for row in connection.execute(found, _bound(connection, spans)).mappings()]


def tally(
    connection: sa.Connection, spans: Sequence[Span], scope: Scope, seats: int, features: Collection[str]
) -> list[Candidate]:
    """All rooms with so many seats, and what is missing of each."""
    window = _windows(connection)
    counted = sa.func.count(window.c.starts.distinct()).label("busy")
    busy = _near(window, sa.select(claim.c.resource_id, counted).group_by(claim.c.resource_id)).cte("busy")
    has = sa.select(sa.func.count()).where(feature.c.resource_id == resource.c.id, feature.c.feature.in_(features))
    found = (
        scope.rooms()
        .where(resource.c.seats >= seats)
        .outerjoin(busy, busy.c.resource_id == resource.c.id)
        .with_only_columns(
            resource.c.id,
            resource.c.seats,
            sa.func.coalesce(busy.c.busy, 0).label("busy"),
            has.scalar_subquery().label("has"),
        )
    )
    return [Candidate(*row) for row in connection.execute(found, _bound(connection, spans))]


def rooms_by_ids(connection: sa.Connection, ids: Collection[int]) -> dict[int, Room]:
    found = sa.select(resource).where(listed(connection, resource.c.id))
    return {row["id"]: room_of(row) for row in connection.execute(found, of_ids(ids)).mappings()}


def _windows(connection: sa.Connection) -> sa.CTE:
    return integer_rows(connection, "windows", ("starts", "ends"))


def _near(window: sa.CTE, chosen: sa.Select[Any]) -> sa.Select[Any]:
    """What is chosen of the claims that touch a window of their room: no claim lasts longer than a day."""
    of = resource.alias("held")
    by_index = sa.and_(
        claim.c.starts < window.c.ends + sa.bindparam("teardown", type_=sa.BigInteger),
        claim.c.starts > window.c.starts - sa.bindparam("setup", type_=sa.BigInteger) - LONGEST_CLAIM_SECONDS,
        claim.c.ends > window.c.starts - sa.bindparam("setup", type_=sa.BigInteger),
    )
    exactly = sa.and_(
        claim.c.starts < window.c.ends + MINUTE * of.c.teardown_minutes,
        claim.c.ends > window.c.starts - MINUTE * of.c.setup_minutes,
    )
    return chosen.join_from(window, claim, by_index).join(of, of.c.id == claim.c.resource_id).where(exactly)


def _bound(connection: sa.Connection, spans: Sequence[Span]) -> dict[str, object]:
    widest = sa.select(sa.func.max(resource.c.setup_minutes), sa.func.max(resource.c.teardown_minutes))
    setup, teardown = connection.execute(widest.where(resource.c.kind.in_(ROOMS))).one()
    return {"windows": as_json(spans), "setup": MINUTE * (setup or 0), "teardown": MINUTE * (teardown or 0)}
