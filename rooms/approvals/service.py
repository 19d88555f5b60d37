"""What an administrator of rooms can do with what waits for the house, and what the clockwork finds overdue."""

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from rooms.approvals.model import APPROVE, EXPIRE, EXPIRED, REJECT, AlreadyDecidedError, Decision, Scope, is_open
from rooms.approvals.rivals import look, taken_from
from rooms.model import Wish
from rooms.prospect import weigh
from rooms.store import approvals as store
from rooms.store import bookings
from rooms.store.bookings import Standing
from vclass.core.keys import Actor
from vclass.core.refusals import FieldError, InvalidInputError, NotFoundError
from vclass.core.texts import is_prose
from vclass.people import Subject, allowed, forbidden

ACTION = "bookings.approve"


def prepare_approval(connection: sa.Connection, actor: Actor, public_id: str, scope: Scope, now: int) -> Wish:
    """The wish to say yes in the name of the actor's house, to one booking or to all of its wish.

    Raises:
        NotFoundError: There is no such booking, or the actor may not know of it.
        ForbiddenError: It isn't for the actor to decide.
        AlreadyDecidedError: Nobody was asked.
    """
    booking, houses = _asked(connection, actor, public_id, now)
    return Wish(
        kind=APPROVE,
        institution_id=booking.institution_id,
        owner_id=booking.owner_id,
        bookings=(),
        touches=_ids(connection, booking, houses, scope, now),
        approves=houses,
        name=booking.wish,
        by=actor,
        payload=Decision(houses),
        now=now,
    )


def prepare_rejection(
    connection: sa.Connection, actor: Actor, public_id: str, scope: Scope, reason: str, now: int
) -> Wish:
    """The wish to say no, with a reason that whoever asked is told; refusals as of an approval.

    Raises:
        InvalidInputError: There is no reason.
    """
    booking, houses = _asked(connection, actor, public_id, now)
    if not reason.strip() or not is_prose(reason):
        raise InvalidInputError([FieldError("reason", "say why; who asked reads it")])
    return Wish(
        kind=REJECT,
        institution_id=booking.institution_id,
        owner_id=booking.owner_id,
        bookings=(),
        release=_ids(connection, booking, houses, scope, now),
        released="rejected",
        reason=reason.strip(),
        name=booking.wish,
        by=actor,
        payload=Decision(houses),
        now=now,
    )


def due(connection: sa.Connection, now: int) -> list[Wish]:
    """The wishes that let go of what nobody answered in time, an offer of the waiting list included."""
    by_wish: dict[str, list[Standing]] = {}
    for each in store.overdue(connection, now):
        by_wish.setdefault(each.wish, []).append(each)
    return [_expiry(some, now) for some in by_wish.values()]


def outdone(connection: sa.Connection, now: int) -> list[Wish]:
    """The wishes to tell those whose requests can't be had any more, since others got what they want."""
    by_wish: dict[str, list[Standing]] = {}
    for each in store.unaware(connection, now):
        by_wish.setdefault(each.wish, []).append(each)
    looks = [look(some, now) for some in by_wish.values()]
    verdicts = weigh(connection, looks) if looks else []
    pairs = ((verdict.wish, taken_from(verdict)) for verdict in verdicts)
    return [replace(wish, bookings=(), touches=tuple(sorted(lost))) for wish, lost in pairs if lost]


def _expiry(overdue: list[Standing], now: int) -> Wish:
    first = overdue[0]
    return Wish(
        kind=EXPIRE,
        institution_id=first.institution_id,
        owner_id=first.owner_id,
        bookings=(),
        release=tuple(each.id for each in overdue),
        released="rejected",
        reason=EXPIRED,
        name=first.wish,
        now=now,
    )


def _asked(connection: sa.Connection, actor: Actor, public_id: str, now: int) -> tuple[Standing, frozenset[int]]:
    """The booking, and the houses that were asked in whose name the actor may answer."""
    booking = bookings.standing_by_public_id(connection, public_id)
    if booking is None:
        raise NotFoundError("booking")
    asked = {each.institution_id for each in store.answers_of(connection, [booking.id])}
    houses = _own(actor, asked)
    if houses:
        return booking, houses
    if not allowed(actor, "booking.see", Subject(institution=booking.institution_id, owner=booking.owner_id)):
        raise NotFoundError("booking")
    if _own(actor, [booking.institution_id]) and not asked:
        raise AlreadyDecidedError(booking, now)
    raise forbidden(ACTION)


def _own(actor: Actor, institutions: Iterable[int]) -> frozenset[int]:
    return frozenset(each for each in institutions if allowed(actor, ACTION, Subject(institution=each)))


def _ids(
    connection: sa.Connection, booking: Standing, houses: frozenset[int], scope: Scope, now: int
) -> tuple[int, ...]:
    """The one booking; or with it all of its wish that wait for one of the houses."""
    if scope == "this":
        return (booking.id,)
    others = [each.id for each in bookings.of_wish(connection, booking.wish) if is_open(each, now)]
    waits = {
        each.booking_id
        for each in store.answers_of(connection, others)
        if each.state == "pending" and each.institution_id in houses
    }
    return (booking.id, *(each for each in others if each in waits and each != booking.id))
