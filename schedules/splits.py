"""This and following: the earlier meetings stay with their lesson, the later ones become one that continues it."""

from dataclasses import replace

import sqlalchemy as sa
from msgspec import UNSET

from rooms import Wish
from schedules import closed, planning, series
from schedules.drafts import changed_draft
from schedules.model import Draft, Held, Lesson, Split
from schedules.wants import approves
from schedules.wire import LessonPatch
from vclass.core.keys import Actor
from vclass.core.zones import Instant

SPLIT = "lesson.split"


def prepare(
    connection: sa.Connection, actor: Actor, lesson: Lesson, held: Held, patch: LessonPatch, now: Instant
) -> Wish:
    """The wish to change a meeting and those after it; if none stands before it, the whole lesson is changed."""
    ignore = patch.closures == "ignore"
    if not any(each.stands and each.recurrence < held.recurrence for each in lesson.dates):
        of, after = _whole(connection, lesson, held, patch)
        change = planning.prepare_change(connection, actor, of, after, now, ignores_closures=ignore)
        return planning.change_wish(replace(change, before=lesson), now)
    early, later = halves(lesson, held)
    after = changed_draft(connection, later, patch)
    rest = planning.prepare_change(connection, actor, later, after, now, ignores_closures=ignore)
    return apart(Split(actor, lesson, early.draft.timing, rest), now)


def _whole(connection: sa.Connection, lesson: Lesson, held: Held, patch: LessonPatch) -> tuple[Lesson, Draft]:
    """What to change into what, so that a meeting before which nothing stands becomes what the patch says.

    What is off before it moves as far as it does. Another rule, or another day of the month, begins with this
    meeting: then the lesson is what follows, and forgets what was off before.
    """
    rule, first = lesson.draft.timing.rule, lesson.draft.timing.start
    if rule is None or held.recurrence.date == first.date:
        return lesson, changed_draft(connection, lesson, patch)
    moves = patch.start is not UNSET
    if patch.repeat is not UNSET or (moves and rule.every == "month"):
        lesson = halves(lesson, held)[1]
        return lesson, changed_draft(connection, lesson, patch)
    after = changed_draft(connection, lesson, patch)
    if moves:
        start = series.shifted(after.timing.start, held.recurrence, first)
        after = replace(after, timing=replace(after.timing, start=start))
    return lesson, after


def halves(lesson: Lesson, held: Held) -> tuple[Lesson, Lesson]:
    """A lesson as it is up to a meeting, and as it is from there on."""
    timings = series.cut(lesson.draft.timing, held.recurrence.date)
    early, later = (
        replace(
            lesson,
            draft=replace(lesson.draft, timing=timing),
            dates=tuple(each for each in lesson.dates if (each.recurrence < held.recurrence) is half),
            skipped=closed.still_skipped(lesson.skipped, timing),
        )
        for timing, half in zip(timings, (True, False), strict=True)
    )
    return early, later


def apart(split: Split, now: Instant) -> Wish:
    """The wish, if the later meetings don't meet the earlier ones.

    Raises:
        OverlapError: Names both.
    """
    later = {each.id for each in split.rest.before.dates}
    early = (series.as_it_is(each) for each in split.before.dates if each.id not in later)
    series.check_apart((*early, *split.rest.plan), split.rest.after.timing.zone)
    return wish(split, now)


def wish(split: Split, now: Instant) -> Wish:
    """The later meetings that move let go, and take what they have from then on."""
    return replace(planning.change_wish(split.rest, now), kind=SPLIT, payload=split, approves=approves(split.actor))
