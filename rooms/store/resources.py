"""Queries on rooms and equipment. Each carries its scope: one's own institution's, and what others share."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.resources_model import Card, Details, Equipment, Resource, Room, RoomKind, Terms, Time
from rooms.store.bookings import opening_of
from rooms.store.tables import feature, opening, photo, resource
from vclass.core.db import insert_all_new, insert_new, listed, of_ids
from vclass.core.dialects import built_once
from vclass.core.hours import Opening
from vclass.core.texts import numbered
from vclass.core.tokens import new_id
from vclass.people import Person, person

ROOMS = ("hall", "virtual")
POOLS = ("equipment", "licence")
_ALL = sa.select(resource, person.c.name.label("person_name")).outerjoin_from(
    resource, person, person.c.id == resource.c.person_id
)


def rooms_for(
    connection: sa.Connection,
    institution_id: int | None,
    first: int = 0,
    most: int | None = None,
    *,
    kind: RoomKind | None = None,
) -> list[Room]:
    """Rooms in scope, one's own first; from the ``first`` on, at most so many."""
    found = in_scope(institution_id, ROOMS if kind is None else (kind,)).order_by(*own_first(institution_id))
    return [room_of(row) for row in connection.execute(found.offset(first).limit(most)).mappings()]


def equipment_for(
    connection: sa.Connection, institution_id: int | None, first: int = 0, most: int | None = None
) -> list[Equipment]:
    """Equipment and licences in scope, one's own first; from the ``first`` on, at most so many."""
    found = in_scope(institution_id, POOLS).order_by(*own_first(institution_id))
    return [_equipment(row) for row in connection.execute(found.offset(first).limit(most)).mappings()]


def resources_by_ids(connection: sa.Connection, ids: Collection[int]) -> dict[int, Resource]:
    """Resources that something the actor may see refers to already, in the order of their ids; no scope."""
    return {row["id"]: _value(row) for row in connection.execute(_by_ids(connection), of_ids(ids)).mappings()}


def rooms_by_ids(connection: sa.Connection, ids: Collection[int]) -> dict[int, Room]:
    """Those of the resources that are rooms, likewise."""
    return {row["id"]: room_of(row) for row in connection.execute(_rooms_by_ids(connection), of_ids(ids)).mappings()}


def resources_by_public_id(
    connection: sa.Connection, public_ids: Collection[str], institution_id: int | None
) -> dict[str, Resource]:
    """Those of the named resources that are in scope: one's own institution's, and what others share."""
    asked = {"home": institution_id, "public_ids": list(public_ids)}
    return {row["public_id"]: _value(row) for row in connection.execute(_BY_PUBLIC_IDS, asked).mappings()}


def of_house(
    connection: sa.Connection, institution_id: int, public_id: str | None = None
) -> list[tuple[Room | Equipment, bool]]:
    """Rooms and kit of an institution by name, and whether each is out of use; all, or the one of that id."""
    found = sa.select(resource).where(
        resource.c.institution_id == institution_id, resource.c.kind.in_((*ROOMS, *POOLS))
    )
    if public_id is not None:
        found = found.where(resource.c.public_id == public_id)
    rows = connection.execute(found.order_by(resource.c.name, resource.c.id)).mappings()
    return [(_thing(row), row["retired_at"] is not None) for row in rows]


def times_of(connection: sa.Connection, person_ids: Collection[int]) -> dict[int, int]:
    """The resource that is each person's time, where there is one."""
    return {row.person_id: row.id for row in connection.execute(_times(connection), of_ids(person_ids))}


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


def replace(connection: sa.Connection, before: Resource, values: dict[str, Any]) -> None:
    """Change a resource that is locked."""
    changed = sa.update(resource).where(resource.c.id == before.id)
    connection.execute(changed.values(**values, version=resource.c.version + 1))


def has_name(connection: sa.Connection, institution_id: int, name: str) -> bool:
    named = sa.select(resource.c.id).where(resource.c.institution_id == institution_id, resource.c.name == name)
    return connection.execute(named).first() is not None


def free_name(connection: sa.Connection, institution_id: int, name: str) -> str:
    """The same name with the first number that no other thing of an institution has."""
    return next(each for each in numbered(name) if not has_name(connection, institution_id, each))


def set_features(connection: sa.Connection, resource_id: int, words: Collection[str]) -> None:
    connection.execute(sa.delete(feature).where(feature.c.resource_id == resource_id))
    if words:
        connection.execute(sa.insert(feature), [{"resource_id": resource_id, "feature": each} for each in words])


def set_openings(connection: sa.Connection, resource_id: int, openings: Iterable[Opening]) -> None:
    connection.execute(sa.delete(opening).where(opening.c.resource_id == resource_id))
    rows = [
        {
            "resource_id": resource_id,
            "weekday": each.weekday,
            "opens_minute": each.opens_minute,
            "closes_minute": each.closes_minute,
            "valid_from": None if each.valid_from is None else each.valid_from.isoformat(),
            "valid_until": None if each.valid_until is None else each.valid_until.isoformat(),
        }
        for each in openings
    ]
    if rows:
        connection.execute(sa.insert(opening), rows)


def details_of(connection: sa.Connection, ids: Collection[int]) -> dict[int, Details]:
    """Features, opening hours and the picture's digest of each resource."""
    chosen, bound = listed(connection, feature.c.resource_id), of_ids(ids)
    words: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(sa.select(feature).where(chosen).order_by(feature.c.feature), bound):
        words[row.resource_id].append(row.feature)
    hours = openings_of(connection, ids)
    taken = sa.select(photo.c.resource_id, photo.c.digest).where(listed(connection, photo.c.resource_id))
    photos = {row.resource_id: row.digest for row in connection.execute(taken, bound)}
    return {i: Details(tuple(words.get(i, ())), hours.get(i, ()), photos.get(i)) for i in ids}


def openings_of(connection: sa.Connection, ids: Collection[int]) -> dict[int, tuple[Opening, ...]]:
    """The opening hours of those resources that have any."""
    hours: defaultdict[int, list[Opening]] = defaultdict(list)
    in_order = (opening.c.resource_id, opening.c.weekday, opening.c.opens_minute, opening.c.id)
    found = sa.select(opening).where(listed(connection, opening.c.resource_id)).order_by(*in_order)
    for row in connection.execute(found, of_ids(ids)):
        hours[row.resource_id].append(opening_of(row))
    return {resource_id: tuple(each) for resource_id, each in hours.items()}


def put_photo(connection: sa.Connection, resource_id: int, values: dict[str, Any]) -> None:
    drop_photo(connection, resource_id)
    connection.execute(sa.insert(photo).values(resource_id=resource_id, **values))


def drop_photo(connection: sa.Connection, resource_id: int) -> bool:
    """Delete a picture; tell whether there was one."""
    return connection.execute(sa.delete(photo).where(photo.c.resource_id == resource_id)).rowcount == 1


def photo_of(connection: sa.Connection, resource_id: int) -> sa.Row[Any] | None:
    return connection.execute(sa.select(photo).where(photo.c.resource_id == resource_id)).one_or_none()


def in_scope(
    institution_id: int | sa.BindParameter[int] | None, kinds: Collection[str] = (*ROOMS, *POOLS)
) -> sa.Select[Any]:
    """What one's own institution has, and what others share."""
    mine = sa.or_(resource.c.institution_id == institution_id, resource.c.shared)
    return sa.select(resource).where(mine, resource.c.kind.in_(kinds), resource.c.retired_at.is_(None))


_BY_PUBLIC_IDS = in_scope(sa.bindparam("home", type_=sa.BigInteger)).where(
    resource.c.public_id.in_(sa.bindparam("public_ids", expanding=True))
)


@built_once
def _by_ids(connection: sa.Connection) -> sa.Select[Any]:
    return _ALL.where(listed(connection, resource.c.id)).order_by(resource.c.id)


@built_once
def _rooms_by_ids(connection: sa.Connection) -> sa.Select[Any]:
    return sa.select(resource).where(listed(connection, resource.c.id), resource.c.kind.in_(ROOMS))


@built_once
def _times(connection: sa.Connection) -> sa.Select[Any]:
    found = sa.select(resource.c.person_id, resource.c.id)
    return found.where(listed(connection, resource.c.person_id))


def own_first(institution_id: int | None) -> tuple[sa.ColumnElement[Any], ...]:
    return (sa.case((resource.c.institution_id == institution_id, 0), else_=1), resource.c.name, resource.c.id)


def room_of(row: sa.RowMapping) -> Room:
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
        terms=_terms(row),
        card=msgspec.json.decode(row["card"], type=Card),
    )


def _value(row: sa.RowMapping) -> Resource:
    return _VALUES[row["kind"]](row)


def _thing(row: sa.RowMapping) -> Room | Equipment:
    return room_of(row) if row["kind"] in ROOMS else _equipment(row)


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
        terms=_terms(row),
    )


def _terms(row: sa.RowMapping) -> Terms:
    return Terms(
        setup_minutes=row["setup_minutes"],
        teardown_minutes=row["teardown_minutes"],
        horizon_days=row["horizon_days"],
        longest_minutes=row["longest_minutes"],
        answer_hours=row["answer_hours"],
    )


def _time(row: sa.RowMapping) -> Time:
    return Time(row["id"], row["public_id"], row["institution_id"], row["person_id"], row["person_name"])


_VALUES: dict[str, Callable[[sa.RowMapping], Resource]] = {
    "hall": room_of,
    "virtual": room_of,
    "equipment": _equipment,
    "licence": _equipment,
    "person": _time,
}
