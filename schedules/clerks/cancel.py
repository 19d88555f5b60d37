"""The clerk who cancels lessons."""

from collections.abc import Sequence

import sqlalchemy as sa

from rooms import Result, Wish
from schedules import store
from schedules.clerks.answers import Done, admit_current, as_it_stands
from schedules.clerks.rows import entry
from schedules.invitations import effects
from schedules.model import Cancellation
from schedules.places import places_of
from vclass.core import audit, outbox


class CancelClerk:
    """Cancels lessons and tells everyone why."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return admit_current(connection, wishes)

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [self._record(connection, each) for each in results]

    def _record(self, connection: sa.Connection, result: Result) -> Done:
        cancellation = _cancellation(result.wish)
        lesson, now = as_it_stands(connection, cancellation.before), result.wish.now
        store.write_next(
            connection,
            lesson.id,
            lesson.version,
            cancelled_at=now,
            cancel_reason=cancellation.reason,
            sequence=lesson.sequence + 1,
            revision=lesson.revision + 1,
            told_at=max(now, lesson.told_at + 1),
        )
        (after,) = store.lessons(connection, [lesson.id])
        places = places_of(connection, [after])[after.id]
        outbox.put(connection, effects(after, after.present, "cancelled", places=places), now)
        audit.append(connection, [entry(result, after, cancellation.actor)])
        return Done(after)


def _cancellation(wish: Wish) -> Cancellation:
    assert isinstance(wish.payload, Cancellation)
    return wish.payload
