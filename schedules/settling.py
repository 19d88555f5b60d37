"""What becomes of a lesson when its bookings change their state: by approvers, the clockwork, a blocking, the law.

Called in the transaction of the change. What lessons' own clerks do they tell themselves.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from rooms import Clash, Result, Settled, State, Wish
from rooms.approvals import answers_of
from schedules import notices, publishing, reminders, store
from schedules.clashes import slots_for
from schedules.houses import houses_of
from schedules.model import Held, Lesson
from schedules.notices import Asking, LostDate, News, Notice
from vclass.core import audit, outbox
from vclass.core.outbox import Effect
from vclass.core.zones import Instant
from vclass.people import institutions

OWN: Final = "lesson."
"""How the kinds of wishes begin whose clerks say themselves what is to be said."""
OFF: Final[frozenset[State]] = frozenset({"rejected", "displaced", "cancelled"})
EXPIRED: Final = "expired"
MOST_WITH_SLOTS: Final = 3
"""For so many lost dates a notice looks for what is free instead; the lesson's page tells of all."""


def lock_lessons(connection: sa.Connection, booking_ids: Collection[int]) -> None:
    """Lock the lessons of some bookings in the order of their ids, which no two batches can do crosswise.

    Reminders that wait are taken back: what becomes of these lessons isn't known yet.
    """
    if booking_ids:
        store.lock_lessons(connection, booking_ids)
        reminders.take_back(connection, booking_ids)


def settled(connection: sa.Connection, changes: Sequence[Settled]) -> None:
    """Write what must be said of lessons whose bookings changed: version, audit, mails to attendees, notices."""
    others = [each for each in changes if each.purpose == "lesson" and not each.kind.startswith(OWN)]
    lessons = store.lessons_of_bookings(connection, {each.booking_id for each in others})
    by_lesson: defaultdict[int, list[Settled]] = defaultdict(list)
    for each in others:
        if each.booking_id in lessons:
            by_lesson[lessons[each.booking_id].id].append(each)
    for some in by_lesson.values():
        _settle(connection, lessons[some[0].booking_id], some)


def lost(connection: sa.Connection, results: Sequence[Result]) -> None:
    """Tell owners at once what was approved and could not be had any more, what is free instead, and what they have."""
    clashes = {int(clash.reference): clash for result in results for clash in result.clashes}
    lessons = store.lessons_of_bookings(connection, clashes)
    for lesson in {each.id: each for each in lessons.values()}.values():
        notices.tell(connection, [_lost(connection, lesson, clashes, results[0].wish.now)], results[0].wish.now)


def _lost(connection: sa.Connection, lesson: Lesson, clashes: Mapping[int, Clash], now: Instant) -> News:
    """What is free instead of each lost date; of all of them together if the lesson has no other."""
    dates = [each for each in lesson.dates if each.booking_id in clashes]
    confirmed = tuple((each.starts, each.ends) for each in lesson.dates if each.state == "confirmed")
    until = max(clashes[each.booking_id].until or 0 for each in dates)
    if not confirmed:
        return News("taken", lesson, dates, until=until, slots=slots_for(connection, lesson, dates, now))
    told = [
        LostDate(
            (each.starts, each.ends),
            clashes[each.booking_id].until or 0,
            slots_for(connection, lesson, [each], now) if place < MOST_WITH_SLOTS else (),
        )
        for place, each in enumerate(dates)
    ]
    return News("taken", lesson, dates, until=until, confirmed=confirmed, lost=tuple(told))


def agreed(connection: sa.Connection, results: Sequence[Result]) -> None:
    """Tell owners that a house has said yes to all of their wish, and which others have until when to answer."""
    for result in results:
        lessons = store.lessons_of_bookings(connection, result.wish.touches)
        for lesson in {each.id: each for each in lessons.values()}.values():
            notices.tell(connection, [_agreed(connection, lesson, result.wish)], result.wish.now)


def _agreed(connection: sa.Connection, lesson: Lesson, wish: Wish) -> News:
    houses = houses_of(connection, [lesson])[lesson.id]
    waits = [each for each in houses if each.waits]
    return News(
        "approved",
        lesson,
        [each for each in lesson.dates if each.asks],
        by=", ".join(each.institution.name for each in houses if each.institution.id in wish.approves),
        until=min((each.until for each in waits if each.until is not None), default=0),
        waits_for=tuple(each.institution.name for each in waits),
    )


def _settle(connection: sa.Connection, lesson: Lesson, changes: Sequence[Settled]) -> None:
    now = changes[0].at
    fell = lesson.published_at is not None and any(each.after in OFF for each in changes)
    told = _is_told(lesson, changes)
    gone = told and not publishing.ready(lesson)
    columns: dict[str, object] = {}
    if told:
        columns = {
            "published_at": None if gone else lesson.published_at or now,
            "sequence": lesson.sequence + fell,
            "revision": lesson.revision + 1,
            "told_at": max(now, lesson.told_at + 1),
        }
    store.write_next(connection, lesson.id, lesson.version, **columns)
    (after,) = store.lessons(connection, [lesson.id])
    if told:
        outbox.put(connection, _mails(connection, lesson, after, changes), now)
    _give_notice(connection, after, changes, now)
    audit.append(connection, [_entry(after, changes)])


def _is_told(lesson: Lesson, changes: Sequence[Settled]) -> bool:
    """Whether attendees hear of it now: not while something is pending, nor of what they never heard of."""
    if lesson.cancelled or lesson.pending:
        return False
    if lesson.published_at is None:
        return publishing.ready(lesson)
    return any(each.after == "confirmed" or each.before in ("confirmed", "held", "requested") for each in changes)


def _mails(connection: sa.Connection, before: Lesson, after: Lesson, changes: Sequence[Settled]) -> list[Effect]:
    if before.published_at is None:
        return publishing.invitations(connection, after)
    was = publishing.as_last_told(connection, before) or _before(before, changes)
    if after.published_at is None:
        return publishing.cancellations(connection, after, was, changes[0].reason or "")
    return publishing.updates(connection, after, was)


def _before(lesson: Lesson, changes: Sequence[Settled]) -> Lesson:
    """The lesson with the dates that took place before these changes."""
    states = {each.booking_id: each.before for each in changes}
    dates = (replace(each, state=states.get(each.booking_id, each.state)) for each in lesson.dates)
    return replace(lesson, dates=tuple(each for each in dates if each.state == "confirmed") or lesson.dates)


def _give_notice(connection: sa.Connection, lesson: Lesson, changes: Sequence[Settled], now: Instant) -> None:
    """Tell the owner what did not come about or is offered, and the houses whose rooms it concerned."""
    kinds: defaultdict[Notice, list[Held]] = defaultdict(list)
    dates = {each.booking_id: each for each in lesson.dates}
    for each in changes:
        notice = _notice(each)
        if notice is not None:
            kinds[notice].append(dates[each.booking_id])
    news = [_news(connection, notice, lesson, some, changes[0]) for notice, some in kinds.items()]
    notices.tell(connection, news, now)
    asked = {each.booking_id for each in changes if each.before == each.after}
    by = None if changes[0].by is None else changes[0].by.person_id
    notices.ask(connection, [Asking(lesson, asked, by)], now)


def _notice(change: Settled) -> Notice | None:
    if change.before == "waiting" and change.after == "held":
        return "offered"
    if change.after == "rejected":
        return "expired" if change.reason == EXPIRED else "rejected"
    return "displaced" if change.after == "displaced" else None


def _news(connection: sa.Connection, notice: Notice, lesson: Lesson, dates: Sequence[Held], change: Settled) -> News:
    answers = answers_of(connection, [each.booking_id for each in dates])
    said = {each.institution_id for each in answers if each.state == "rejected"}
    names = {each.id: each.name for each in institutions(connection)}
    by = ", ".join(names[each] for each in sorted(said)) or ("" if change.by is None else change.by.name)
    free = slots_for(connection, lesson, dates, change.at) if notice in ("rejected", "displaced") else ()
    return News(
        notice,
        lesson,
        dates,
        by=by,
        until=min((each.hold_until for each in dates if each.hold_until is not None), default=0),
        reason="" if notice == "expired" else change.reason or "",
        slots=free,
        houses=sorted({each.institution_id for each in answers} - said),
        silent=None if change.by is None else change.by.person_id,
    )


def _entry(lesson: Lesson, changes: Sequence[Settled]) -> audit.Entry:
    first = changes[0]
    facts = {
        "version": lesson.version,
        "bookings": [[each.booking_id, each.before, each.after] for each in changes],
        **({} if first.reason is None else {"reason": first.reason}),
    }
    who = None if first.by is None else first.by.person_id
    return audit.Entry(first.at, who, lesson.institution_id, first.kind, "lesson", lesson.id, facts)
