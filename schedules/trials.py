"""What a change of single meetings would come to: prepared as the change itself is, then shown instead of handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Final, Literal, TypeAlias

import sqlalchemy as sa

from rooms import Wish, preview, resources_by_ids
from schedules import meetings, service
from schedules.model import Attendee, Cancellation, Change, Held, Lesson, Planned, Split, Timing
from schedules.recurrence import Occurrence
from schedules.refusals import FoldError, GapError
from schedules.series import as_it_is, shifted
from schedules.wire import FoldNumber, LessonPatch
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.core.zones import Fold, Gap, Instant, WallTime, canonical, local, resolve

Reach: TypeAlias = Literal["this", "following", "all"]
"""One meeting, it and those that follow, or all of the lesson that are to come."""

Taken: TypeAlias = tuple[tuple[str, Span], ...]

FOLDS: Final[tuple[FoldNumber, FoldNumber]] = (0, 1)


@dataclass(frozen=True, slots=True)
class Trial:
    """What would be if a wish were handed in now.

    ``moved`` pairs each meeting that changes with what it becomes, None if it would not take place; ``occurrences``
    are all meetings as they would be, ``told`` those who would get a mail, ``taken`` what isn't free, and when.
    """

    lesson: Lesson
    moved: tuple[tuple[Held, Planned | None], ...]
    occurrences: tuple[Occurrence, ...]
    told: tuple[Attendee, ...]
    taken: Taken


def prepare(
    connection: sa.Connection,
    actor: Actor,
    public_id: str,
    recurrence: str,
    patch: LessonPatch | None,
    reach: Reach,
    *,
    version: int,
    now: Instant,
) -> Wish:
    """The wish to change some meetings, or to cancel them where there is no patch; refusals as of the change itself."""
    if patch is None:
        if reach == "all":
            return service.prepare_cancellation(connection, actor, public_id, "", version=version, now=now)
        return meetings.prepare_cancellation(
            connection, actor, public_id, recurrence, reach, "", version=version, now=now
        )
    if reach == "all":
        return service.prepare_change(connection, actor, public_id, patch, version=version, now=now)
    return meetings.prepare_change(connection, actor, public_id, recurrence, patch, reach, version=version, now=now)


def foretold(connection: sa.Connection, wish: Wish) -> Trial:
    """What would come of a prepared wish. Takes nothing."""
    clashes = preview(connection, wish)
    found = resources_by_ids(connection, sorted({each.resource_id for each in clashes}))
    return _of(wish.payload, tuple((found[each.resource_id].name, (each.starts, each.ends)) for each in clashes))


@singledispatch
def _of(payload: object, taken: Taken) -> Trial:
    raise NotImplementedError(f"no trial of {type(payload).__name__} with {len(taken)} clashes")


@_of.register
def _(payload: Change, taken: Taken) -> Trial:
    return _changed(payload.before, payload, taken)


@_of.register
def _(payload: Split, taken: Taken) -> Trial:
    return _changed(payload.before, payload.rest, taken)


@_of.register
def _(payload: Cancellation, taken: Taken) -> Trial:
    lesson = payload.before
    off = {each.id for each in payload.off}
    left = [as_it_is(each) for each in lesson.dates if each.stands and each.id not in off]
    return Trial(lesson, tuple((each, None) for each in payload.off), _occurrences(left), _told(lesson), taken)


def _changed(lesson: Lesson, change: Change, taken: Taken) -> Trial:
    moved = [(each.of, each) for each in change.plan if each.of is not None and not each.stays]
    gone = [(each, None) for each in change.dropped if each.stands]
    return Trial(lesson, (*moved, *gone), _occurrences(change.plan), _told(lesson), taken)


def _occurrences(plan: Sequence[Planned]) -> tuple[Occurrence, ...]:
    return tuple(Occurrence(each.recurrence, each.starts, each.ends) for each in plan if each.stands)


def _told(lesson: Lesson) -> tuple[Attendee, ...]:
    """Everybody who was invited; nobody has heard of a lesson of which something is pending."""
    return () if lesson.published_at is None else lesson.present


def reach_of(lesson: Lesson, held: Held, reach: Reach) -> Reach:
    """How far a change goes: what follows the first meeting that stands is the lesson."""
    first = not any(each.stands and each.recurrence < held.recurrence for each in lesson.dates)
    return "all" if reach == "following" and first else reach


def at_start(lesson: Lesson, held: Held, wanted: Timing, reach: Reach) -> LessonPatch:
    """The patch that lets a meeting begin when it shall, by the clock of any zone.

    Args:
        lesson: The lesson as it stands.
        held: The meeting.
        wanted: Start, zone, length and fold as somebody said them.
        reach: Which meetings move with it; the whole lesson moves by as many days.

    Raises:
        GapError: The clocks of that zone skip the start.
        FoldError: They show it twice, and nobody said which is meant.
    """
    zone = lesson.draft.timing.zone
    start, fold = wanted.start, wanted.fold
    if canonical(wanted.zone) != canonical(zone):
        start, found = _on_clock(_instant(wanted), zone)
        fold = wanted.fold if found is None else found
    if reach == "all":
        start = shifted(start, held.recurrence, lesson.draft.timing.start)
    return LessonPatch(start=str(start), minutes=wanted.minutes, fold=None if fold is None else FOLDS[fold])


def _instant(timing: Timing) -> Instant:
    found = resolve(timing.start, timing.zone, timing.fold)
    if isinstance(found, Gap):
        raise GapError(timing.zone, [found], series=False)
    if isinstance(found, Fold):
        raise FoldError(timing.zone, found)
    return found


def _on_clock(instant: Instant, zone: str) -> tuple[WallTime, int | None]:
    """What the clocks of a zone show then, and which of the two it is where they show it twice."""
    wall = local(instant, zone)
    if not isinstance(resolve(wall, zone), Fold):
        return wall, None
    return wall, next(each for each in FOLDS if resolve(wall, zone, each) == instant)
