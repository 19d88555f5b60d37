"""Tables of what people want to be reminded of and which reminders were written, and their named queries."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from rooms import booking
from schedules.reminders.model import AHEAD, LEADS, Choice, Due, Which
from schedules.tables import attendee, lesson, occurrence
from vclass.core.db import insert_all_new, metadata
from vclass.core.zones import Instant

reminder_choice = sa.Table(
    "reminder_choice",
    metadata,
    sa.Column("email", sa.Text, primary_key=True),
    sa.Column("day", sa.Boolean, nullable=False),
    sa.Column("soon", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)

reminder_written = sa.Table(
    "reminder_written",
    metadata,
    sa.Column("occurrence", sa.Text, primary_key=True),
    sa.Column("which", sa.Text, primary_key=True),
    sa.Column("lesson_id", sa.ForeignKey("lesson.id"), nullable=False, index=True),
    sa.Column("starts", sa.BigInteger, nullable=False, index=True),
)


def unwritten(connection: sa.Connection, which: Which, now: Instant, most: int) -> list[Due]:
    """Meetings to come of which this reminder is due within a while, or late, and isn't written yet."""
    written = sa.exists().where(
        reminder_written.c.occurrence == occurrence.c.public_id, reminder_written.c.which == which
    )
    found = (
        sa.select(occurrence.c.lesson_id, occurrence.c.booking_id, occurrence.c.public_id, occurrence.c.starts)
        .join(lesson, lesson.c.id == occurrence.c.lesson_id)
        .join(booking, booking.c.id == occurrence.c.booking_id)
        .where(occurrence.c.starts > now, occurrence.c.starts <= now + LEADS[which] + AHEAD, ~written)
        .where(booking.c.state == "confirmed", lesson.c.published_at.is_not(None), lesson.c.cancelled_at.is_(None))
        .order_by(occurrence.c.starts, occurrence.c.id)
        .limit(most)
    )
    rows = connection.execute(found)
    return [Due(which, row.lesson_id, row.booking_id, row.public_id, row.starts) for row in rows]


def note_written(connection: sa.Connection, some: Iterable[Due]) -> None:
    rows = [
        {"occurrence": each.occurrence, "which": each.which, "lesson_id": each.lesson_id, "starts": each.starts}
        for each in some
    ]
    insert_all_new(connection, reminder_written, rows)


def forget_written(connection: sa.Connection, now: Instant) -> None:
    """Meetings that have begun are never reminded of again."""
    connection.execute(sa.delete(reminder_written).where(reminder_written.c.starts <= now))


def take_back_written(connection: sa.Connection, lesson_ids: Collection[int]) -> set[int]:
    """Note that the reminders of some lessons aren't written; those of which some were."""
    gone = sa.delete(reminder_written).where(reminder_written.c.lesson_id.in_(list(lesson_ids)))
    return set(connection.execute(gone.returning(reminder_written.c.lesson_id)).scalars())


def lessons_of_bookings(connection: sa.Connection, booking_ids: Collection[int]) -> list[int]:
    found = sa.select(occurrence.c.lesson_id).where(occurrence.c.booking_id.in_(list(booking_ids)))
    return list(connection.execute(found.distinct()).scalars())


def seats(connection: sa.Connection, lesson_ids: Collection[int]) -> list[tuple[str, str]]:
    """The UID of the lesson and the public id of each attendee."""
    return _seats(connection, lesson.c.id.in_(list(lesson_ids)))


def seats_of(connection: sa.Connection, email: str) -> list[tuple[str, str]]:
    """The same of each lesson that an address is invited to."""
    return _seats(connection, attendee.c.email == email)


def _seats(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[tuple[str, str]]:
    found = sa.select(lesson.c.uid, attendee.c.public_id).join(attendee, attendee.c.lesson_id == lesson.c.id)
    return [(row.uid, row.public_id) for row in connection.execute(found.where(which))]


def choices(connection: sa.Connection, emails: Collection[str]) -> dict[str, Choice]:
    """What those who chose want."""
    found = sa.select(reminder_choice).where(reminder_choice.c.email.in_(list(emails)))
    return {row.email: Choice(row.day, row.soon) for row in connection.execute(found)}


def version_of(connection: sa.Connection, email: str) -> int:
    """How often somebody chose."""
    found = sa.select(reminder_choice.c.version).where(reminder_choice.c.email == email)
    return connection.execute(found).scalar_one_or_none() or 0


def put_choice(connection: sa.Connection, email: str, choice: Choice, version: int) -> None:
    values = {"day": choice.day, "soon": choice.soon, "version": version}
    insert_all_new(connection, reminder_choice, [{"email": email, **values}])
    connection.execute(sa.update(reminder_choice).where(reminder_choice.c.email == email).values(values))


def forget_choice(connection: sa.Connection, email: str) -> None:
    connection.execute(sa.delete(reminder_choice).where(reminder_choice.c.email == email))
