"""Every question asked of the tables of terms, closures and working hours, by name."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from schedules.tables import closure, term, working_hours
from schedules.terms.model import Days
from vclass.core.db import insert_new
from vclass.core.hours import Opening
from vclass.core.texts import numbered
from vclass.core.tokens import new_id
from vclass.core.zones import Instant

Kind: TypeAlias = Literal["term", "closure"]
TABLES: Mapping[Kind, sa.Table] = {"term": term, "closure": closure}
_OF_INSTITUTIONS: Mapping[Kind, sa.Select[Any]] = {
    kind: sa.select(table)
    .where(table.c.institution_id.in_(sa.bindparam("institutions", expanding=True)))
    .order_by(table.c.first_day, table.c.id)
    for kind, table in TABLES.items()
}
NAMES = {"term": "name", "closure": "reason"}
"""The column that says which it is."""


def insert(
    connection: sa.Connection, kind: Kind, institution_id: int, values: dict[str, Any], now: Instant
) -> Days | None:
    """Insert a term or a closure; None where the institution has a term of that name."""
    row = {
        **_columns(kind, values),
        "public_id": new_id(),
        "institution_id": institution_id,
        "created_at": now,
        "version": 1,
    }
    return find(connection, kind, row["public_id"]) if insert_new(connection, TABLES[kind], row) else None


def find(connection: sa.Connection, kind: Kind, public_id: str) -> Days | None:
    table = TABLES[kind]
    row = connection.execute(sa.select(table).where(table.c.public_id == public_id)).mappings().one_or_none()
    return None if row is None else _days(kind, row)


def find_all(connection: sa.Connection, kind: Kind, institutions: Collection[int]) -> list[Days]:
    """All of some institutions, the earliest first."""
    rows = connection.execute(_OF_INSTITUTIONS[kind], {"institutions": list(institutions)})
    return [_days(kind, row) for row in rows.mappings()]


def has_name(connection: sa.Connection, institution_id: int, name: str) -> bool:
    """Whether an institution has a term of this name."""
    found = sa.select(term.c.id).where(term.c.institution_id == institution_id, term.c.name == name)
    return connection.execute(found).first() is not None


def free_name(connection: sa.Connection, institution_id: int, name: str) -> str:
    """The same name with the first number that no other term of an institution has."""
    return next(each for each in numbered(name) if not has_name(connection, institution_id, each))


def replace(connection: sa.Connection, kind: Kind, before: Days, values: dict[str, Any]) -> bool:
    """Write the next version; False where somebody did so since."""
    table = TABLES[kind]
    changed = sa.update(table).where(table.c.id == before.id, table.c.version == before.version)
    return connection.execute(changed.values(**_columns(kind, values), version=before.version + 1)).rowcount == 1


def delete(connection: sa.Connection, kind: Kind, before: Days) -> bool:
    """Delete it; False where somebody changed it since."""
    table = TABLES[kind]
    gone = sa.delete(table).where(table.c.id == before.id, table.c.version == before.version)
    return connection.execute(gone).rowcount == 1


def hours_of_institutions(connection: sa.Connection, ids: Collection[int]) -> dict[int, tuple[Opening, ...]]:
    """The working hours of institutions, of those that have any."""
    return _hours(connection, working_hours.c.institution_id, ids)


def hours_of_people(connection: sa.Connection, ids: Collection[int]) -> dict[int, tuple[Opening, ...]]:
    """The same for people."""
    return _hours(connection, working_hours.c.person_id, ids)


def put_hours(
    connection: sa.Connection,
    week: Sequence[Opening],
    *,
    institution_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Replace the whole week of an institution or a person."""
    column = working_hours.c.person_id if institution_id is None else working_hours.c.institution_id
    connection.execute(sa.delete(working_hours).where(column == (institution_id or person_id)))
    whose = {"institution_id": institution_id, "person_id": person_id}
    rows = [
        whose | {"weekday": e.weekday, "opens_minute": e.opens_minute, "closes_minute": e.closes_minute} for e in week
    ]
    if rows:
        connection.execute(sa.insert(working_hours), rows)


def _hours(connection: sa.Connection, column: sa.Column[Any], ids: Collection[int]) -> dict[int, tuple[Opening, ...]]:
    found = sa.select(column.label("whose"), working_hours).where(column.in_(ids))
    weeks: defaultdict[int, list[Opening]] = defaultdict(list)
    for row in connection.execute(found.order_by(working_hours.c.weekday, working_hours.c.opens_minute)):
        weeks[row.whose].append(Opening(row.weekday, row.opens_minute, row.closes_minute))
    return {whose: tuple(week) for whose, week in weeks.items()}


def _columns(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    return {
        NAMES[kind] if field == "name" else field: value.isoformat() if isinstance(value, dt.date) else value
        for field, value in values.items()
    }


def _days(kind: Kind, row: sa.RowMapping) -> Days:
    return Days(
        id=row["id"],
        public_id=row["public_id"],
        institution_id=row["institution_id"],
        name=row[NAMES[kind]],
        first_day=dt.date.fromisoformat(row["first_day"]),
        last_day=dt.date.fromisoformat(row["last_day"]),
        version=row["version"],
    )
