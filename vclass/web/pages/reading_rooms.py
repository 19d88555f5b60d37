"""What the page of one room reads, in a reader, on one snapshot."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rooms import Details, Entry, Equipment, Room, details_of, diary, resources_by_ids, see_equipment, see_room
from schedules import Lesson, lesson_subject, lessons_of_bookings
from schedules.terms import Calendar, calendars
from vclass.core.hours import day_span
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.core.zones import Instant, local
from vclass.people import Person, Subject, administrators, allowed, institutions, people_by_id
from vclass.web.pages.contexts.room import View
from vclass.web.pages.reading import Around

WEEK = 7
FIRST, LAST = dt.date(1990, 1, 1), dt.date(2100, 1, 1)
"""Days beyond these are nobody's timetable."""


@dataclass(frozen=True, slots=True)
class Days:
    """Which days of a room are looked at; the days are those of its own clock."""

    view: View
    today: dt.date
    dates: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class OneRoom:
    """A room with all that its page may show the reader.

    ``lessons`` are those of bookings of which the reader may know, by the booking's id; ``linked`` the ids of those
    that have a page for the reader.
    """

    room: Room
    details: Details
    kit: tuple[Equipment, ...]
    approvers: tuple[Person, ...]
    calendar: Calendar
    days: Days
    entries: tuple[Entry, ...]
    lessons: Mapping[int, Lesson]
    linked: frozenset[int]
    around: Around
    may_manage: bool


def one_room(connection: sa.Connection, actor: Actor, public_id: str, view: View, date: str, now: Instant) -> OneRoom:
    """A room's day or week.

    Raises:
        NotFoundError: There is no such room, or the actor may not know of it.
    """
    room = see_room(connection, actor, public_id)
    days = days_of(view, date, local(now, room.zone).date)
    entries = diary(connection, actor, room, window(days.dates, room.zone))
    lessons = _known(connection, actor, room, entries)
    home = room.institution_id
    return OneRoom(
        room=room,
        details=details_of(connection, [room.id])[room.id],
        kit=tuple(each for each in see_equipment(connection, actor) if each.institution_id == home),
        approvers=tuple(administrators(connection, home)),
        calendar=calendars(connection, [home])[0],
        days=days,
        entries=tuple(entries),
        lessons=lessons,
        linked=frozenset(i for i, each in lessons.items() if allowed(actor, "lesson.see", lesson_subject(each))),
        around=around(connection, lessons.values(), [each.owner_id for each in entries if each.known]),
        may_manage=actor.institution_id == home and allowed(actor, "rooms.manage", Subject(institution=home)),
    )


def days_of(view: View, date: str, today: dt.date) -> Days:
    """The day that was asked for, or its week from Monday on; today, if it can't be read."""
    try:
        asked = dt.date.fromisoformat(date)
    except ValueError:
        asked = today
    first = asked if FIRST <= asked <= LAST else today
    if view == "day":
        return Days(view, today, (first,))
    monday = first - dt.timedelta(first.weekday())
    return Days(view, today, tuple(monday + dt.timedelta(number) for number in range(WEEK)))


def window(dates: Sequence[dt.date], zone: str) -> Span:
    """All of some days in a row, on the clock of a zone."""
    return day_span(dates[0], zone)[0], day_span(dates[-1], zone)[1]


def around(connection: sa.Connection, lessons: Iterable[Lesson], people: Iterable[int] = ()) -> Around:
    """What some lessons refer to, and some people besides."""
    found = list(lessons)
    teachers = {each.person_id for lesson in found for each in lesson.present if each.teaches}
    ids = {each for each in (*teachers, *people) if each is not None}
    resources = {each.resource_id for lesson in found for each in lesson.draft.resources}
    return Around(
        institutions={each.id: each for each in institutions(connection)},
        resources=resources_by_ids(connection, sorted(resources)),
        people=people_by_id(connection, sorted(ids)),
    )


def _known(connection: sa.Connection, actor: Actor, room: Room, entries: Iterable[Entry]) -> dict[int, Lesson]:
    """The lessons that the reader may see, or decides on as an administrator of the room."""
    ids = [each.booking_id for each in entries if each.purpose == "lesson"]
    approves = allowed(actor, "bookings.approve", Subject(institution=room.institution_id))
    found = lessons_of_bookings(connection, ids) if ids else {}
    return {i: each for i, each in found.items() if approves or allowed(actor, "lesson.see", lesson_subject(each))}
