"""Saying once more how a lesson stands: the same SEQUENCE, a newer DTSTAMP, once an hour at most."""

from dataclasses import replace

import sqlalchemy as sa

from schedules import store as lessons_store
from schedules.invitations import effects, lane
from schedules.model import Attendee, Lesson
from schedules.publishing import as_known
from vclass.core import failures, outbox
from vclass.core.zones import Instant


def send_again(connection: sa.Connection, lesson: Lesson, attendee: Attendee, now: Instant) -> bool:
    """Send the whole to one attendee as it was told last; False if nothing was told yet, or that within this hour.

    What is still to be decided is not told by it.
    """
    if lesson.published_at is None and not lesson.cancelled:
        return False
    known = as_known(connection, lesson)
    if not known.lesson.dates:
        return False
    told_at = max(now, lesson.told_at + 1)
    effect = effects(
        replace(known.lesson, told_at=told_at),
        [attendee],
        "cancelled" if lesson.cancelled else "again",
        places=known.places,
        own_places=known.own_places,
        again=True,
    )
    if not outbox.put_new(connection, effect, now):
        return False
    failures.settle_lane(connection, lane(lesson, attendee), now)
    lessons_store.note_telling(connection, lesson.id, told_at)
    return True
