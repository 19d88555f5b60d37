"""The clerk who cancels lessons, and single meetings of them."""

from collections.abc import Sequence

import sqlalchemy as sa

from rooms import Result, Wish
from schedules import store
from schedules.clerks.answers import Done, admit_current, as_it_stands
from schedules.clerks.rows import Row, entry
from schedules.invitations import effects
from schedules.model import Cancellation, Lesson
from schedules.places import own_places_of, places_of
from schedules.publishing import as_last_told, publish_first, ready, updates
from vclass.core import audit, outbox
from vclass.core.outbox import Effect
from vclass.core.zones import Instant


class CancelClerk:
    """Cancels lessons, or some of their meetings, and tells everyone why."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return admit_current(connection, wishes)

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [self._record(connection, each) for each in results]

    def _record(self, connection: sa.Connection, result: Result) -> Done:
        cancellation = _cancellation(result.wish)
        lesson, now = as_it_stands(connection, cancellation.before), result.wish.now
        store.write_next(connection, lesson.id, lesson.version, **_columns(lesson, cancellation, now))
        (after,) = store.lessons(connection, [lesson.id])
        if lesson.published_at is None:
            publish_first(connection, after, now)
        elif lesson.pending and ready(after):
            was = as_last_told(connection, lesson) or lesson
            outbox.put(connection, updates(connection, after, was), now)
        else:
            outbox.put(connection, _told(connection, cancellation, lesson, after), now)
        audit.append(connection, [entry(result, after, cancellation.actor)])
        return Done(after)


def _columns(lesson: Lesson, cancellation: Cancellation, now: Instant) -> Row:
    gone: Row = {"cancelled_at": now, "cancel_reason": cancellation.reason} if cancellation.whole else {}
    return gone | {
        "sequence": lesson.sequence + 1,
        "revision": lesson.revision + 1,
        "told_at": max(now, lesson.told_at + 1),
    }


def _told(connection: sa.Connection, cancellation: Cancellation, before: Lesson, after: Lesson) -> list[Effect]:
    """The whole was cancelled, one meeting, or some: then calendars get what is left."""
    places, own = places_of(connection, [after])[after.id], own_places_of(connection, after)
    if cancellation.whole:
        return effects(after, after.present, "cancelled", places=places, own_places=own)
    names = {each.recurrence for each in cancellation.off}
    about = [each for each in after.dates if each.recurrence in names]
    reason = cancellation.reason
    if len(about) > 1:
        return effects(after, after.present, "ended", places=places, own_places=own, was=before, reason=reason)
    return effects(after, after.present, "cancelled-one", places=places, own_places=own, about=about, reason=reason)


def _cancellation(wish: Wish) -> Cancellation:
    assert isinstance(wish.payload, Cancellation)
    return wish.payload
