"""What the queue asks of the tables of lessons."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schedules.recurrence import Rule
from schedules.store import rule_of
from schedules.tables import attendee, lesson, occurrence
from vclass.core.db import listed, of_ids
from vclass.core.dialects import built_once


@dataclass(frozen=True, slots=True)
class Heading:
    """As much of a lesson as the queue tells; ``people`` counts who is invited."""

    public_id: str
    title: str
    people: int
    rule: Rule | None


def headings(connection: sa.Connection, booking_ids: Collection[int]) -> dict[int, Heading]:
    """The heading of each booking's lesson."""
    rows = connection.execute(_headings(connection), of_ids(booking_ids))
    return {row.booking_id: Heading(row.public_id, row.title, row.people, rule_of(row.rule)) for row in rows}


@built_once
def _headings(connection: sa.Connection) -> sa.Select[Any]:
    present = sa.select(sa.func.count()).where(attendee.c.lesson_id == lesson.c.id, ~attendee.c.removed)
    people = present.scalar_subquery().label("people")
    return (
        sa.select(occurrence.c.booking_id, lesson.c.public_id, lesson.c.title, lesson.c.rule, people)
        .join(lesson, lesson.c.id == occurrence.c.lesson_id)
        .where(listed(connection, occurrence.c.booking_id))
    )
