"""Ten thousand lessons at once: copies of one that was booked, written straight into the tables."""

from typing import Any

import sqlalchemy as sa

from rooms.store.tables import booking
from schedules.tables import attendee, lesson, occurrence

NAMES = ("public_id", "uid", "address_token", "token_digest")
HOUR = 3600


def multiply(connection: sa.Connection, times: int) -> None:
    """Copy the only lesson so many times, each an hour after the other; the copies hold no room."""
    first = sa.select(sa.literal(1).label("i")).cte("number", recursive=True)
    numbers = first.union_all(sa.select(first.c.i + 1).where(first.c.i < times))
    for table in (booking, lesson, occurrence, attendee):
        values = [_copied(column, numbers.c.i).label(column.name) for column in table.c]
        copies = sa.select(*values).select_from(table.join(numbers, sa.true()))
        connection.execute(sa.insert(table).from_select([each.name for each in table.c], copies))


def _copied(column: sa.Column[Any], number: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    """Ids of copies lie a thousand apart, so they meet no row that was there."""
    if column.name in ("id", "lesson_id", "booking_id"):
        return column + number * 1000
    if column.name in NAMES or column is booking.c.wish:
        return column + sa.cast(number, sa.Text)
    return column + number * HOUR if column.name in ("starts", "ends", "published_start") else column
