"""What a form would come to now: read while it is filled in, on one snapshot; nothing is taken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from msgspec import UNSET

from rooms import BookingWish, Resource, Want, Wish, preview, resources_by_ids
from schedules import (
    ClosedDayError,
    Flag,
    FoldError,
    GapError,
    InThePastError,
    Lesson,
    LessonPatch,
    NewLesson,
    Occurrence,
    Quantity,
    Skipped,
    Timing,
    new_draft,
    occurrences_of,
    outlook,
)
from vclass.core.keys import Actor
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime, canonical, parse_rfc3339

PREVIEW = "page.preview"
TIME_REFUSALS = (InvalidInputError, GapError, InThePastError, ClosedDayError)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a wish would come to now: its occurrences, both instants of a doubled start, what is taken.

    Of a new lesson also the dates that closed days take, those at a bad time for a side, and who must approve.
    """

    timing: Timing
    occurrences: tuple[Occurrence, ...]
    resources: tuple[Resource, ...]
    fold: tuple[Instant, Instant] | None
    taken: tuple[tuple[str, Span], ...]
    skipped: tuple[Skipped, ...] = ()
    flags: tuple[Flag, ...] = ()
    approvers: tuple[str, ...] = ()


def booking_trial(
    connection: sa.Connection, actor: Actor, body: NewLesson, partners: Collection[int], now: Instant
) -> Trial | Refusal:
    """What a new lesson with some partners would come to, or the rule that says no."""
    try:
        draft = new_draft(connection, actor, body)
        (first, *_), fold = _expanded(draft.timing)
        if first.starts <= now:
            raise InThePastError(draft.timing.start, draft.timing.zone, now)
        chosen = replace(draft.timing, fold=(draft.timing.fold or 0) if fold else draft.timing.fold)
        seen = outlook(connection, actor, replace(draft, timing=chosen), partners, now)
    except TIME_REFUSALS as refusal:
        return refusal
    found = _tried(connection, actor, draft.timing, (seen.occurrences, fold), draft.resources, (), now)
    return replace(found, skipped=seen.skipped, flags=seen.flags, approvers=seen.approvers)


def move_trial(
    connection: sa.Connection, actor: Actor, lesson: Lesson, patch: LessonPatch, now: Instant
) -> Trial | Refusal:
    """What a lesson would come to at another time, or the rule that says no; its own claims don't stand in its way."""
    held = tuple(each.booking_id for each in lesson.occurrences)
    try:
        timing = _moved(lesson.draft.timing, patch)
        occurrences, fold = _expanded(timing)
        if occurrences[0].starts <= now:
            raise InThePastError(timing.start, timing.zone, now)
    except TIME_REFUSALS as refusal:
        return refusal
    return _tried(connection, actor, timing, (occurrences, fold), lesson.draft.resources, held, now)


def _moved(timing: Timing, patch: LessonPatch) -> Timing:
    """The timing after a patch that names zone, start, minutes and fold."""
    assert isinstance(patch.zone, str)
    assert isinstance(patch.start, str)
    assert isinstance(patch.minutes, int)
    zone, start = canonical(patch.zone), WallTime.parse(patch.start)
    fold = None if patch.fold is UNSET else patch.fold
    return replace(timing, zone=zone, start=start, minutes=patch.minutes, fold=fold)


def _tried(
    connection: sa.Connection,
    actor: Actor,
    timing: Timing,
    expanded: tuple[tuple[Occurrence, ...], tuple[Instant, Instant] | None],
    wanted: Sequence[Quantity],
    release: tuple[int, ...],
    now: Instant,
) -> Trial:
    occurrences, fold = expanded
    assert actor.person_id is not None, "the route lets nobody in who isn't signed in"
    wants = tuple(Want(each.resource_id, each.quantity) for each in wanted)
    bookings = tuple(BookingWish(str(each.recurrence), each.starts, each.ends, wants) for each in occurrences)
    wish = Wish(PREVIEW, actor.institution_id or 0, actor.person_id, bookings, release=release, now=now)
    found = resources_by_ids(connection, [each.resource_id for each in wanted])
    taken = tuple((found[each.resource_id].name, (each.starts, each.ends)) for each in preview(connection, wish))
    return Trial(timing, occurrences, tuple(found[each.resource_id] for each in wanted), fold, taken)


def _expanded(timing: Timing) -> tuple[tuple[Occurrence, ...], tuple[Instant, Instant] | None]:
    """The occurrences, and both instants of the first doubled start, which show what there is to choose."""
    try:
        return occurrences_of(replace(timing, fold=None)), None
    except FoldError as refusal:
        early, late = (parse_rfc3339(each["start"]) for each in refusal.facts["readings"])
        return occurrences_of(replace(timing, fold=timing.fold or 0)), (early, late)
