"""Every question asked of the tables of lessons, by name."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms import booking, resource, wants_of
from schedules import changes, partstats
from schedules.model import Attendee, Draft, Held, Invitee, Lesson, Quantity, Skipped, Timing
from schedules.recurrence import Rule
from schedules.tables import attendee, lesson, lesson_resource, occurrence
from vclass.core.db import insert_numbered, insert_rows, listed, locked, of_ids
from vclass.core.dialects import built_once
from vclass.core.refusals import StaleError
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime
from vclass.people import person

_ATTENDEES = sa.select(
    attendee, person.c.zone.label("own_zone"), person.c.language.label("own_language")
).outerjoin_from(attendee, person, person.c.id == attendee.c.person_id)
"""Whom we know reads as the account says now; a guest, as whoever invited."""

_RESOURCES = (
    sa.select(lesson_resource.c.resource_id)
    .where(lesson_resource.c.lesson_id == sa.bindparam("lesson_id"))
    .order_by(lesson_resource.c.position)
)

_BOOKED = (
    booking.c.public_id.label("booking_public_id"),
    booking.c.state,
    booking.c.reason,
    booking.c.hold_until,
    booking.c.wants,
)


def rule_text(rule: Rule | None) -> str | None:
    return None if rule is None else msgspec.json.encode(rule).decode()


def rule_of(text: str | None) -> Rule | None:
    return None if text is None else msgspec.json.decode(text, type=Rule)


def skipped_text(skipped: Iterable[Skipped]) -> str | None:
    rows = [(str(each.recurrence), each.reason, each.detail, each.resource_id) for each in skipped]
    return msgspec.json.encode(rows).decode() if rows else None


def _skipped(text: str | None) -> tuple[Skipped, ...]:
    rows = () if text is None else msgspec.json.decode(text)
    return tuple(Skipped(WallTime.parse(name), *others) for name, *others in rows)


def insert_lessons(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert lessons and give their ids in the order of the rows."""
    changed = changes.number(connection)
    return insert_numbered(connection, lesson, [{**row, "changed": changed} for row in rows])


def write_next(connection: sa.Connection, lesson_id: int, version: int, **values: object) -> None:
    """Make the next version of a lesson.

    Raises:
        StaleError: Somebody made it since this one was read.
    """
    changes.note_rooms(connection, lesson_id)
    standing = sa.and_(lesson.c.id == lesson_id, lesson.c.version == version)
    changed = changes.rising(connection)
    written = connection.execute(
        sa.update(lesson).where(standing).values(version=version + 1, changed=changed, **values)
    )
    if written.rowcount != 1:
        raise StaleError


def note_telling(connection: sa.Connection, lesson_id: int, told_at: Instant) -> None:
    """Remember the DTSTAMP of what was published last; of the lesson only somebody's link is another one."""
    noted = sa.update(lesson).where(lesson.c.id == lesson_id)
    connection.execute(noted.values(told_at=told_at, changed=changes.rising(connection)))


def publish(connection: sa.Connection, lesson_id: int, now: Instant) -> None:
    """Remember that people were told of a lesson."""
    connection.execute(sa.update(lesson).where(lesson.c.id == lesson_id).values(published_at=now))


def successors(connection: sa.Connection, lesson_id: int, email: str) -> list[tuple[int, Attendee]]:
    """The lessons that continue one, to which the same address is invited, each with its attendee there."""
    found = _ATTENDEES.join(lesson, lesson.c.id == attendee.c.lesson_id).where(
        lesson.c.continues_id == lesson_id, attendee.c.email == email, ~attendee.c.removed
    )
    return [(row.lesson_id, _attendee(row)) for row in connection.execute(found)]


def lock_lessons(connection: sa.Connection, booking_ids: Collection[int]) -> None:
    """Lock the lessons of some bookings in the order of their ids."""
    mine = sa.select(occurrence.c.lesson_id).where(occurrence.c.booking_id.in_(list(booking_ids)))
    found = sa.select(lesson.c.id).where(lesson.c.id.in_(mine)).order_by(lesson.c.id)
    connection.execute(locked(connection, found))


def insert_resources(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    insert_rows(connection, lesson_resource, rows)


def resources_of(connection: sa.Connection, lesson_id: int) -> list[int]:
    """What a lesson usually takes, in the order in which it was named."""
    return list(connection.execute(_RESOURCES, {"lesson_id": lesson_id}).scalars())


def drop_resources(connection: sa.Connection, lesson_id: int) -> None:
    connection.execute(sa.delete(lesson_resource).where(lesson_resource.c.lesson_id == lesson_id))


def insert_occurrences(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert meetings and give their ids in the order of the rows."""
    return insert_numbered(connection, occurrence, rows)


def change_occurrences(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write how meetings are from now on; each row names its meeting as ``occurrence_id``."""
    if not rows:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in rows[0] if name != "occurrence_id"}
    changed = sa.update(occurrence).where(occurrence.c.id == sa.bindparam("occurrence_id")).values(values)
    connection.execute(changed, [{_bound(name): value for name, value in row.items()} for row in rows])


def _bound(name: str) -> str:
    return name if name == "occurrence_id" else f"new_{name}"


def drop_occurrences(connection: sa.Connection, ids: Collection[int]) -> None:
    """Forget meetings that a lesson no longer has; their bookings remain, released."""
    if ids:
        connection.execute(sa.delete(occurrence).where(occurrence.c.id.in_(ids)))


def insert_attendees(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert attendees and give their ids in the order of the rows."""
    return insert_numbered(connection, attendee, rows)


def update_attendee(connection: sa.Connection, attendee_id: int, **values: object) -> None:
    connection.execute(sa.update(attendee).where(attendee.c.id == attendee_id).values(**values))


def versions(connection: sa.Connection, ids: Iterable[int]) -> dict[int, tuple[int, Instant | None]]:
    """Version and time of cancellation of lessons, as they are inside this transaction."""
    found = sa.select(lesson.c.id, lesson.c.version, lesson.c.cancelled_at).where(lesson.c.id.in_(set(ids)))
    return {row.id: (row.version, row.cancelled_at) for row in connection.execute(found)}


def ids_by_public_id(connection: sa.Connection, public_ids: Collection[str]) -> list[int]:
    return list(connection.execute(sa.select(lesson.c.id).where(lesson.c.public_id.in_(public_ids))).scalars())


def public_ids(connection: sa.Connection, ids: Collection[int]) -> dict[int, str]:
    """The public id of each lesson."""
    if not ids:
        return {}
    found = sa.select(lesson.c.id, lesson.c.public_id).where(lesson.c.id.in_(ids))
    return {row.id: row.public_id for row in connection.execute(found)}


def paths_of_bookings(connection: sa.Connection, booking_ids: Collection[int]) -> dict[int, str]:
    """The page of the lesson that each booking belongs to."""
    found = sa.select(occurrence.c.booking_id, lesson.c.public_id).join(lesson, lesson.c.id == occurrence.c.lesson_id)
    rows = connection.execute(found.where(occurrence.c.booking_id.in_(list(booking_ids))))
    return {row.booking_id: f"/lessons/{row.public_id}" for row in rows}


def lesson_id_by_public_id(connection: sa.Connection, public_id: str) -> int | None:
    return connection.execute(sa.select(lesson.c.id).where(lesson.c.public_id == public_id)).scalar_one_or_none()


def ids_by_booking(connection: sa.Connection, booking_ids: Collection[int]) -> dict[int, int]:
    """The lesson of each booking that is one's."""
    rows = connection.execute(_ids_by_booking(connection), of_ids(booking_ids))
    return {row.booking_id: row.lesson_id for row in rows}


@built_once
def _ids_by_booking(connection: sa.Connection) -> sa.Select[Any]:
    found = sa.select(occurrence.c.booking_id, occurrence.c.lesson_id)
    return found.where(listed(connection, occurrence.c.booking_id))


def lessons_of_bookings(connection: sa.Connection, booking_ids: Collection[int]) -> dict[int, Lesson]:
    """Each booking's lesson."""
    ids = ids_by_booking(connection, booking_ids)
    found = {each.id: each for each in lessons(connection, sorted(set(ids.values())))}
    return {booking_id: found[lesson_id] for booking_id, lesson_id in ids.items()}


def attendee_by_digest(connection: sa.Connection, token_digest: str) -> Attendee | None:
    row = connection.execute(_ATTENDEES.where(attendee.c.token_digest == token_digest)).one_or_none()
    return None if row is None else _attendee(row)


def attendee_by_replaced_digest(connection: sa.Connection, token_digest: str) -> Attendee | None:
    """Whose last link this was."""
    row = connection.execute(_ATTENDEES.where(attendee.c.replaced_digest == token_digest)).one_or_none()
    return None if row is None else _attendee(row)


def attendee_by_public_id(connection: sa.Connection, public_id: str) -> Attendee | None:
    row = connection.execute(_ATTENDEES.where(attendee.c.public_id == public_id)).one_or_none()
    return None if row is None else _attendee(row)


def ids_between(
    connection: sa.Connection,
    span: Span,
    person_id: int,
    institutions: Sequence[int] | None,
    first: int = 0,
    most: int | None = None,
) -> list[int]:
    """Lessons with an occurrence in the span that a person owns or attends, or of whole institutions (None: all).

    By their first meeting in the span; from the ``first`` on, at most so many.
    """
    starts, ends = span
    invited = sa.select(attendee.c.lesson_id).where(attendee.c.person_id == person_id, ~attendee.c.removed)
    administered = sa.true() if institutions is None else lesson.c.institution_id.in_(list(institutions))
    mine = sa.or_(lesson.c.owner_id == person_id, lesson.c.id.in_(invited), administered)
    found = (
        sa.select(lesson.c.id, sa.func.min(occurrence.c.starts).label("begins"))
        .join(occurrence, occurrence.c.lesson_id == lesson.c.id)
        .where(mine, occurrence.c.starts < ends, occurrence.c.ends > starts)
        .group_by(lesson.c.id)
        .order_by("begins", lesson.c.id)
        .offset(first)
        .limit(most)
    )
    return [row.id for row in connection.execute(found)]


def ids_at_house(connection: sa.Connection, institution_id: int, span: Span) -> list[int]:
    """Lessons that an institution holds, or that have a room or kit of it, with an occurrence in the span."""
    starts, ends = span
    things = sa.select(lesson_resource.c.lesson_id).join(resource, resource.c.id == lesson_resource.c.resource_id)
    there = lesson.c.id.in_(things.where(resource.c.institution_id == institution_id))
    found = (
        sa.select(lesson.c.id)
        .join(occurrence, occurrence.c.lesson_id == lesson.c.id)
        .where(sa.or_(lesson.c.institution_id == institution_id, there))
        .where(occurrence.c.starts < ends, occurrence.c.ends > starts)
        .distinct()
        .order_by(lesson.c.id)
    )
    return list(connection.execute(found).scalars())


def lessons(connection: sa.Connection, ids: Sequence[int]) -> list[Lesson]:
    """Whole lessons in the order of the ids, in four queries however many they are."""
    return _read(connection, _whole(connection), ids, of_ids(ids))


def lesson_told_to(connection: sa.Connection, lesson_id: int, attendee_id: int) -> Lesson:
    """A lesson as one attendee is told of it: of its people only that one and its owner, however many there are."""
    asked = {**of_ids([lesson_id]), "told": attendee_id}
    return _read(connection, _told(connection), [lesson_id], asked)[0]


def _read(
    connection: sa.Connection, statements: Sequence[sa.Select[Any]], ids: Sequence[int], asked: Mapping[str, Any]
) -> list[Lesson]:
    whole, *parts = statements
    rows = {row.id: row for row in connection.execute(whole, asked)}
    resources, dates, people = (_grouped(connection.execute(each, asked)) for each in parts)
    return [
        _lesson(rows[each], resources.get(each, []), dates.get(each, []), people.get(each, []))
        for each in ids
        if each in rows
    ]


@built_once
def _whole(connection: sa.Connection) -> tuple[sa.Select[Any], ...]:
    """Lessons, and what they have: things, dates and people."""

    def of(table: sa.Table) -> sa.ColumnElement[bool]:
        return listed(connection, table.c.lesson_id)

    dates = sa.select(occurrence, *_BOOKED).join(booking, booking.c.id == occurrence.c.booking_id)
    return (
        sa.select(lesson).where(listed(connection, lesson.c.id)),
        sa.select(lesson_resource).where(of(lesson_resource)).order_by(lesson_resource.c.position),
        dates.where(of(occurrence)).order_by(occurrence.c.starts),
        _ATTENDEES.where(of(attendee)).order_by(attendee.c.position, attendee.c.id),
    )


@built_once
def _told(connection: sa.Connection) -> tuple[sa.Select[Any], ...]:
    """The same, of whose people only one and the owner are wanted."""
    *others, people = _whole(connection)
    owner = sa.select(lesson.c.owner_id).where(lesson.c.id == attendee.c.lesson_id).scalar_subquery()
    wanted = sa.or_(attendee.c.id == sa.bindparam("told"), attendee.c.person_id == owner)
    return (*others, people.where(wanted))


def _grouped(result: sa.CursorResult[Any]) -> dict[int, list[sa.Row[Any]]]:
    groups: dict[int, list[sa.Row[Any]]] = {}
    for row in result.all():
        groups.setdefault(row.lesson_id, []).append(row)
    return groups


def _attendee(row: sa.Row[Any]) -> Attendee:
    return Attendee(
        id=row.id,
        public_id=row.public_id,
        lesson_id=row.lesson_id,
        person_id=row.person_id,
        email=row.email,
        name=row.name,
        teaches=row.teaches,
        zone=row.own_zone or row.zone,
        language=row.own_language or row.language,
        generation=row.generation,
        key_id=row.key_id,
        removed=row.removed,
        sequence=row.sequence,
        answers=partstats.read(row.answers),
    )


def _held(row: sa.Row[Any]) -> Held:
    return Held(
        id=row.id,
        public_id=row.public_id,
        recurrence=WallTime.parse(row.recurrence),
        start=WallTime.parse(row.wall_start),
        minutes=row.minutes,
        fold=row.fold,
        starts=row.starts,
        ends=row.ends,
        booking_id=row.booking_id,
        booking_public_id=row.booking_public_id,
        state=row.state,
        reason=row.reason,
        hold_until=row.hold_until,
        wants=wants_of(row.wants),
        published_start=row.published_start,
        asked=row.asked,
    )


def _lesson(
    row: sa.Row[Any], resources: Sequence[sa.Row[Any]], held: Sequence[sa.Row[Any]], people: Sequence[sa.Row[Any]]
) -> Lesson:
    attendees = tuple(map(_attendee, people))
    return Lesson(
        id=row.id,
        public_id=row.public_id,
        uid=row.uid,
        address_token=row.address_token,
        institution_id=row.institution_id,
        owner_id=row.owner_id,
        draft=Draft(
            title=row.title,
            description=row.description,
            timing=Timing(
                zone=row.zone,
                start=WallTime.parse(row.wall_start),
                minutes=row.minutes,
                fold=row.fold,
                rule=rule_of(row.rule),
            ),
            resources=tuple(Quantity(each.resource_id, each.quantity) for each in resources),
            invitees=tuple(Invitee(each.email, each.name, each.teaches) for each in attendees if not each.removed),
            transparent=row.transparent,
            minors=row.minors,
        ),
        sequence=row.sequence,
        revision=row.revision,
        version=row.version,
        told_at=row.told_at,
        moved_from=row.moved_from,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        dates=tuple(map(_held, held)),
        attendees=attendees,
        published_at=row.published_at,
        continues_id=row.continues_id,
        skipped=_skipped(row.skipped),
    )
