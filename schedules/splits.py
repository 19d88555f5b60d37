"""This and following: the earlier meetings stay with their lesson, the later ones become one that continues it."""

from dataclasses import replace

import sqlalchemy as sa

from rooms import Wish
from schedules import closed, planning, series
from schedules.drafts import changed_draft
from schedules.model import Held, Lesson, Split
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
        after = changed_draft(connection, lesson, patch)
        change = planning.prepare_change(connection, actor, lesson, after, now, ignores_closures=ignore)
        return planning.change_wish(change, now)
    early, later = halves(lesson, held)
    after = changed_draft(connection, later, patch)
    rest = planning.prepare_change(connection, actor, later, after, now, ignores_closures=ignore)
    series.check_apart((*map(series.as_it_is, early.dates), *rest.plan), after.timing.zone)
    return wish(Split(actor, lesson, early.draft.timing, rest), now)


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


def wish(split: Split, now: Instant) -> Wish:
    """The later meetings that move let go, and take what they have from then on."""
    return replace(planning.change_wish(split.rest, now), kind=SPLIT, payload=split, approves=approves(split.actor))
