"""The clerk who cancels lessons, and single meetings of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

import sqlalchemy as sa

from rooms import Result, Wish
from schedules import store
from schedules.clerks.answers import Done, admit_current, as_it_stands
from schedules.clerks.rows import Row, entry
from schedules.invitations import effects
from schedules.model import Cancellation, Held, Lesson
from schedules.publishing import Known, as_known, publish_first, ready, updates
from vclass.core import audit, outbox
from vclass.core.outbox import Effect
from vclass.core.zones import Instant, WallTime


class CancelClerk:
    """Cancels lessons, or some of their meetings, and tells everyone why."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return admit_current(connection, wishes)

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [self._record(connection, each) for each in results]

    def _record(self, connection: sa.Connection, result: Result) -> Done:
        cancellation = _cancellation(result.wish)
        # What is cancelled has let go already: the dates as they were read say what was pending.
        lesson = replace(as_it_stands(connection, cancellation.before), dates=cancellation.before.dates)
        now = result.wish.now
        store.write_next(connection, lesson.id, lesson.version, **_columns(lesson, cancellation, now))
        (after,) = store.lessons(connection, [lesson.id])
        if lesson.published_at is None:
            publish_first(connection, after, now)
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
    """Calendars get what is left of what they have; all else too, once that leaves nothing pending."""
    known = as_known(connection, before)
    names = {each.recurrence for each in cancellation.off}
    left = replace(known, lesson=replace(known.lesson, dates=_without(known.lesson.dates, names)))
    if before.pending and ready(after) and not _is_same(left, as_known(connection, after)):
        return updates(connection, after, known.lesson)
    return _of_known(cancellation, known, left, after) if known.lesson.dates else []


def _of_known(cancellation: Cancellation, known: Known, left: Known, after: Lesson) -> list[Effect]:
    """The whole was cancelled, one meeting, or some."""
    about = _without(known.lesson.dates, {each.recurrence for each in left.lesson.dates})
    stands = replace(after, draft=known.lesson.draft, dates=left.lesson.dates)
    say = partial(effects, to=after.present, places=known.places, own_places=known.own_places)
    if cancellation.whole or not stands.dates:
        return say(replace(stands, dates=known.lesson.dates), news="cancelled", reason=cancellation.reason)
    if len(about) > 1:
        return say(stands, news="ended", was=known.lesson, reason=cancellation.reason)
    return say(stands, news="cancelled-one", about=about, reason=cancellation.reason) if about else []


def _without(dates: Iterable[Held], names: Collection[WallTime]) -> tuple[Held, ...]:
    return tuple(each for each in dates if each.recurrence not in names)


def _is_same(one: Known, other: Known) -> bool:
    """Whether people who know the one know the other: words, times and rooms."""

    def said(known: Known) -> object:
        dates = {each.recurrence: (each.starts, each.ends) for each in known.lesson.dates}
        own = [known.own_places.get(name) for name in sorted(dates)]
        return known.lesson.draft, dates, tuple(known.places), own

    return said(one) == said(other)


def _cancellation(wish: Wish) -> Cancellation:
    assert isinstance(wish.payload, Cancellation)
    return wish.payload
