"""Append-only record of who changed what, written in the transaction of the change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from vclass.core.db import ROW_ID, insert_rows, metadata

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger),
    sa.Column("institution_id", sa.BigInteger),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("entity_id", sa.BigInteger, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Index(None, "entity", "entity_id", "at"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: ``action`` from the permission matrix, ``facts`` as before and after. No names, no addresses."""

    at: int
    person_id: int | None
    institution_id: int | None
    action: str
    entity: str
    entity_id: int
    facts: dict[str, Any]


def append(connection: sa.Connection, entries: Iterable[Entry]) -> None:
    rows = [
        {
            "at": each.at,
            "person_id": each.person_id,
            "institution_id": each.institution_id,
            "action": each.action,
            "entity": each.entity,
            "entity_id": each.entity_id,
            "facts": msgspec.json.encode(each.facts).decode(),
        }
        for each in entries
    ]
    insert_rows(connection, audit, rows)


def forget(connection: sa.Connection, before: int) -> int:
    """Delete the entries from before an instant; how many. The one way in which entries go."""
    return connection.execute(sa.delete(audit).where(audit.c.at < before)).rowcount


def history(connection: sa.Connection, entity: str, entity_id: int) -> list[sa.RowMapping]:
    """All entries of one object, oldest first."""
    found = sa.select(audit).where(audit.c.entity == entity, audit.c.entity_id == entity_id)
    return list(connection.execute(found.order_by(audit.c.id)).mappings())
