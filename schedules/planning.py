"""From a draft to a wish: wall times become instants, addresses become people, both sides' rooms become wants.

Everything here runs in a reader. It takes nothing; the desk does.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from rooms import BookingWish, Want, Wish
from schedules.model import (
    AlreadyBegunError,
    AlreadyCancelledError,
    Cancellation,
    Change,
    Creation,
    Draft,
    FoldError,
    GapError,
    InThePastError,
    Invited,
    Lesson,
    Quantity,
    Timing,
)
from schedules.recurrence import Occurrence, expand
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.zones import Instant
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
        raise GapError(timing.zone, expansion.gaps, series=timing.rule is not None)
    if expansion.folds:
        raise FoldError(timing.zone, expansion.folds[0])
    if not expansion.occurrences:
        raise InvalidInputError([FieldError("repeat.except", "every date is left out; keep at least one")])
    return expansion.occurrences


def prepare_creation(connection: sa.Connection, actor: Actor, draft: Draft, key: Key | None, now: Instant) -> Creation:
    occurrences = occurrences_of(draft.timing)
    if occurrences[0].ends <= now:
        raise InThePastError
    return Creation(actor, draft, occurrences, find_invited(connection, actor, draft), key)


def prepare_change(connection: sa.Connection, actor: Actor, lesson: Lesson, after: Draft, now: Instant) -> Change:
    """Compare the lesson with what it shall be; claims move only if time or resources differ."""
    if lesson.cancelled:
        raise AlreadyCancelledError
    before = lesson.draft
    moved = before.timing != after.timing or before.resources != after.resources
    if moved and any(each.starts <= now for each in lesson.occurrences):
        raise AlreadyBegunError
    occurrences = occurrences_of(after.timing) if moved else None
    if occurrences is not None and occurrences[0].starts <= now:
        raise InThePastError
    return Change(actor, lesson, after, occurrences, find_invited(connection, actor, after))


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


def creation_wish(creation: Creation, institution_id: int, owner_id: int, *, on_clash: str, now: Instant) -> Wish:
    return Wish(
        kind=CREATE,
        institution_id=institution_id,
        owner_id=owner_id,
        bookings=bookings_for(creation.occurrences, creation.draft.resources),
        release=(),
        on_clash="skip" if on_clash == "skip" else "refuse",
        payload=creation,
        now=now,
    )


def change_wish(change: Change, now: Instant) -> Wish:
    lesson = change.before
    moved = change.occurrences is not None
    return Wish(
        kind=CHANGE,
        institution_id=lesson.institution_id,
        owner_id=lesson.owner_id,
        bookings=bookings_for(change.occurrences or (), change.after.resources),
        release=tuple(each.booking_id for each in lesson.occurrences) if moved else (),
        on_clash="refuse",
        payload=change,
        now=now,
    )


def cancellation_wish(cancellation: Cancellation, now: Instant) -> Wish:
    """Release what is still to come; what took place stays booked, as it was."""
    lesson = cancellation.before
    return Wish(
        kind=CANCEL,
        institution_id=lesson.institution_id,
        owner_id=lesson.owner_id,
        bookings=(),
        release=tuple(each.booking_id for each in lesson.occurrences if each.ends > now),
        on_clash="refuse",
        payload=cancellation,
        now=now,
    )


def bookings_for(occurrences: Sequence[Occurrence], resources: Sequence[Quantity]) -> tuple[BookingWish, ...]:
    wants = tuple(Want(each.resource_id, each.quantity) for each in resources)
    return tuple(BookingWish(str(each.recurrence), each.starts, each.ends, wants) for each in occurrences)
