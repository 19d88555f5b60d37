"""Dates that were approved too late: what stands in their way, what is free instead, and going on without them."""

from dataclasses import replace

import sqlalchemy as sa

from rooms import Wish, preview
from schedules import planning
from schedules.clashes import alternatives, retrial
from schedules.model import Held, Lesson
from schedules.reasons import explained
from schedules.refusals import NothingLostError
from schedules.service import visible_lesson
from schedules.wire import LostDates, LostView
from vclass.core.keys import Actor
from vclass.core.refusals import StaleError
from vclass.core.zones import Instant, rfc3339

LOOKED_AT = 20
"""For so many dates something else is looked for."""
NONE_LOST = (
    "This lesson has lost no date, so there is none to leave out. Cancel a single date if it shall not take place."
)
NONE_ELSE = (
    "Nothing would be left of this lesson without these dates. Move it to another time or to other rooms, or cancel it."
)


def lost_dates(connection: sa.Connection, actor: Actor, public_id: str, now: Instant) -> LostDates:
    """The lost dates of a lesson with ways on, for who may change it."""
    lesson = visible_lesson(connection, actor, public_id, "lesson.change")
    found = (
        _view(connection, actor, lesson, each, now, looks=place < LOOKED_AT) for place, each in enumerate(lesson.lost)
    )
    return LostDates(tuple(found))


def prepare_dropping(connection: sa.Connection, actor: Actor, public_id: str, *, version: int, now: Instant) -> Wish:
    """The wish to go on without the lost dates: they are cancelled, and the others wait for them no longer.

    Raises:
        StaleError: The lesson was changed meanwhile.
        NothingLostError: No date was lost, or nothing else of the lesson stands.
    """
    lesson = visible_lesson(connection, actor, public_id, "lesson.cancel")
    if lesson.version != version:
        raise StaleError(lesson.version)
    if not lesson.lost:
        raise NothingLostError(NONE_LOST)
    cancellation = planning.prepare_cancellation(actor, lesson, lesson.lost, "", now)
    if cancellation.whole:
        raise NothingLostError(NONE_ELSE)
    return planning.cancellation_wish(cancellation, now)


def _view(
    connection: sa.Connection, actor: Actor, lesson: Lesson, held: Held, now: Instant, *, looks: bool
) -> LostView:
    wish, draft = retrial(connection, lesson, [held], now)
    clashes = preview(connection, wish)
    return LostView(
        recurrence=str(held.recurrence),
        start=rfc3339(held.starts),
        end=rfc3339(held.ends),
        reason=held.reason or "",
        clashes=tuple(explained(connection, replace(wish, by=actor), clashes)),
        alternatives=tuple(alternatives(connection, wish, draft)) if clashes and looks else (),
    )
