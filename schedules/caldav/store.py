"""The table of app passwords, and what a calendar program asks of lessons, by name."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from rooms import State, booking, holding
from schedules.feeds.shown import BLOCKINGS, HOLDING, STATUSES
from schedules.feeds.sources import Ids
from schedules.feeds.store import in_room
from schedules.tables import attendee, blocked_room, lesson, occurrence
from vclass.core.db import ROW_ID, metadata
from vclass.core.spans import Span
from vclass.core.zones import Instant

COMING: Final[list[State]] = [state for state, shown in STATUSES.items() if shown != "CANCELLED"]

app_password = sa.Table(
    "app_password",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("used_at", sa.BigInteger),
)


@dataclass(frozen=True, slots=True)
class Password:
    """An app password as its owner sees it."""

    id: int
    public_id: str
    person_id: int
    name: str
    created_at: Instant
    used_at: Instant | None


@dataclass(frozen=True, slots=True)
class Member:
    """A lesson in a calendar, or what blocks its room: its name, and what tells one state of it from another."""

    id: int
    public_id: str
    version: int
    told_at: Instant
    changed: int
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What to ask for the members of a calendar: its lessons, and of a room what blocks it."""

    lessons: sa.Select[Any]
    blockings: sa.Select[Any] | None = None

    def where(self, of_lesson: sa.ColumnElement[bool], of_blocking: sa.ColumnElement[bool]) -> "Found":
        blockings = None if self.blockings is None else self.blockings.where(of_blocking)
        return Found(self.lessons.where(of_lesson), blockings)


def insert_password(connection: sa.Connection, values: dict[str, Any]) -> Password:
    made = sa.insert(app_password).values(values).returning(*app_password.c)
    return _password(connection.execute(made).one())


def passwords_of(connection: sa.Connection, person_id: int, first: int = 0, most: int | None = None) -> list[Password]:
    """Somebody's app passwords, the newest first; from the ``first`` on, at most so many."""
    mine = sa.select(app_password).where(app_password.c.person_id == person_id).order_by(app_password.c.id.desc())
    return [_password(row) for row in connection.execute(mine.offset(first).limit(most))]


def password_by_digest(connection: sa.Connection, digest: str) -> Password | None:
    row = connection.execute(sa.select(app_password).where(app_password.c.digest == digest)).one_or_none()
    return None if row is None else _password(row)


def note_use(connection: sa.Connection, password_id: int, now: Instant) -> None:
    connection.execute(sa.update(app_password).where(app_password.c.id == password_id).values(used_at=now))


def delete_password(connection: sa.Connection, password_id: int) -> None:
    connection.execute(sa.delete(app_password).where(app_password.c.id == password_id))


def delete_passwords_of(connection: sa.Connection, person_id: int) -> None:
    connection.execute(sa.delete(app_password).where(app_password.c.person_id == person_id))


def of_person(person_id: int, span: Span | None = None) -> Found:
    """The lessons that somebody's calendar shows, in a span or ever, as `shown.Mine` has it."""
    seats = sa.select(attendee.c.lesson_id).where(attendee.c.person_id == person_id, ~attendee.c.removed)
    heard = sa.or_(lesson.c.published_at.is_not(None), lesson.c.owner_id == person_id)
    told = sa.or_(lesson.c.published_at.is_not(None), booking.c.state.in_(COMING))
    date = sa.exists().where(
        occurrence.c.lesson_id == lesson.c.id,
        booking.c.id == occurrence.c.booking_id,
        booking.c.state.in_(list(STATUSES)),
        told,
        *_within(span, occurrence),
    )
    return Found(_MEMBERS.where(lesson.c.id.in_(seats), heard, date))


def of_room(resource_id: int, span: Span | None = None) -> Found:
    """The lessons that hold a room, in a span or ever, as `shown.OfRoom` has it, and what blocks it."""
    date = sa.exists().where(
        occurrence.c.lesson_id == lesson.c.id,
        occurrence.c.booking_id.in_(holding(resource_id)),
        *_within(span, occurrence),
    )
    standing = booking.c.state.in_(list(HOLDING))
    blockings = _BLOCKINGS.where(blocked_room.c.resource_id == resource_id, standing, *_within(span, booking))
    return Found(_MEMBERS.where(lesson.c.id.in_(in_room(resource_id)), date), blockings)


def ever(ids: Ids, resource_id: int | None) -> Found:
    """Lessons, and what blocks a room, be it present or past."""
    blockings = None if resource_id is None else _BLOCKINGS.where(blocked_room.c.resource_id == resource_id)
    return Found(_MEMBERS.where(lesson.c.id.in_(ids)), blockings)


def members(connection: sa.Connection, found: Found) -> list[Member]:
    """Those that were changed first come first."""
    there = [Member(*row) for row in connection.execute(found.lessons)]
    if found.blockings is not None:
        there += [replace(Member(*row), blocks=True) for row in connection.execute(found.blockings)]
    return sorted(there, key=lambda each: (each.changed, each.blocks, each.id))


def named(found: Found, public_ids: Collection[str]) -> Found:
    """Those with these public ids."""
    return found.where(lesson.c.public_id.in_(public_ids), booking.c.public_id.in_(public_ids))


def of_uid(found: Found, uid: str) -> Found:
    """The one with this UID."""
    return found.where(lesson.c.uid == uid, booking.c.public_id + BLOCKINGS == uid)


def since(found: Found, number: int) -> Found:
    """Those that changed since a mark."""
    return found.where(lesson.c.changed >= number, blocked_room.c.changed >= number)


def _within(span: Span | None, dates: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    return () if span is None else (dates.c.starts < span[1], dates.c.ends > span[0])


_MEMBERS = sa.select(lesson.c.id, lesson.c.public_id, lesson.c.version, lesson.c.told_at, lesson.c.changed)
_BLOCKINGS = sa.select(
    booking.c.id, booking.c.public_id, booking.c.version, booking.c.created_at, blocked_room.c.changed
).join_from(blocked_room, booking, blocked_room.c.booking_id == booking.c.id)


def _password(row: sa.Row[Any]) -> Password:
    return Password(row.id, row.public_id, row.person_id, row.name, row.created_at, row.used_at)
