"""Which failed mails are whose: the scope is part of each query."""

from collections.abc import Collection

import sqlalchemy as sa

from schedules.invitations import KIND as LESSON_MAIL
from schedules.reminders import KIND as REMINDER
from schedules.tables import lesson
from vclass.core import failures
from vclass.core.db import fact_in
from vclass.core.outbox import Standing, outbox
from vclass.people import person

OF_LESSONS = (LESSON_MAIL, REMINDER)
"""What a lesson says to those who come; all else is for the staff of a house."""


def of_houses(connection: sa.Connection, houses: Collection[int] | None) -> sa.ColumnElement[bool]:
    """The mails of some institutions, or of all: those of their lessons, and all else that their people get."""
    if houses is None:
        return sa.true()
    named = fact_in(connection, outbox.c.facts, "lesson")
    taught = sa.exists().where(lesson.c.public_id == named, lesson.c.institution_id.in_(list(houses)))
    employed = sa.exists().where(person.c.email == outbox.c.recipient, person.c.institution_id.in_(list(houses)))
    about = outbox.c.kind.in_(OF_LESSONS)
    return sa.or_(sa.and_(about, taught), sa.and_(~about, employed))


def one(connection: sa.Connection, houses: Collection[int] | None, row_id: int) -> Standing | None:
    """A failed mail of these houses."""
    found = failures.failed(connection, sa.and_(outbox.c.id == row_id, of_houses(connection, houses)), most=1)
    return found[0] if found else None
