"""Queries on rooms and equipment. Each carries its scope: one's own institution's, and what others share."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from rooms.model import LONGEST_CLAIM_SECONDS, Equipment, Resource, Room, RoomKind
from rooms.store.tables import claim, resource
from vclass.core.db import as_json, insert_new, integer_rows
from vclass.core.spans import Span

ROOMS = ("hall", "virtual")


def rooms_for(connection: sa.Connection, institution_id: int | None, *, kind: RoomKind | None = None) -> list[Room]:
    """All rooms in scope, one's own first."""
    found = _in_scope(institution_id, ROOMS if kind is None else (kind,)).order_by(*_own_first(institution_id))
    return [_room(row) for row in connection.execute(found).mappings()]


def equipment_for(connection: sa.Connection, institution_id: int | None) -> list[Equipment]:
    """All equipment in scope, one's own first."""
    found = _in_scope(institution_id, ("equipment",)).order_by(*_own_first(institution_id))
    return [_equipment(row) for row in connection.execute(found).mappings()]


def resources_by_ids(connection: sa.Connection, ids: Collection[int]) -> dict[int, Resource]:
    """Resources that something the actor may see refers to already; no scope."""
    found = sa.select(resource).where(resource.c.id.in_(ids))
    return {row["id"]: _value(row) for row in connection.execute(found).mappings()}


def resources_by_public_id(
    connection: sa.Connection, public_ids: Collection[str], institution_id: int | None
) -> dict[str, Resource]:
    """Those of the named resources that are in scope: one's own institution's, and what others share."""
    found = _in_scope(institution_id).where(resource.c.public_id.in_(public_ids))
    return {row["public_id"]: _value(row) for row in connection.execute(found).mappings()}


def free_rooms(
    connection: sa.Connection, spans: Sequence[Span], institution_id: int | None, kind: RoomKind | None = None
) -> list[Room]:
    """Rooms in scope that are free in all spans: collect what is busy by time, then leave it out."""
    window = integer_rows(connection, "windows", ("starts", "ends"))
    touches = sa.and_(
        claim.c.starts < window.c.ends,
        claim.c.starts > window.c.starts - LONGEST_CLAIM_SECONDS,
        claim.c.ends > window.c.starts,
    )
    busy = sa.select(claim.c.resource_id).join_from(window, claim, touches)
    found = _in_scope(institution_id, ROOMS if kind is None else (kind,)).where(resource.c.id.not_in(busy))
    rows = connection.execute(found.order_by(*_own_first(institution_id)), {"windows": as_json(spans)})
    return [_room(row) for row in rows.mappings()]


def insert(connection: sa.Connection, values: dict[str, Any]) -> Resource | None:
    """Insert a resource, unless its institution has one of that name."""
    if not insert_new(connection, resource, values):
        return None
    made = sa.select(resource).where(resource.c.public_id == values["public_id"])
    return _value(connection.execute(made).mappings().one())


def replace(connection: sa.Connection, before: Room, values: dict[str, Any]) -> bool:
    """Change a room if nobody else did so meanwhile; tell whether that was so."""
    same = sa.update(resource).where(resource.c.id == before.id, resource.c.version == before.version)
    return connection.execute(same.values(**values, version=before.version + 1)).rowcount == 1


def has_name(connection: sa.Connection, institution_id: int, name: str) -> bool:
    named = sa.select(resource.c.id).where(resource.c.institution_id == institution_id, resource.c.name == name)
    return connection.execute(named).first() is not None


def _in_scope(institution_id: int | None, kinds: Collection[str] = (*ROOMS, "equipment")) -> sa.Select[Any]:
    mine = sa.or_(resource.c.institution_id == institution_id, resource.c.shared)
    return sa.select(resource).where(mine, resource.c.kind.in_(kinds))


def _own_first(institution_id: int | None) -> tuple[sa.ColumnElement[Any], ...]:
    return (sa.case((resource.c.institution_id == institution_id, 0), else_=1), resource.c.name, resource.c.id)


def _value(row: sa.RowMapping) -> Resource:
    return _equipment(row) if row["kind"] == "equipment" else _room(row)


def _room(row: sa.RowMapping) -> Room:
    return Room(
        id=row["id"],
        public_id=row["public_id"],
        institution_id=row["institution_id"],
        kind=row["kind"],
        name=row["name"],
        zone=row["zone"],
        seats=row["seats"],
        shared=row["shared"],
        approval=row["approval"],
        version=row["version"],
    )


def _equipment(row: sa.RowMapping) -> Equipment:
    return Equipment(
        id=row["id"],
        public_id=row["public_id"],
        institution_id=row["institution_id"],
        name=row["name"],
        quantity=row["quantity"],
        shared=row["shared"],
        version=row["version"],
    )
