"""What the clerks answer, and the check that a change was made from the version that stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rooms import LATER, Clash, Wish
from schedules import store
from schedules.model import Cancellation, Change, Lesson, Split, Swap
from vclass.core.refusals import StaleError


@dataclass(frozen=True, slots=True)
class Replayed:
    """The answer stored under the caller's Idempotency-Key."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was taken, for these reasons."""

    clashes: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The lesson as it stands now."""

    lesson: Lesson


def admit_current(connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
    """Refuse wishes made from an older version; the second change of one lesson in a batch waits and is stale then."""
    found = store.versions(connection, [lesson.id for each in wishes for lesson in _lessons(each)])
    seen: set[int] = set()
    answers: list[object] = []
    for wish in wishes:
        lessons = _lessons(wish)
        if not seen.isdisjoint(each.id for each in lessons):
            answers.append(LATER)
        elif any(found.get(each.id, (0, None))[0] != each.version for each in lessons):
            answers.append(StaleError(found.get(lessons[0].id, (None, None))[0] if len(lessons) == 1 else None))
        else:
            answers.append(None)
        seen.update(each.id for each in lessons)
    return answers


def as_it_stands(connection: sa.Connection, lesson: Lesson) -> Lesson:
    """The lesson inside this transaction: links and names change without a new version while a wish waits.

    Raises:
        StaleError: Another wish of the batch made the next version.
    """
    (standing,) = store.lessons(connection, [lesson.id])
    if standing.version != lesson.version:
        raise StaleError(standing.version)
    return standing


def _lessons(wish: Wish) -> list[Lesson]:
    """The lessons that a wish changes, as they were read."""
    payload = wish.payload
    assert isinstance(payload, Change | Cancellation | Split | Swap)
    return [each.before for each in payload.changes] if isinstance(payload, Swap) else [payload.before]
