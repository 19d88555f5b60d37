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
from rooms.store.resources import ROOMS, room_of
from rooms.store.tables import claim, feature, resource
from vclass.core.db import as_json, integer_rows, listed, of_ids
from vclass.core.dialects import built_once, by_index
from vclass.core.spans import Span

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rooms, of which kind: those that an institution may book, or of them those of one house."""

    institution_id: int | None
    kind: RoomKind | None = None
    house: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A room, at how many of the times it is busy, and how many of the wanted features it has."""

    id: int
    seats: int
    busy: int
    has: int


def free(connection: sa.Connection, spans: Sequence[Span], scope: Scope) -> list[Room]:
    """The rooms that nothing holds at any of the times, one's own first."""
    return [room_of(row) for row in connection.execute(_free(connection), _bound(spans, scope)).mappings()]


def tally(
    connection: sa.Connection, spans: Sequence[Span], scope: Scope, seats: int, features: Collection[str]
) -> list[Candidate]:
    """All rooms with so many seats, and what is missing of each."""
    bound = {**_bound(spans, scope), "seats": seats, "features": list(features)}
    return [Candidate(*row) for row in connection.execute(_tally(connection), bound)]


def rooms_by_ids(connection: sa.Connection, ids: Collection[int]) -> dict[int, Room]:
    found = sa.select(resource).where(listed(connection, resource.c.id))
    return {row["id"]: room_of(row) for row in connection.execute(found, of_ids(ids)).mappings()}


@built_once
def _free(connection: sa.Connection) -> sa.Select[Any]:
    busy = _busy(connection)
    rooms = sa.select(resource).where(_in_scope(), resource.c.id.not_in(sa.select(busy.c.resource_id)))
    own_first = sa.case((resource.c.institution_id == _HOME, 0), else_=1)
    return rooms.order_by(own_first, resource.c.name, resource.c.id)


@built_once
def _tally(connection: sa.Connection) -> sa.Select[Any]:
    times = _busy(connection)
    counted = sa.func.count(times.c.window.distinct()).label("times")
    busy = sa.select(times.c.resource_id, counted).group_by(times.c.resource_id).cte("counted")
    wanted = feature.c.feature.in_(sa.bindparam("features", expanding=True))
    has = sa.select(sa.func.count()).where(feature.c.resource_id == resource.c.id, wanted).scalar_subquery()
    return (
        sa.select(resource.c.id, resource.c.seats, sa.func.coalesce(busy.c.times, 0), has)
        .outerjoin_from(resource, busy, busy.c.resource_id == resource.c.id)
        .where(_in_scope(), resource.c.seats >= sa.bindparam("seats", type_=sa.Integer))
    )


def _in_scope() -> sa.ColumnElement[bool]:
    return sa.and_(
        sa.or_(resource.c.institution_id == _HOME, resource.c.shared),
        sa.or_(_HOUSE.is_(None), resource.c.institution_id == _HOUSE),
        sa.or_(_KIND.is_(None), resource.c.kind == _KIND),
        resource.c.kind.in_(ROOMS),
        resource.c.retired_at.is_(None),
    )


def _windows(connection: sa.Connection) -> sa.CTE:
    """The times, and from when to when a claim may start that any room's buffers let touch them."""
    window = integer_rows(connection, "windows", ("starts", "ends"))
    widest = sa.select(
        sa.func.coalesce(sa.func.max(resource.c.setup_minutes), 0).label("setup"),
        sa.func.coalesce(sa.func.max(resource.c.teardown_minutes), 0).label("teardown"),
    )
    buffers = widest.where(resource.c.kind.in_(ROOMS)).cte("buffers")
    return (
        sa.select(
            window.c.starts,
            window.c.ends,
            (window.c.starts - MINUTE * buffers.c.setup).label("earliest"),
            (window.c.ends + MINUTE * buffers.c.teardown).label("latest"),
        )
        .join_from(window, buffers, sa.true())
        .cte("widened")
    )


def _busy(connection: sa.Connection) -> sa.CTE:
    """The rooms that something holds at some of the times, and these. No claim lasts longer than a day."""
    window, of = _windows(connection), resource.alias("held")
    by_time = sa.and_(
        claim.c.starts < window.c.latest,
        claim.c.starts > window.c.earliest - LONGEST_CLAIM_SECONDS,
        claim.c.ends > window.c.earliest,
    )
    joined, near = by_index(connection, window, claim, by_time)
    exactly = sa.and_(
        near.starts < window.c.ends + MINUTE * of.c.teardown_minutes,
        near.ends > window.c.starts - MINUTE * of.c.setup_minutes,
    )
    held = joined.join(of, of.c.id == near.resource_id)
    return sa.select(near.resource_id, window.c.starts.label("window")).select_from(held).where(exactly).cte("busy")


def _bound(spans: Sequence[Span], scope: Scope) -> dict[str, object]:
    return {
        "windows": as_json(spans),
        "home": scope.institution_id,
        "house": scope.house,
        "kind": scope.kind,
    }


_HOME = sa.cast(sa.bindparam("home"), sa.BigInteger)
_HOUSE = sa.cast(sa.bindparam("house"), sa.BigInteger)
_KIND = sa.cast(sa.bindparam("kind"), sa.Text)
