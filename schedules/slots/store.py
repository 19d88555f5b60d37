"""When people attend lessons: what the slot finder asks of the tables of lessons, by name."""

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from rooms import HOLDING, booking
from schedules.tables import attendee, lesson, occurrence
from vclass.core.spans import Span

LONGEST_SECONDS = 24 * 3600


def attended(connection: sa.Connection, person_ids: Collection[int], span: Span) -> dict[int, list[Span]]:
    """When each person attends a lesson that stands and takes time; whose time a lesson claims isn't asked here."""
    first, last = span
    found = (
        sa.select(attendee.c.person_id, occurrence.c.starts, occurrence.c.ends)
        .join_from(attendee, lesson, lesson.c.id == attendee.c.lesson_id)
        .join(occurrence, occurrence.c.lesson_id == lesson.c.id)
        .join(booking, booking.c.id == occurrence.c.booking_id)
        .where(
            attendee.c.person_id.in_(person_ids),
            ~attendee.c.removed,
            ~attendee.c.teaches,
            ~lesson.c.transparent,
            booking.c.state.in_(sorted(HOLDING)),
            occurrence.c.starts < last,
            occurrence.c.starts > first - LONGEST_SECONDS,
            occurrence.c.ends > first,
        )
    )
    busy: defaultdict[int, list[Span]] = defaultdict(list)
    for row in connection.execute(found):
        busy[row.person_id].append((row.starts, row.ends))
    return dict(busy)
