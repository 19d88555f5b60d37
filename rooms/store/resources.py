"""Queries on rooms and equipment. Each carries its scope: one's own institution's, and what others share."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import sqlalchemy as sa

from rooms.model import LONGEST_CLAIM_SECONDS, Equipment, Resource, Room, RoomKind, Time
from rooms.store.tables import claim, resource
from vclass.core.db import as_json, insert_all_new, insert_new, integer_rows
from vclass.core.spans import Span
from vclass.core.tokens import new_id
from vclass.people import Person, person

ROOMS = ("hall", "virtual")
POOLS = ("equipment", "licence")
_ALL = sa.select(resource, person.c.name.label("person_name")).outerjoin_from(
    resource, person, person.c.id == resource.c.person_id
)


def rooms_for(connection: sa.Connection, institution_id: int | None, *, kind: RoomKind | None = None) -> list[Room]:
    """All rooms in scope, one's own first."""
    found = _in_scope(institution_id, ROOMS if kind is None else (kind,)).order_by(*_own_first(institution_id))
    return [_room(row) for row in connection.execute(found).mappings()]


def equipment_for(connection: sa.Connection, institution_id: int | None) -> list[Equipment]:
    """All equipment in scope, one's own first."""
    found = _in_scope(institution_id, POOLS).order_by(*_own_first(institution_id))
    return [_equipment(row) for row in connection.execute(found).mappings()]


def resources_by_ids(connection: sa.Connection, ids: Collection[int]) -> dict[int, Resource]:
    """Resources that something the actor may see refers to already; no scope."""
    found = _ALL.where(resource.c.id.in_(ids))
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


def times_of(connection: sa.Connection, person_ids: Collection[int]) -> dict[int, int]:
    """The resource that is each person's time, where there is one."""
    found = sa.select(resource.c.person_id, resource.c.id).where(resource.c.person_id.in_(person_ids))
    return {row.person_id: row.id for row in connection.execute(found)}


def add_times(connection: sa.Connection, people: Collection[Person], now: int) -> None:
    """Make each person's time a resource of the person's institution; one that is there already stays."""
    rows = [
        {
            "public_id": (name := new_id()),
            "institution_id": each.institution_id,
            "kind": "person",
            "name": name,
            "person_id": each.id,
            "quantity": 1,
            "shared": True,
            "approval": "none",
            "created_at": now,
            "version": 1,
        }
        for each in people
        if each.institution_id is not None
    ]
    insert_all_new(connection, resource, rows)


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


def _in_scope(institution_id: int | None, kinds: Collection[str] = (*ROOMS, *POOLS)) -> sa.Select[Any]:
    mine = sa.or_(resource.c.institution_id == institution_id, resource.c.shared)
    return sa.select(resource).where(mine, resource.c.kind.in_(kinds), resource.c.retired_at.is_(None))


def _own_first(institution_id: int | None) -> tuple[sa.ColumnElement[Any], ...]:
    return (sa.case((resource.c.institution_id == institution_id, 0), else_=1), resource.c.name, resource.c.id)


def _value(row: sa.RowMapping) -> Resource:
    return _VALUES[row["kind"]](row)


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
        kind=row["kind"],
        approval=row["approval"],
    )


def _time(row: sa.RowMapping) -> Time:
    return Time(row["id"], row["public_id"], row["institution_id"], row["person_id"], row["person_name"])


_VALUES: dict[str, Callable[[sa.RowMapping], Resource]] = {
    "hall": _room,
    "virtual": _room,
    "equipment": _equipment,
    "licence": _equipment,
    "person": _time,
}
