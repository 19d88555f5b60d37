"""Tables of calendars from elsewhere and of their busy times, and the named queries on them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from schedules.busy.model import Mark, Problem, Source
from vclass.core.db import ROW_ID, insert_rows, locked, metadata
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.icsreader.model import Report

LEASE_SECONDS: Final = 600
MOST_DUE: Final = 20

busy_source = sa.Table(
    "busy_source",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("modified", sa.Text, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("read_at", sa.BigInteger, nullable=False),
    sa.Column("expanded_at", sa.BigInteger, nullable=False),
    sa.Column("tried_at", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.BigInteger, index=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text),
    sa.CheckConstraint("kind in ('file', 'address')", name="kind"),
)

busy_time = sa.Table(
    "busy_time",
    metadata,
    sa.Column("source_id", sa.ForeignKey("busy_source.id"), primary_key=True),
    sa.Column("starts", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.CheckConstraint("starts < ends", name="span"),
)


def sources_of(connection: sa.Connection, person_id: int) -> list[Source]:
    """Somebody's calendars, the oldest first."""
    found = sa.select(busy_source).where(busy_source.c.person_id == person_id).order_by(busy_source.c.id)
    return [_source(row) for row in connection.execute(found)]


def source_by_public_id(connection: sa.Connection, public_id: str) -> Source | None:
    row = connection.execute(sa.select(busy_source).where(busy_source.c.public_id == public_id)).one_or_none()
    return None if row is None else _source(row)


def insert(connection: sa.Connection, values: dict[str, Any]) -> int:
    return int(connection.execute(sa.insert(busy_source).values(values).returning(busy_source.c.id)).scalar_one())


def update(connection: sa.Connection, source_id: int, values: dict[str, Any]) -> bool:
    """Change a calendar; False where it has been removed since."""
    changed = sa.update(busy_source).where(busy_source.c.id == source_id).values(values)
    return connection.execute(changed).rowcount == 1


def put_times(connection: sa.Connection, source_id: int, spans: Sequence[Span]) -> None:
    """Replace the busy times of a calendar."""
    connection.execute(sa.delete(busy_time).where(busy_time.c.source_id == source_id))
    insert_rows(
        connection, busy_time, [{"source_id": source_id, "starts": starts, "ends": ends} for starts, ends in spans]
    )


def delete(connection: sa.Connection, source_ids: Collection[int]) -> None:
    connection.execute(sa.delete(busy_time).where(busy_time.c.source_id.in_(source_ids)))
    connection.execute(sa.delete(busy_source).where(busy_source.c.id.in_(source_ids)))


def delete_all_of(connection: sa.Connection, person_id: int) -> None:
    """Forget all calendars of somebody."""
    delete(connection, [each.id for each in sources_of(connection, person_id)])


def lease_due(connection: sa.Connection, now: Instant, most: int = MOST_DUE) -> list[Source]:
    """Take the calendars that are due; other processes leave them for a while."""
    found = sa.select(busy_source).where(busy_source.c.due_at <= now).order_by(busy_source.c.due_at).limit(most)
    taken = [_source(row) for row in connection.execute(locked(connection, found, skip_taken=True))]
    leased = sa.update(busy_source).where(busy_source.c.id.in_([each.id for each in taken]))
    connection.execute(leased.values(due_at=now + LEASE_SECONDS))
    return taken


def times_of(connection: sa.Connection, source_id: int) -> list[Span]:
    """The busy times of one calendar, in order."""
    found = sa.select(busy_time).where(busy_time.c.source_id == source_id).order_by(busy_time.c.starts)
    return [(row.starts, row.ends) for row in connection.execute(found)]


def busy_between(connection: sa.Connection, person_ids: Collection[int], span: Span) -> dict[int, list[Span]]:
    """When people are busy in their own calendars between two instants; who isn't is left out."""
    first, last = span
    found = (
        sa.select(busy_source.c.person_id, busy_time.c.starts, busy_time.c.ends)
        .join_from(busy_source, busy_time, busy_time.c.source_id == busy_source.c.id)
        .where(busy_source.c.person_id.in_(person_ids), busy_time.c.starts < last, busy_time.c.ends > first)
    )
    busy: defaultdict[int, list[Span]] = defaultdict(list)
    for row in connection.execute(found):
        busy[row.person_id].append((row.starts, row.ends))
    return dict(busy)


def stamp_of_times(connection: sa.Connection, person_id: int) -> tuple[int, int, int]:
    """Another one whenever somebody's busy times may be: calendars come, go and are read anew."""
    sums = (sa.func.coalesce(sa.func.sum(column), 0) for column in (busy_source.c.id, busy_source.c.expanded_at))
    row = connection.execute(sa.select(sa.func.count(), *sums).where(busy_source.c.person_id == person_id)).one()
    return int(row[0]), int(row[1]), int(row[2])


def count_times(connection: sa.Connection, source_ids: Collection[int], now: Instant) -> dict[int, int]:
    """How many busy times of each calendar are to come."""
    found = (
        sa.select(busy_time.c.source_id, sa.func.count().label("number"))
        .where(busy_time.c.source_id.in_(source_ids), busy_time.c.ends > now)
        .group_by(busy_time.c.source_id)
    )
    return {row.source_id: row.number for row in connection.execute(found)}


def _source(row: sa.Row[Any]) -> Source:
    return Source(
        id=row.id,
        public_id=row.public_id,
        person_id=row.person_id,
        kind=row.kind,
        name=row.name,
        address=row.address,
        digest=row.digest,
        mark=Mark(row.etag, row.modified),
        report=msgspec.json.decode(row.report, type=Report),
        read_at=row.read_at,
        expanded_at=row.expanded_at,
        tried_at=row.tried_at,
        due_at=row.due_at,
        failures=row.failures,
        problem=None if row.problem is None else msgspec.json.decode(row.problem, type=Problem),
    )
