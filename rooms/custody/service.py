"""What people can do with kit: hand it out, say where it is, take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rooms.custody.model import AlreadyBackError, Custody, KitOutError, NotToHandOutError, check_time
from rooms.store import bookings
from rooms.store import custody as store
from rooms.store.bookings import Standing
from rooms.store.custody import Show
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.paging import fetched
from vclass.core.refusals import FieldError, InvalidInputError, NotFoundError, StaleError
from vclass.core.texts import is_prose
from vclass.core.tokens import new_id
from vclass.people import Subject, allowed, require

FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Handing:
    """What is handed out: pieces of a pool (None: the booking's only one; all it has), and where they go."""

    booking: str
    equipment: str | None
    quantity: int | None
    whereabouts: str


def check_out(connection: sa.Connection, actor: Actor, wish: Handing, now: int) -> Custody:
    """Hand out kit for a booking, at most what the booking has and the house has there.

    Raises:
        NotFoundError: There is no such booking, or the actor may not know of it.
        ForbiddenError: It is neither the actor's nor the kit of a house that the actor administers.
        NotToHandOutError: It is too early or too late, or the booking isn't confirmed.
        KitOutError: Fewer pieces are there.
    """
    booking = _locked(connection, wish.booking)
    resource_id = _pool(connection, booking, wish.equipment)
    pool = store.lock_pool(connection, resource_id)
    subject = Subject(institution=pool.institution_id, owner=booking.owner_id)
    if not allowed(actor, "booking.see", subject):
        raise NotFoundError("booking")
    require(actor, "custody.manage", subject)
    _check_text("whereabouts", wish.whereabouts)
    check_time(booking.starts, booking.ends, booking.state, now)
    away = store.out_of_pool(connection, resource_id)
    here = pool.quantity - sum(each.quantity for each in away)
    has = sum(each.quantity for each in booking.wants if each.resource_id == resource_id)
    left = has - sum(each.quantity for each in away if each.booking_id == booking.id)
    quantity = left if wish.quantity is None else wish.quantity
    if quantity > min(here, left) or quantity < 1:
        raise _kit_out(connection, actor, pool, min(here, left), _standing_in_the_way(away, booking, here, left))
    return _hand_out(connection, actor, booking, resource_id, quantity, wish.whereabouts.strip(), now)


def _standing_in_the_way(away: Sequence[sa.Row[Any]], booking: Standing, here: int, left: int) -> list[sa.Row[Any]]:
    """What is out of a pool that others should have given back; or, if all are there, what this booking has."""
    others = [each for each in away if each.booking_id != booking.id]
    return others if here < left else [each for each in away if each.booking_id == booking.id]


def _kit_out(
    connection: sa.Connection, actor: Actor, pool: sa.Row[Any], free: int, away: Sequence[sa.Row[Any]]
) -> KitOutError:
    """Why there is no more, with the entries that the actor could take back."""
    back = min((each.due_at for each in away), default=None)
    entries = [store.by_public_id(connection, each.public_id) for each in away]
    mine = all(each is not None and allowed(actor, "custody.manage", _subject(each)) for each in entries)
    return KitOutError(pool.name, max(0, free), back, [each.public_id for each in away] if mine else None)


def check_in(connection: sa.Connection, actor: Actor, public_id: str, note: str, now: int) -> Custody:
    """Take kit back, with a note on its state.

    Raises:
        NotFoundError: There is no such entry, or the actor may not know of it.
        AlreadyBackError: It is back.
    """
    before = _managed(connection, actor, public_id)
    _check_text("note", note)
    if before.in_at is not None:
        raise AlreadyBackError(before)
    if not store.change(connection, before, in_at=now, in_by=actor.person_id, note=note.strip()):
        raise StaleError
    _audit(connection, actor, before, {"in": before.quantity}, now)
    return see_custody(connection, actor, public_id)


def move(
    connection: sa.Connection, actor: Actor, public_id: str, whereabouts: str, *, version: int, now: int
) -> Custody:
    """Say where the kit is now.

    Raises:
        NotFoundError: There is no such entry, or the actor may not know of it.
        StaleError: Somebody changed it since version ``version``.
        AlreadyBackError: It is back.
    """
    before = _managed(connection, actor, public_id)
    _check_text("whereabouts", whereabouts)
    if before.version != version:
        raise StaleError(before.version)
    if before.in_at is not None:
        raise AlreadyBackError(before)
    if not store.change(connection, before, whereabouts=whereabouts.strip()):
        raise StaleError
    _audit(connection, actor, before, {"version": before.version + 1}, now)
    return see_custody(connection, actor, public_id)


def see_custody(connection: sa.Connection, actor: Actor, public_id: str) -> Custody:
    """One entry that the actor holds, or of a house that the actor administers.

    Raises:
        NotFoundError: There is none.
    """
    found = store.by_public_id(connection, public_id)
    if found is None or not allowed(actor, "custody.manage", _subject(found)):
        raise NotFoundError("kit")
    return found


def see_all(
    connection: sa.Connection, actor: Actor, show: Show | None, pool: str | None, cursor: str | None, now: int
) -> tuple[list[Custody], str | None]:
    """A page of what the actor holds, and of what is out of the houses that the actor administers."""
    require(actor, "custody.see")
    assert actor.person_id is not None, "the matrix lets nobody in who isn't signed in"
    houses = [place for place, _ in actor.roles if allowed(actor, "custody.manage", Subject(institution=place))]
    whose = (actor.person_id, houses)
    found, following = fetched(
        lambda first, most: store.listing(connection, whose, show, pool, now, first, most), cursor
    )
    return list(found), following


def _locked(connection: sa.Connection, public_id: str) -> Standing:
    """The booking, locked: it can't be cancelled while its kit is handed out."""
    found = bookings.standing_by_public_id(connection, public_id)
    if found is None:
        raise NotFoundError("booking")
    return bookings.lock_bookings(connection, [found.id])[found.id]


def _pool(connection: sa.Connection, booking: Standing, public_id: str | None) -> int:
    """The pool that is meant: the one that is named, or the booking's only one."""
    pools = store.pools_by_public_id(connection, {want.resource_id for want in booking.wants})
    if public_id is None and len(pools) == 1:
        return next(iter(pools.values()))
    if not pools:
        raise NotToHandOutError("This booking has no kit. Add it to the lesson first.")
    if public_id not in pools:
        raise InvalidInputError([FieldError("equipment", "name one of the pools that this booking has")])
    return pools[public_id]


def _hand_out(
    connection: sa.Connection,
    actor: Actor,
    booking: Standing,
    resource_id: int,
    quantity: int,
    whereabouts: str,
    now: int,
) -> Custody:
    public_id = new_id()
    values = {
        "public_id": public_id,
        "booking_id": booking.id,
        "resource_id": resource_id,
        "quantity": quantity,
        "holder_id": booking.owner_id,
        "whereabouts": whereabouts,
        "due_at": booking.ends,
        "out_at": now,
        "out_by": actor.person_id,
        "note": "",
        "version": FIRST_VERSION,
    }
    store.insert(connection, values)
    made = see_custody(connection, actor, public_id)
    _audit(connection, actor, made, {"out": quantity, "booking": booking.id}, now)
    return made


def _managed(connection: sa.Connection, actor: Actor, public_id: str) -> Custody:
    found = see_custody(connection, actor, public_id)
    require(actor, "custody.manage", _subject(found))
    return found


def _subject(of: Custody) -> Subject:
    return Subject(institution=of.institution_id, owner=of.holder_id)


def _check_text(field: str, text: str) -> None:
    if not is_prose(text):
        raise InvalidInputError([FieldError(field, "write visible text")])


def _audit(connection: sa.Connection, actor: Actor, of: Custody, facts: dict[str, object], now: int) -> None:
    entry = audit.Entry(now, actor.person_id, of.institution_id, "custody.manage", "custody", of.id, facts)
    audit.append(connection, [entry])
