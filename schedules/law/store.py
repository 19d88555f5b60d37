"""Queries on the releases of the time zone database that lessons' instants came from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rooms import booking
from schedules.tables import lesson, occurrence
from vclass.core.db import ROW_ID, as_json, insert_all_new, integer_rows, metadata
from vclass.core.zones import Instant

law_move = sa.Table(
    "law_move",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("lesson_id", sa.ForeignKey("lesson.id"), nullable=False),
    sa.Column("recurrence", sa.Text, nullable=False),
    sa.Column("release", sa.Text, nullable=False),
    sa.Column("before", sa.BigInteger, nullable=False),
    sa.Column("after", sa.BigInteger, nullable=False),
    sa.Column("told_at", sa.BigInteger),
    sa.UniqueConstraint("lesson_id", "recurrence", "release"),
)


@dataclass(frozen=True, slots=True)
class Move:
    """A date whose instant a release of the time zone database moved."""

    recurrence: str
    release: str
    before: Instant
    after: Instant


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


def note_moves(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Remember what a release moved of lessons that people know of."""
    insert_all_new(connection, law_move, rows)


def untold(connection: sa.Connection, lesson_ids: Collection[int] | None = None) -> dict[int, list[Move]]:
    """What nobody but the owners has been told of, by lesson; of some lessons, or of all."""
    found = sa.select(law_move).where(law_move.c.told_at.is_(None)).order_by(law_move.c.lesson_id, law_move.c.id)
    if lesson_ids is not None:
        found = found.where(law_move.c.lesson_id.in_(list(lesson_ids)))
    moves: dict[int, list[Move]] = {}
    for row in connection.execute(found):
        moves.setdefault(row.lesson_id, []).append(Move(row.recurrence, row.release, row.before, row.after))
    return moves


def take_untold(connection: sa.Connection, lesson_ids: Collection[int], now: Instant) -> dict[int, set[str]]:
    """Note that people are told of what moved; the lessons of which nobody had noted it before, with their dates."""
    waits = sa.and_(law_move.c.lesson_id.in_(list(lesson_ids)), law_move.c.told_at.is_(None))
    noted = sa.update(law_move).where(waits).values(told_at=now).returning(law_move.c.lesson_id, law_move.c.recurrence)
    taken: dict[int, set[str]] = {}
    for lesson_id, recurrence in connection.execute(noted):
        taken.setdefault(lesson_id, set()).add(recurrence)
    return taken


def ask_again(connection: sa.Connection, lesson_id: int, recurrences: Collection[str], sequence: int) -> None:
    """What was answered to the old time of these dates no longer counts (RFC 5546 section 2.1.4)."""
    these = sa.and_(occurrence.c.lesson_id == lesson_id, occurrence.c.recurrence.in_(list(recurrences)))
    connection.execute(sa.update(occurrence).where(these).values(asked=sequence))
