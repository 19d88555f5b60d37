"""The number of a lesson's last change, by which calendar programs catch up (RFC 6578) without a lesson being read.

What blocks a room has such a number, too.

It is given in the transaction of the change. Whoever catches up asks for all that has the number of the own mark or a
higher one, and gets the present mark for the next time. So nothing is left out that is committed late, and what was
changed while others still wrote may be told twice.
"""

from collections.abc import Collection

import sqlalchemy as sa

from rooms import booking
from schedules.tables import blocked_room, former_room, lesson, occurrence, sync_epoch
from vclass.core import db
from vclass.core.dialects import built_once, rows_in

__all__ = ["epoch", "mark", "note_blockings", "note_rooms", "number", "rising"]

UNNAMED = "0"
NUMBERED = (lesson.c.changed, blocked_room.c.changed)


@built_once
def rising(connection: sa.Connection) -> sa.ColumnElement[int]:
    """The number of this change, as a value in a statement."""
    return db.rising(connection, *NUMBERED)


def number(connection: sa.Connection) -> int:
    """The number of this change, for rows that are written in bulk."""
    return int(connection.execute(_number(connection)).scalar_one())


@built_once
def _number(connection: sa.Connection) -> sa.Select[int]:
    return sa.select(rising(connection))


def mark(connection: sa.Connection) -> int:
    """Whoever knows the present state lacks only what will have this number or a higher one."""
    return db.mark(connection, *NUMBERED)


def epoch(connection: sa.Connection) -> str:
    """Names the run of numbers; another one begins when a backup is restored."""
    return str(connection.execute(sa.select(sync_epoch.c.name)).scalar() or UNNAMED)


def note_rooms(connection: sa.Connection, lesson_id: int) -> None:
    """Remember which rooms a lesson is in before it is changed, so that their calendars can say that it has gone."""
    each, (resource_id, _) = rows_in(connection, booking.c.wants, ("resource_id", "quantity"))
    meetings = occurrence.join(booking, booking.c.id == occurrence.c.booking_id).join(each, sa.true())
    wanted = sa.select(resource_id, occurrence.c.lesson_id).select_from(meetings).distinct()
    db.insert_selected(connection, former_room, wanted.where(occurrence.c.lesson_id == lesson_id))


def note_blockings(connection: sa.Connection, booking_ids: Collection[int]) -> None:
    """Number what begins to block rooms, or ends."""
    here = number(connection)
    connection.execute(sa.delete(blocked_room).where(blocked_room.c.booking_id.in_(booking_ids)))
    each, (resource_id, _) = rows_in(connection, booking.c.wants, ("resource_id", "quantity"))
    wanted = sa.select(booking.c.id.label("booking_id"), resource_id, sa.literal(here).label("changed"))
    wanted = wanted.select_from(booking.join(each, sa.true())).where(booking.c.id.in_(booking_ids))
    db.insert_selected(connection, blocked_room, wanted)
