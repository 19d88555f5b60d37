"""Somebody at the door of a lesson: of both what it takes to let them in, with one query.

Whole lessons have everybody who is invited, and each person who joins would read all the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from rooms import booking
from schedules.door import Door, door_of
from schedules.model import Attendee, Lesson, stands
from schedules.service import invited_by_token
from schedules.store import lesson_told_to
from schedules.tables import attendee, lesson, occurrence
from vclass.core.tokens import digest
from vclass.core.zones import Instant
from vclass.people import institution_table, person


@dataclass(frozen=True, slots=True)
class Sitting:
    """When a lesson meets."""

    starts: Instant
    ends: Instant


@dataclass(frozen=True, slots=True)
class Home:
    """The institution that somebody belongs to, as it is shown beside the name."""

    code: str
    name: str
    hue: int


@dataclass(frozen=True, slots=True)
class Entrant:
    """An attendee whose link is still the current one, and the lesson that it leads to."""

    id: int
    public_id: str
    person_id: int | None
    name: str
    teaches: bool
    zone: str
    language: str
    generation: int
    home: Home | None
    lesson_id: int
    lesson_public_id: str
    title: str
    owner_id: int
    minors: bool
    cancelled: bool
    sittings: tuple[Sitting, ...]

    def door(self, now: Instant) -> Door[Sitting]:
        """The lesson's door at an instant."""
        return door_of(self.sittings, now, cancelled=self.cancelled)


_COLUMNS: Final[tuple[sa.ColumnElement[Any], ...]] = (
    attendee.c.id,
    attendee.c.public_id,
    attendee.c.person_id,
    attendee.c.name,
    attendee.c.teaches,
    sa.func.coalesce(person.c.zone, attendee.c.zone).label("zone"),
    sa.func.coalesce(person.c.language, attendee.c.language).label("language"),
    attendee.c.generation,
    institution_table.c.code,
    institution_table.c.name.label("house"),
    institution_table.c.hue,
    lesson.c.id.label("lesson_id"),
    lesson.c.public_id.label("lesson_public_id"),
    lesson.c.title,
    lesson.c.owner_id,
    lesson.c.minors,
    lesson.c.cancelled_at,
    occurrence.c.starts,
    occurrence.c.ends,
    booking.c.state,
)
_AT_THE_DOOR: Final = (
    sa.select(*_COLUMNS)
    .select_from(attendee)
    .join(lesson, lesson.c.id == attendee.c.lesson_id)
    .join(occurrence, occurrence.c.lesson_id == lesson.c.id)
    .join(booking, booking.c.id == occurrence.c.booking_id)
    .outerjoin(person, person.c.id == attendee.c.person_id)
    .outerjoin(institution_table, institution_table.c.id == person.c.institution_id)
    .where(~attendee.c.removed)
    .order_by(occurrence.c.starts)
)
_BY_LINK: Final = _AT_THE_DOOR.where(attendee.c.token_digest == sa.bindparam("digest"))
_BY_ID: Final = _AT_THE_DOOR.where(
    attendee.c.public_id == sa.bindparam("public_id"), attendee.c.generation == sa.bindparam("generation")
)


def entrant_by_token(connection: sa.Connection, token: str, now: Instant) -> Entrant | None:
    """Whose personal link this is, at the lesson that it leads to now; None for a foreign or revoked one."""
    found = _entrant(connection.execute(_BY_LINK, {"digest": digest(token)}).all())
    if found is None or not found.door(now).is_over(now):
        return found
    followed = invited_by_token(connection, token, now)
    return None if followed is None else entrant_by_id(connection, followed[1].public_id, followed[1].generation)


def told_by_token(connection: sa.Connection, token: str, now: Instant) -> tuple[Lesson, Attendee] | None:
    """What a personal link opens: the lesson as its holder is told of it; None for a foreign or revoked one."""
    found = entrant_by_token(connection, token, now)
    return None if found is None else told_to(connection, found)


def told_to(connection: sa.Connection, entrant: Entrant) -> tuple[Lesson, Attendee]:
    """All that the door shows: the lesson with two of its people, its owner and the one who came."""
    found = lesson_told_to(connection, entrant.lesson_id, entrant.id)
    return found, next(each for each in found.attendees if each.id == entrant.id)


def entrant_by_id(connection: sa.Connection, public_id: str, generation: int) -> Entrant | None:
    """The seat that a lesson's cookie names, while its link is still the current one."""
    return _entrant(connection.execute(_BY_ID, {"public_id": public_id, "generation": generation}).all())


def _entrant(rows: Sequence[sa.Row[Any]]) -> Entrant | None:
    if not rows:
        return None
    row = rows[0]
    return Entrant(
        id=row.id,
        public_id=row.public_id,
        person_id=row.person_id,
        name=row.name,
        teaches=row.teaches,
        zone=row.zone,
        language=row.language,
        generation=row.generation,
        home=None if row.code is None else Home(row.code, row.house, row.hue),
        lesson_id=row.lesson_id,
        lesson_public_id=row.lesson_public_id,
        title=row.title,
        owner_id=row.owner_id,
        minors=row.minors,
        cancelled=row.cancelled_at is not None,
        sittings=_sittings(rows),
    )


def _sittings(rows: Sequence[sa.Row[Any]]) -> tuple[Sitting, ...]:
    """The dates that take place or still may; of a lesson that is off altogether all that were."""
    standing = [] if rows[0].cancelled_at is not None else [each for each in rows if stands(each.state)]
    return tuple(Sitting(each.starts, each.ends) for each in standing or rows)
