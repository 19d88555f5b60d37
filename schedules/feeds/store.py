"""The table of feeds, and what is asked of lessons for them, by name. Stamps and ids are read, never a lesson."""

from typing import Any

import sqlalchemy as sa

from rooms import State, booking, holding
from schedules.feeds.model import Feed, Stamp
from schedules.tables import attendee, former_room, lesson, lesson_resource, occurrence
from vclass.core.db import ROW_ID, metadata
from vclass.core.spans import Span
from vclass.core.zones import Instant

feed = sa.Table(
    "feed",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("owner_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resource.id")),
    sa.Column("lesson_id", sa.BigInteger, sa.ForeignKey("lesson.id")),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("token_digest", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("used_at", sa.BigInteger),
    sa.Column("revoked_at", sa.BigInteger),
    sa.CheckConstraint("kind in ('person', 'room', 'lesson')", name="kind"),
    sa.CheckConstraint("detail in ('full', 'busy', 'freebusy')", name="detail"),
    sa.CheckConstraint("(kind = 'room') = (resource_id is not null)", name="room"),
    sa.CheckConstraint("(kind = 'lesson') = (lesson_id is not null)", name="lesson"),
)


def insert(connection: sa.Connection, values: dict[str, Any]) -> Feed:
    made = sa.insert(feed).values(values).returning(*feed.c)
    return _feed(connection.execute(made).one())


def of_owner(connection: sa.Connection, owner_id: int, first: int = 0, most: int | None = None) -> list[Feed]:
    """The feeds that somebody has, the newest first; from the ``first`` on, at most so many."""
    mine = sa.select(feed).where(feed.c.owner_id == owner_id, feed.c.revoked_at.is_(None))
    return [_feed(row) for row in connection.execute(mine.order_by(feed.c.id.desc()).offset(first).limit(most))]


def by_public_id(connection: sa.Connection, owner_id: int, public_id: str) -> Feed | None:
    mine = sa.select(feed).where(feed.c.public_id == public_id, feed.c.owner_id == owner_id)
    row = connection.execute(mine.where(feed.c.revoked_at.is_(None))).one_or_none()
    return None if row is None else _feed(row)


def by_digest(connection: sa.Connection, digest: str) -> Feed | None:
    found = sa.select(feed).where(feed.c.token_digest == digest, feed.c.revoked_at.is_(None))
    row = connection.execute(found).one_or_none()
    return None if row is None else _feed(row)


def write(connection: sa.Connection, feed_id: int, **values: object) -> None:
    connection.execute(sa.update(feed).where(feed.c.id == feed_id).values(**values))


def forget_owner(connection: sa.Connection, owner_id: int) -> None:
    connection.execute(sa.delete(feed).where(feed.c.owner_id == owner_id))


def attended(person_id: int) -> sa.Select[int]:
    """The ids of lessons that somebody is or was invited to."""
    return sa.select(attendee.c.lesson_id).where(attendee.c.person_id == person_id)


def in_room(resource_id: int) -> sa.CompoundSelect[int]:
    """The ids of lessons that are or were in a room, or would like to be."""
    return sa.union(
        sa.select(lesson_resource.c.lesson_id).where(lesson_resource.c.resource_id == resource_id),
        sa.select(occurrence.c.lesson_id).where(occurrence.c.booking_id.in_(holding(resource_id))),
        sa.select(former_room.c.lesson_id).where(former_room.c.resource_id == resource_id),
    )


def continuing(lesson_id: int) -> sa.Select[int]:
    """The ids of a lesson and all that continue it."""
    first = sa.select(lesson.c.id).where(lesson.c.id == lesson_id).cte("line", recursive=True)
    line = first.union_all(sa.select(lesson.c.id).where(lesson.c.continues_id == first.c.id))
    return sa.select(line.c.id)


def stamp(connection: sa.Connection, ids: sa.Select[int] | sa.CompoundSelect[int]) -> Stamp:
    """That of some lessons, none of which is read."""
    sums = (sa.func.coalesce(sa.func.sum(column), 0) for column in (lesson.c.version, lesson.c.told_at))
    latest = sa.func.coalesce(sa.func.max(lesson.c.told_at), 0)
    row = connection.execute(sa.select(sa.func.count(), *sums, latest).where(lesson.c.id.in_(ids))).one()
    return Stamp(*map(int, row))


def since(connection: sa.Connection, ids: sa.Select[int] | sa.CompoundSelect[int], at: Instant) -> list[int]:
    """Those of some lessons that meet at an instant or later."""
    met = sa.select(occurrence.c.lesson_id).where(occurrence.c.ends > at)
    found = sa.select(lesson.c.id).where(lesson.c.id.in_(ids), lesson.c.id.in_(met)).order_by(lesson.c.id)
    return list(connection.execute(found).scalars())


def taken(connection: sa.Connection, person_id: int, span: Span) -> list[tuple[Span, State]]:
    """When lessons take somebody's time, or may, and the state of each booking; open hours take none."""
    starts, ends = span
    mine = sa.select(attendee.c.lesson_id).where(attendee.c.person_id == person_id, ~attendee.c.removed)
    heard = sa.or_(lesson.c.published_at.is_not(None), lesson.c.owner_id == person_id)
    found = (
        sa.select(occurrence.c.starts, occurrence.c.ends, booking.c.state)
        .join(lesson, lesson.c.id == occurrence.c.lesson_id)
        .join(booking, booking.c.id == occurrence.c.booking_id)
        .where(lesson.c.id.in_(mine), ~lesson.c.transparent, heard)
        .where(occurrence.c.starts < ends, occurrence.c.ends > starts)
    )
    return [((row.starts, row.ends), row.state) for row in connection.execute(found)]


def _feed(row: sa.Row[Any]) -> Feed:
    return Feed(
        id=row.id,
        public_id=row.public_id,
        owner_id=row.owner_id,
        kind=row.kind,
        resource_id=row.resource_id,
        lesson_id=row.lesson_id,
        detail=row.detail,
        generation=row.generation,
        key_id=row.key_id,
        created_at=row.created_at,
        used_at=row.used_at,
    )
