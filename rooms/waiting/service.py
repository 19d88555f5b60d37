"""What people can do on the waiting list, and what the clockwork finds to do there."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from rooms.model import Clash, Wish
from rooms.prospect import foresee
from rooms.store import bookings, waiting
from rooms.store.bookings import Standing
from rooms.store.waiting import Entry
from rooms.waiting.model import ACCEPT, LAPSE, LAPSED, WITHDRAW, NotWaitingError, Place, position, wanted
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.people import Subject, allowed, require


def administered(actor: Actor) -> frozenset[int]:
    """The institutions whose rooms somebody administers: there nobody else is asked."""
    places = {place for place, _ in actor.roles}
    return frozenset(each for each in places if allowed(actor, "bookings.approve", Subject(institution=each)))


def prepare_acceptance(connection: sa.Connection, actor: Actor, public_id: str, now: int) -> Wish:
    """The wish to have what was offered.

    Raises:
        NotFoundError: There is no such booking, or the actor may not know of it.
        ForbiddenError: It is somebody else's.
        NotWaitingError: It isn't on the waiting list.
    """
    entry = _own(connection, actor, public_id)
    return Wish(
        kind=ACCEPT,
        institution_id=entry.institution_id,
        owner_id=entry.owner_id,
        bookings=(),
        touches=tuple(each.id for each in entry.bookings),
        approves=administered(actor),
        name=entry.wish,
        by=actor,
        now=now,
    )


def prepare_withdrawal(connection: sa.Connection, actor: Actor, public_id: str, now: int) -> Wish:
    """The wish to let an offer go, or to leave the list; refusals as of an acceptance."""
    return _giving_up(_own(connection, actor, public_id), WITHDRAW, now, by=actor)


def places(connection: sa.Connection, actor: Actor) -> list[Place]:
    """Everybody's own entries, and for administrators of rooms those of all who wait for these, in order."""
    line = waiting.entries(connection)
    houses = administered(actor)
    known = waiting.places_wanted(connection, {each for entry in line for each in wanted(entry)})
    found = []
    for entry in line:
        mine = entry.owner_id == actor.person_id
        named = (known[each] for each in sorted(wanted(entry)) if each in known)
        shown = tuple(public_id for public_id, house in named if mine or house in houses)
        if mine or shown:
            found.append(Place(entry, position(entry, line), shown, mine))
    return found


def place_of(connection: sa.Connection, actor: Actor, public_id: str) -> tuple[Standing, Place | None]:
    """A booking of one's own, and its place on the list while it is there.

    Raises:
        NotFoundError: There is no such booking, or the actor may not know of it.
        ForbiddenError: It is somebody else's.
    """
    booking = _booking(connection, actor, public_id)
    entry = waiting.entry_of(connection, booking.wish)
    if entry is None or booking.id not in {each.id for each in entry.bookings}:
        return booking, None
    return booking, Place(entry, position(entry, waiting.entries(connection)), (), mine=True)


def in_the_way(connection: sa.Connection, entry: Entry, now: int) -> Sequence[Clash]:
    """What keeps an entry from being offered what it waits for."""
    offer = waiting.offer_of(entry, now)
    return () if offer is None else foresee(connection, [offer])[0].clashes


def due(connection: sa.Connection, now: int) -> list[Wish]:
    """What the clockwork hands in: for those whose time has passed the end, for others what has become free.

    A release offers at once what it frees; but capacity also grows without one, when a pool gets more pieces or a
    room longer hours, and a release may pass by somebody who enters the list at that moment.
    """
    line = waiting.entries(connection)
    offers = [offer for each in line if (offer := waiting.offer_of(each, now)) is not None]
    verdicts = foresee(connection, offers) if offers else []
    return [*_lapsed(line, now), *(each.wish for each in verdicts if not each.refused)]


def _lapsed(line: list[Entry], now: int) -> Iterator[Wish]:
    for entry in line:
        if not entry.offered and entry.bookings[0].starts <= now:
            yield _giving_up(entry, LAPSE, now, by=None)


def _giving_up(entry: Entry, kind: str, now: int, *, by: Actor | None) -> Wish:
    return Wish(
        kind=kind,
        institution_id=entry.institution_id,
        owner_id=entry.owner_id,
        bookings=(),
        release=tuple(each.id for each in entry.bookings),
        released="cancelled" if kind == WITHDRAW else "rejected",
        reason=None if kind == WITHDRAW else LAPSED,
        name=entry.wish,
        by=by,
        now=now,
    )


def _own(connection: sa.Connection, actor: Actor, public_id: str) -> Entry:
    booking = _booking(connection, actor, public_id)
    entry = waiting.entry_of(connection, booking.wish)
    if entry is None or booking.id not in {each.id for each in entry.bookings}:
        raise NotWaitingError(booking.state)
    return entry


def _booking(connection: sa.Connection, actor: Actor, public_id: str) -> Standing:
    booking = bookings.standing_by_public_id(connection, public_id)
    if booking is None:
        raise NotFoundError("booking")
    require(actor, "offer.answer", Subject(institution=booking.institution_id, owner=booking.owner_id))
    return booking
