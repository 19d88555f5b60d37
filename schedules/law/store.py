"""Queries on the releases of the time zone database that lessons' instants came from."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from rooms import booking
from schedules.tables import lesson, occurrence
from vclass.core.db import as_json, integer_rows
from vclass.core.zones import Instant


def ids_of_other_release(connection: sa.Connection, release: str) -> list[int]:
    """Lessons whose instants came from another release, however old."""
    found = sa.select(lesson.c.id).where(lesson.c.tzdata != release).order_by(lesson.c.id)
    return list(connection.execute(found).scalars())


def confirmed_at(connection: sa.Connection, booking_ids: Collection[int]) -> dict[int, Instant]:
    """When bookings were confirmed; those that never were, when they were asked for."""
    named = booking.c.id.in_(sa.select(integer_rows(connection, "ids", ("id",)).c.id))
    found = sa.select(booking.c.id, sa.func.coalesce(booking.c.confirmed_at, booking.c.created_at).label("at"))
    rows = connection.execute(found.where(named), {"ids": as_json((each,) for each in booking_ids)})
    return {row.id: row.at for row in rows}


def move_occurrences(connection: sa.Connection, spans: Sequence[tuple[int, Instant, Instant]]) -> None:
    """Write new instants of meetings: id, start, end."""
    moved = sa.update(occurrence).where(occurrence.c.id == sa.bindparam("meeting"))
    values: dict[str, Any] = {"starts": sa.bindparam("new_starts"), "ends": sa.bindparam("new_ends")}
    if spans:
        rows = [{"meeting": each, "new_starts": starts, "new_ends": ends} for each, starts, ends in spans]
        connection.execute(moved.values(values), rows)


def note_release(connection: sa.Connection, lesson_ids: Collection[int], release: str) -> None:
    """Remember that the instants of lessons come from this release."""
    named = lesson.c.id.in_(sa.select(integer_rows(connection, "ids", ("id",)).c.id))
    noted = sa.update(lesson).where(named).values(tzdata=release)
    connection.execute(noted, {"ids": as_json((each,) for each in lesson_ids)})
