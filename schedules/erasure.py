"""Erasing somebody from lessons: no name or address of theirs, and no words they wrote, stay in any of them.

The lessons stay, with their rooms; whoever administers the institution can go on with them, or cancel them.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from schedules import busy, caldav, changes, feeds, reminders
from schedules.answers import store as answers
from schedules.notices import KIND as NOTICE
from schedules.tables import attendee, lesson
from vclass.core import erasure, outbox
from vclass.core.tokens import digest, new_token
from vclass.people import Forget, Person

TITLE = "…"
"""The title of a lesson whose own was erased."""


def forget_person(connection: sa.Connection, person: Person) -> list[str]:
    """Blank what lessons know of somebody; gives the public ids of the seats that are withdrawn."""
    mine = sa.or_(attendee.c.person_id == person.id, attendee.c.email == person.email)
    seats = connection.execute(sa.select(attendee.c.id, attendee.c.public_id, attendee.c.name).where(mine)).all()
    owned = connection.execute(sa.select(lesson).where(lesson.c.owner_id == person.id)).all()
    words = {each for row in owned for each in (row.title, row.description, row.cancel_reason)}
    seat_ids = [each.id for each in seats]
    words |= {each.name for each in seats} | answers.proposers_words(connection, seat_ids)
    answers.forget_attendees(connection, seat_ids, person.email)
    lanes = _lanes(connection, person)
    outbox.rewrite(connection, lanes, lambda facts: erasure.without(facts, frozenset(words - {""})))
    connection.execute(_next_version(connection, person))
    for each in seats:
        _withdraw(connection, each.id, erasure.placeholder(person.public_id))
    blank = {"title": TITLE, "description": "", "cancel_reason": ""}
    connection.execute(sa.update(lesson).where(lesson.c.owner_id == person.id).values(blank))
    return [each.public_id for each in seats]


def seats_of(connection: sa.Connection, person: Person) -> list[str]:
    """The public ids of somebody's seats in lessons."""
    return list(connection.execute(sa.select(attendee.c.public_id).where(attendee.c.person_id == person.id)).scalars())


def lessons_led_by(connection: sa.Connection, person: Person) -> list[int]:
    """The lessons that are somebody's own."""
    return list(connection.execute(sa.select(lesson.c.id).where(lesson.c.owner_id == person.id)).scalars())


def _theirs(person: Person) -> sa.ColumnElement[bool]:
    """The lessons that somebody leads, attends or attended."""
    mine = sa.or_(attendee.c.person_id == person.id, attendee.c.email == person.email)
    return sa.or_(lesson.c.owner_id == person.id, lesson.c.id.in_(sa.select(attendee.c.lesson_id).where(mine)))


def _next_version(connection: sa.Connection, person: Person) -> sa.Update:
    values: dict[str, Any] = {"version": lesson.c.version + 1, "changed": changes.number(connection)}
    return sa.update(lesson).where(_theirs(person)).values(values)


def _lanes(connection: sa.Connection, person: Person) -> list[str]:
    """How the lanes of all mails of these lessons begin."""
    uids = connection.execute(sa.select(lesson.c.uid).where(_theirs(person))).scalars()
    return [f"{prefix}{uid}|" for uid in uids for prefix in ("", f"{NOTICE}|")]


def _withdraw(connection: sa.Connection, attendee_id: int, address: str) -> None:
    """Blank a seat and put a link in the place of its own that nobody has."""
    values: dict[str, Any] = {
        "email": address,
        "name": "",
        "removed": True,
        "generation": attendee.c.generation + 1,
        "token_digest": digest(new_token()),
        "replaced_digest": None,
        "answers": None,
    }
    connection.execute(sa.update(attendee).where(attendee.c.id == attendee_id).values(values))


FORGETS: Final[Sequence[Forget]] = (
    forget_person,
    busy.forget_person,
    feeds.forget_person,
    caldav.forget_person,
    reminders.forget_person,
)
"""All that lessons and their calendars have to forget of somebody."""
