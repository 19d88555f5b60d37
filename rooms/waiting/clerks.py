"""The clerks of the waiting list: an offer is made, accepted or let go, once, whoever comes at the same time."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from rooms.batch import Clerk
from rooms.model import BookingWish, Result, Wish
from rooms.store import bookings, waiting
from rooms.store.bookings import Standing
from rooms.waiting.model import ACCEPT, LAPSE, WITHDRAW, NotWaitingError, OfferGoneError
from vclass.core import audit


def clerks() -> dict[str, Clerk]:
    """A clerk for each kind of wish about the waiting list."""
    gives_up = GiveUpClerk()
    return {waiting.OFFER: OfferClerk(), ACCEPT: AcceptClerk(), WITHDRAW: gives_up, LAPSE: gives_up}


class OfferClerk:
    """Notes offers: those that follow a release, and those that the clockwork finds possible."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        """Whoever was offered something or left meanwhile isn't offered it again."""
        ids = {each.standing for wish in wishes for each in wish.bookings if each.standing is not None}
        waits = {each.id for each in bookings.standing(connection, ids).values() if each.state == "waiting"}
        return [None if all(each.standing in waits for each in wish.bookings) else NotWaitingError() for wish in wishes]

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> Sequence[object]:
        waiting.note_offers(connection, [each.wish for each in results if each.taken])
        return results


class AcceptClerk:
    """Turns an offer into a booking: confirmed, or held until the house that must approve has answered."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return [_accepted(connection, each) for each in wishes]

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        granted = [each for each in results if each.taken]
        waiting.leave(connection, [each.wish.name for each in granted if each.wish.name is not None])
        audit.append(connection, [_entry(each, taken.booking_id) for each in granted for taken in each.taken])
        return [each if each.taken else _ruled_out(connection, each) for each in results]


class GiveUpClerk:
    """Lets go of what waits or is offered; the next in line is looked at in the same transaction."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return [None if _listed(connection, each) >= set(each.release) else NotWaitingError() for each in wishes]

    def record(self, _connection: sa.Connection, results: Sequence[Result]) -> Sequence[object]:
        return results


def _accepted(connection: sa.Connection, wish: Wish) -> Wish | OfferGoneError:
    """The wish for what is offered still; the rules of the rooms decide its state."""
    entry = waiting.entry_of(connection, wish.name or "")
    offered = [] if entry is None else [each for each in entry.bookings if _is_open(each, wish)]
    if not offered:
        return OfferGoneError(_first(connection, wish))
    return replace(
        wish,
        bookings=tuple(BookingWish(str(each.id), each.starts, each.ends, each.wants, each.id) for each in offered),
        touches=(),
    )


def _ruled_out(connection: sa.Connection, result: Result) -> OfferGoneError:
    return OfferGoneError(_first(connection, result.wish), [each.reason for each in result.clashes])


def _first(connection: sa.Connection, wish: Wish) -> Standing | None:
    ids = wish.touches or [each.standing for each in wish.bookings if each.standing is not None]
    return next(iter(bookings.standing(connection, ids).values()), None)


def _is_open(booking: Standing, wish: Wish) -> bool:
    return booking.id in wish.touches and booking.state == "held" and (booking.hold_until or 0) > wish.now


def _listed(connection: sa.Connection, wish: Wish) -> set[int]:
    entry = waiting.entry_of(connection, wish.name or "")
    return set() if entry is None else {each.id for each in entry.bookings}


def _entry(result: Result, booking_id: int) -> audit.Entry:
    wish = result.wish
    person_id = None if wish.by is None else wish.by.person_id
    states = {each.booking_id: each.state for each in result.taken}
    return audit.Entry(
        wish.now, person_id, wish.institution_id, wish.kind, "booking", booking_id, {"state": states[booking_id]}
    )
