"""What people can do with single meetings of a lesson; every function takes a connection and commits nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa
from msgspec import UNSET

from rooms import Wish
from schedules import planning, splits
from schedules.drafts import changed_draft, with_owner
from schedules.model import Held, Lesson
from schedules.refusals import AlreadyBegunError, AlreadyCancelledError, ClosedError, OverlapError
from schedules.series import as_it_is
from schedules.service import visible_lesson
from schedules.wire import AddedMeeting, LessonPatch, Scope
from vclass.core.keys import Actor
from vclass.core.refusals import FieldError, InvalidInputError, NotFoundError, StaleError
from vclass.core.texts import is_prose
from vclass.core.zones import Instant, WallTime

OF_ONE: Final = frozenset({"start", "minutes", "fold", "rooms", "equipment", "closures"})


def prepare_change(
    connection: sa.Connection,
    actor: Actor,
    public_id: str,
    recurrence: str,
    patch: LessonPatch,
    scope: Scope,
    *,
    version: int,
    now: Instant,
) -> Wish:
    """The wish to change one meeting alone, or it and those that follow.

    Raises:
        AlreadyBegunError: It runs.
        ClosedError: It took place.
        AlreadyCancelledError: It was cancelled, or the lesson was.
    """
    lesson = _lesson(connection, actor, public_id, "lesson.change", version)
    held = found(lesson, recurrence)
    check_coming(lesson, held, now)
    if now >= held.starts:
        raise AlreadyBegunError(lesson, now, held)
    lesson = with_owner(connection, lesson)
    if scope == "following":
        return splits.prepare(connection, actor, lesson, held, patch, now)
    _check_of_one(patch)
    alone = planning.alone(connection, lesson, held)
    after = changed_draft(connection, alone, patch)
    ignore = patch.closures == "ignore"
    change = planning.prepare_one(connection, actor, lesson, held, after, now, ignores_closures=ignore)
    return planning.change_wish(change, now)


def prepare_addition(
    connection: sa.Connection, actor: Actor, public_id: str, body: AddedMeeting, *, version: int, now: Instant
) -> Wish:
    """The wish to let a date take place that was left out or cancelled.

    Raises:
        InvalidInputError: The rule has no such date.
        OverlapError: It takes place already.
    """
    lesson = with_owner(connection, _lesson(connection, actor, public_id, "lesson.change", version))
    name = _left_out(lesson, body.recurrence)
    timing = lesson.draft.timing
    alone = replace(timing, start=name, rule=None)
    fields = {field: getattr(body, field) for field in body.__struct_fields__ if field != "recurrence"}
    one = replace(lesson, draft=replace(lesson.draft, timing=alone))
    after = changed_draft(connection, one, LessonPatch(**fields))
    ignore = body.closures == "ignore"
    change = planning.prepare_added(connection, actor, lesson, name, after, now, ignores_closures=ignore)
    return planning.change_wish(change, now)


def _left_out(lesson: Lesson, recurrence: str) -> WallTime:
    """A date of the rule on which the lesson doesn't meet."""
    name, timing = WallTime.parse(recurrence), lesson.draft.timing
    dates = [] if timing.rule is None else timing.rule.dates(timing.start.date)
    if name.date not in dates or name.time != timing.start.time:
        way = f"none of this lesson's dates at {timing.start.time:%H:%M}; add a date that was skipped or cancelled"
        raise InvalidInputError([FieldError("recurrence", way)])
    held = next((each for each in lesson.dates if each.recurrence == name and each.stands), None)
    if held is not None:
        there = as_it_is(held)
        raise OverlapError(there, there, timing.zone)
    return name


def prepare_cancellation(
    connection: sa.Connection,
    actor: Actor,
    public_id: str,
    recurrence: str,
    scope: Scope,
    reason: str,
    *,
    version: int,
    now: Instant,
) -> Wish:
    """The wish to cancel one meeting, or it and all that follow; if nothing stands then, the lesson is cancelled."""
    lesson = _lesson(connection, actor, public_id, "lesson.cancel", version)
    held = found(lesson, recurrence)
    off = [held] if scope == "this" else following(lesson, held)
    if scope == "this":
        check_coming(lesson, held, now)
    if not is_prose(reason):
        raise InvalidInputError([FieldError("reason", "write visible text")])
    cancellation = planning.prepare_cancellation(actor, lesson, off, reason.strip(), now)
    return planning.cancellation_wish(cancellation, now)


def found(lesson: Lesson, recurrence: str) -> Held:
    """The meeting of a name.

    Raises:
        NotFoundError: The lesson has none.
    """
    held = next((each for each in lesson.dates if str(each.recurrence) == recurrence), None)
    if held is None:
        raise NotFoundError("meeting")
    return held


def following(lesson: Lesson, held: Held) -> Sequence[Held]:
    """A meeting and those after it, in the order of their names: where each was moved to doesn't count."""
    return [each for each in lesson.dates if each.recurrence >= held.recurrence]


def check_coming(lesson: Lesson, held: Held, now: Instant) -> None:
    """Refuse what was cancelled or took place."""
    if held.state == "cancelled":
        raise AlreadyCancelledError(lesson, held, now)
    if held.ends <= now:
        raise ClosedError(lesson, held.ends, now)


def _lesson(connection: sa.Connection, actor: Actor, public_id: str, action: str, version: int) -> Lesson:
    lesson = visible_lesson(connection, actor, public_id, action)
    if lesson.version != version:
        raise StaleError(lesson.version)
    if lesson.cancelled:
        raise AlreadyCancelledError(lesson)
    return lesson


def _check_of_one(patch: LessonPatch) -> None:
    """A meeting alone has a time, rooms and kit of its own; the rest belongs to the lesson."""
    others = [name for name in patch.__struct_fields__ if name not in OF_ONE and getattr(patch, name) is not UNSET]
    if others:
        way = "belongs to the lesson: change all of it, or this and the following meetings (scope=following)"
        raise InvalidInputError([FieldError(name, way) for name in others])
