"""From a draft to a wish: wall times become instants, addresses become people, both sides' rooms become wants.

Everything here runs in a reader. It takes nothing; the desk does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

import sqlalchemy as sa

from rooms import BookingWish, Want, Wish, times_of
from schedules import closed, series
from schedules.model import (
    Cancellation,
    Change,
    Creation,
    Draft,
    Held,
    Invited,
    Lesson,
    Planned,
    Quantity,
    Skipped,
    Timing,
)
from schedules.recurrence import Occurrence, expand
from schedules.refusals import (
    AlreadyBegunError,
    AlreadyCancelledError,
    ClosedError,
    FoldError,
    GapError,
    InThePastError,
)
from schedules.wants import approves, things, times, wants_for
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.zones import Instant, WallTime
from vclass.people import people_by_email

CREATE = "lesson.create"
CHANGE = "lesson.change"
CANCEL = "lesson.cancel"


def occurrences_of(timing: Timing) -> tuple[Occurrence, ...]:
    """The instants of a lesson.

    Raises:
        GapError: Some starts don't exist.
        FoldError: A start exists twice and ``fold`` doesn't say which.
        InvalidInputError: The rule doesn't fit its start, or leaves nothing.
    """
    expansion = expand(timing.start, timing.zone, timing.minutes, timing.rule, timing.fold)
    if expansion.gaps:
        raise GapError(timing.zone, expansion.gaps, series=bool(expansion.occurrences))
    if expansion.folds:
        raise FoldError(timing.zone, expansion.folds[0])
    if not expansion.occurrences:
        raise InvalidInputError([FieldError("repeat.except", "every date is left out; keep at least one")])
    return expansion.occurrences


def prepare_creation(
    connection: sa.Connection,
    actor: Actor,
    draft: Draft,
    key: Key | None,
    now: Instant,
    *,
    ignores_closures: bool = False,
) -> Creation:
    """A lesson to book, without the days on which it should not be.

    Raises:
        ClosedDayError: No other day is left.
    """
    occurrences = occurrences_of(draft.timing)
    if occurrences[0].ends <= now:
        raise InThePastError(draft.timing.start, draft.timing.zone, now)
    skipped: tuple[Skipped, ...] = ()
    asked = draft
    if not ignores_closures and actor.institution_id is not None:
        days = closed.days_of(connection, draft, actor.institution_id)
        timing, occurrences, skipped = closed.open_dates(draft.timing, occurrences, days)
        draft = replace(draft, timing=timing)
    invited = find_invited(connection, actor, draft)
    return Creation(actor, draft, occurrences, invited, key, skipped, ignores_closures, asked)


def prepare_change(
    connection: sa.Connection,
    actor: Actor,
    lesson: Lesson,
    after: Draft,
    now: Instant,
    *,
    ignores_closures: bool = False,
) -> Change:
    """Compare the lesson with what it shall be: a meeting whose span and wants stay keeps its booking.

    Raises:
        AlreadyCancelledError: It was cancelled.
        ClosedError: All of it took place.
        AlreadyBegunError: Nothing is to come that could be had elsewhere.
    """
    if lesson.cancelled:
        raise AlreadyCancelledError(lesson)
    if lesson.state_at(now) == "closed":
        raise ClosedError(lesson, max(each.ends for each in lesson.dates if each.state == "confirmed"), now)
    before, asked = lesson.draft, after
    after = replace(after, timing=series.carried(before.timing, after.timing))
    plan = tuple(map(series.as_it_is, lesson.dates))
    if before.timing != after.timing:
        timing, plan = series.rearranged(lesson, after.timing, occurrences_of(after.timing), now)
        after = replace(after, timing=timing)
    invited = find_invited(connection, actor, after)
    plan = series.furnished(plan, *_wanted(connection, lesson, before, after, invited), now)
    if _replanned(before, after) and not any(each.starts > now for each in plan):
        raise AlreadyBegunError(lesson, now)
    skipped: tuple[Skipped, ...] = ()
    if not ignores_closures:
        days = (closed.days_of(connection, each, lesson.institution_id) for each in (before, after))
        timing, plan, skipped = closed.open_plan(after.timing, plan, *days)
        after = replace(after, timing=timing)
    series.check_apart(plan, after.timing.zone)
    skipped = (*closed.still_skipped(lesson.skipped, after.timing), *skipped)
    change = Change(actor, lesson, after, plan, invited, skipped=skipped, ignores_closures=ignores_closures)
    return replace(change, asked=asked)


def prepare_one(
    connection: sa.Connection,
    actor: Actor,
    lesson: Lesson,
    held: Held,
    after: Draft,
    now: Instant,
    *,
    ignores_closures: bool = False,
) -> Change:
    """Change one meeting alone: its time, its rooms or both; ``after`` is of it alone."""
    before, timing = alone(connection, lesson, held).draft, after.timing
    planned = series.as_it_is(held)
    if before.timing != timing:
        planned = _at(held, timing, now)
    (planned,) = series.furnished([planned], *_wanted(connection, lesson, before, after, invited_to(lesson)), now)
    if not ignores_closures:
        closed.check_open(planned, closed.days_of(connection, after, lesson.institution_id))
    plan = tuple(planned if each.id == held.id else series.as_it_is(each) for each in lesson.dates)
    series.check_apart(plan, timing.zone)
    draft = lesson.draft
    if draft.timing.rule is None:
        draft = replace(draft, timing=timing, resources=after.resources)
    change = Change(actor, lesson, draft, plan, about=held.recurrence, alone=after, skipped=lesson.skipped)
    return replace(change, ignores_closures=ignores_closures)


def prepare_added(
    connection: sa.Connection,
    actor: Actor,
    lesson: Lesson,
    name: WallTime,
    after: Draft,
    now: Instant,
    *,
    ignores_closures: bool = False,
) -> Change:
    """Let a date of the rule take place that was left out or cancelled; ``after`` is of that meeting alone."""
    rule = lesson.draft.timing.rule
    assert rule is not None, "a lesson that doesn't repeat leaves out no date"
    of = next((each for each in lesson.dates if each.recurrence == name), None)
    usual, _ = _wanted(connection, lesson, lesson.draft, lesson.draft, invited_to(lesson))
    (occurrence,) = occurrences_of(after.timing)
    if occurrence.starts <= now:
        raise InThePastError(after.timing.start, after.timing.zone, now)
    start, minutes, fold = after.timing.start, after.timing.minutes, after.timing.fold
    wants = (*things(after), *usual.people)
    planned = Planned(name, start, minutes, fold, occurrence.starts, occurrence.ends, wants, of, anew=of is not None)
    if not ignores_closures:
        closed.check_open(replace(planned, of=None), closed.days_of(connection, after, lesson.institution_id))
    others = (series.as_it_is(each) for each in lesson.dates if each.recurrence != name)
    plan = (*others, planned)
    series.check_apart(plan, lesson.draft.timing.zone)
    kept = replace(rule, except_=tuple(each for each in rule.except_ if each != name.date))
    draft = replace(lesson.draft, timing=replace(lesson.draft.timing, rule=kept))
    skipped = closed.still_skipped(lesson.skipped, draft.timing)
    change = Change(actor, lesson, draft, plan, about=name, alone=after, skipped=skipped)
    return replace(change, ignores_closures=ignores_closures)


def _at(held: Held, timing: Timing, now: Instant) -> Planned:
    (occurrence,) = occurrences_of(timing)
    if occurrence.starts <= now:
        raise InThePastError(timing.start, timing.zone, now)
    when = (timing.start, timing.minutes, timing.fold, occurrence.starts, occurrence.ends)
    return Planned(held.recurrence, *when, held.wants, held)


def alone(connection: sa.Connection, lesson: Lesson, held: Held) -> Lesson:
    """The lesson as if one meeting were all of it."""
    people = times_of(connection, [each.person_id for each in lesson.attendees if each.person_id is not None])
    times = set(people.values())
    own = tuple(Quantity(each.resource_id, each.quantity) for each in held.wants if each.resource_id not in times)
    timing = Timing(lesson.draft.timing.zone, held.start, held.minutes, held.fold)
    return replace(lesson, draft=replace(lesson.draft, timing=timing, resources=own))


def invited_to(lesson: Lesson) -> tuple[Invited, ...]:
    """The present attendees as people to invite."""
    return tuple(
        Invited(each.person_id, each.email, each.name, each.teaches, each.zone, each.language)
        for each in lesson.present
    )


def _wanted(
    connection: sa.Connection, lesson: Lesson, before: Draft, after: Draft, invited: Sequence[Invited]
) -> tuple[series.Wanted, series.Wanted]:
    """What a meeting usually wants before and after a change; the people stay unless the lesson changes them.

    Raises:
        TimesMissingError: See ``times``.
    """
    people = times(connection, before, invited_to(lesson), lesson.owner_id)
    others = people if before.teaching == after.teaching else times(connection, after, invited, lesson.owner_id)
    return series.Wanted(things(before), people), series.Wanted(things(after), others)


def _replanned(before: Draft, after: Draft) -> bool:
    return (before.timing, before.resources) != (after.timing, after.resources)


def find_invited(connection: sa.Connection, actor: Actor, draft: Draft) -> tuple[Invited, ...]:
    """Each invitee with what is known of the person; an unknown address is a guest, who reads in the anchor zone."""
    known = people_by_email(connection, [each.email for each in draft.invitees])
    found = []
    for each in draft.invitees:
        person = known.get(each.email)
        if person is None:
            name = each.name or each.email.partition("@")[0]
            found.append(Invited(None, each.email, name, each.teaches, draft.timing.zone, actor.language))
        else:
            name = person.name or each.name
            found.append(Invited(person.id, each.email, name, each.teaches, person.zone, person.language))
    return tuple(found)


def creation_wish(
    connection: sa.Connection,
    creation: Creation,
    institution_id: int,
    owner_id: int,
    *,
    on_clash: Literal["refuse", "skip", "wait"],
    now: Instant,
) -> Wish:
    """The wish for a new lesson.

    Raises:
        TimesMissingError: See ``wants_for``.
    """
    wants = wants_for(connection, creation.draft, creation.invited, owner_id)
    return Wish(
        kind=CREATE,
        institution_id=institution_id,
        owner_id=owner_id,
        bookings=bookings_for(creation.occurrences, wants),
        on_clash=on_clash,
        approves=approves(creation.actor),
        by=creation.actor,
        payload=creation,
        now=now,
    )


def change_wish(change: Change, now: Instant) -> Wish:
    lesson = change.before
    return Wish(
        kind=CHANGE,
        institution_id=lesson.institution_id,
        owner_id=lesson.owner_id,
        bookings=planned_bookings(change.plan),
        release=change.released,
        touches=tuple(each.booking_id for each in lesson.dates[:1]),  # so that the lesson is locked with the others
        approves=approves(change.actor),
        payload=change,
        by=change.actor,
        now=now,
    )


def planned_bookings(plan: Iterable[Planned]) -> tuple[BookingWish, ...]:
    """What the meetings of a plan ask of the desk that don't keep their bookings."""
    return tuple(
        BookingWish(str(each.recurrence), each.starts, each.ends, each.wants) for each in plan if not each.stays
    )


def prepare_cancellation(actor: Actor, lesson: Lesson, off: Sequence[Held], reason: str, now: Instant) -> Cancellation:
    """Cancel some meetings; if nothing else of the lesson stands, it is cancelled itself.

    Raises:
        ClosedError: All that stand took place.
        AlreadyCancelledError: None of them stands.
    """
    coming = tuple(each for each in off if each.stands and each.ends > now)
    if not coming:
        over = [each.ends for each in off if each.stands]
        raise ClosedError(lesson, max(over), now) if over else AlreadyCancelledError(lesson, off[-1], now)
    gone = {each.id for each in off}
    whole = all(each.id in gone for each in lesson.dates if each.stands)
    return Cancellation(actor, lesson, reason, coming, whole)


def cancellation_wish(cancellation: Cancellation, now: Instant) -> Wish:
    """Release what is still to come; what took place stays booked, as it was."""
    lesson = cancellation.before
    return Wish(
        kind=CANCEL,
        institution_id=lesson.institution_id,
        owner_id=lesson.owner_id,
        bookings=(),
        release=tuple(each.booking_id for each in cancellation.off),
        reason=cancellation.reason or None,
        payload=cancellation,
        by=cancellation.actor,
        now=now,
    )


def bookings_for(occurrences: Sequence[Occurrence], wants: Sequence[Want]) -> tuple[BookingWish, ...]:
    return tuple(BookingWish(str(each.recurrence), each.starts, each.ends, tuple(wants)) for each in occurrences)
