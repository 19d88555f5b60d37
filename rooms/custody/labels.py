"""What a code leads to: the label on kit to its pool, the code of a booking to all kit of that booking."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from rooms.custody.counter import SOON_SECONDS, Counter, counted
from rooms.resources_model import Equipment
from rooms.service import managed
from rooms.store import bookings, resources
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant
from vclass.people import Subject, allowed

CARRIED = "equipment"
"""Licences are booked like kit, but nobody carries them."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the actor may hand out and take back: of a pool with its ``name``, or of one booking."""

    institution_id: int
    counter: Counter
    name: str = ""
    booking_id: int = 0


def labelled_pools(connection: sa.Connection, actor: Actor) -> list[Equipment]:
    """The kit of the house that the actor administers, by name: what gets labels."""
    found = resources.of_house(connection, managed(actor))
    return [of for of, retired in found if not retired and isinstance(of, Equipment) and of.kind == CARRIED]


def kit_of_pool(connection: sa.Connection, actor: Actor, public_id: str, now: Instant) -> Labelled:
    """What the actor may hand out or take back of one pool within a day.

    Raises:
        NotFoundError: There is no such kit, or the actor may not know of it.
    """
    pool = _pool(connection, actor, public_id)
    found = counted(connection, {pool.id: pool}, (now, now + SOON_SECONDS), now)
    return Labelled(pool.institution_id, _for(actor, found), pool.name)


def kit_of_booking(connection: sa.Connection, actor: Actor, public_id: str, now: Instant) -> Labelled:
    """What the actor may hand out or take back of one booking, however far it is.

    Raises:
        NotFoundError: There is no such booking with kit, or the actor may not know of it.
    """
    booking = bookings.standing_by_public_id(connection, public_id)
    pools = {} if booking is None else _carried(connection, {each.resource_id for each in booking.wants})
    houses = {each.institution_id for each in pools.values()}
    if booking is None or not any(_may(actor, house, booking.owner_id) for house in houses):
        raise NotFoundError("booking")
    since = max(now, booking.starts - SOON_SECONDS)
    found = _for(actor, counted(connection, pools, (since, booking.ends), now))
    mine = Counter(
        tuple(each for each in found.to_hand_out if each.booking_id == booking.id),
        tuple(each for each in found.out if each.custody.booking_id == booking.id),
    )
    return Labelled(booking.institution_id, mine, booking_id=booking.id)


def _pool(connection: sa.Connection, actor: Actor, public_id: str) -> Equipment:
    """A pool in scope; one of the own house may be out of use, since some of it may still be out."""
    home = actor.institution_id
    own = [] if home is None else [of for of, _ in resources.of_house(connection, home, public_id)]
    shared = resources.resources_by_public_id(connection, [public_id], home).values()
    for each in (*own, *shared):
        if isinstance(each, Equipment) and each.kind == CARRIED:
            return each
    raise NotFoundError("kit")


def _carried(connection: sa.Connection, resource_ids: set[int]) -> Mapping[int, Equipment]:
    found = resources.resources_by_ids(connection, sorted(resource_ids))
    return {i: each for i, each in found.items() if isinstance(each, Equipment) and each.kind == CARRIED}


def _for(actor: Actor, found: Counter) -> Counter:
    """The part of a counter that the actor may settle: what is of the own house, booked or held by the actor."""
    return Counter(
        tuple(each for each in found.to_hand_out if _may(actor, each.pool.institution_id, each.owner_id)),
        tuple(each for each in found.out if _may(actor, each.custody.institution_id, each.custody.holder_id)),
    )


def _may(actor: Actor, institution_id: int, owner_id: int) -> bool:
    return allowed(actor, "custody.manage", Subject(institution=institution_id, owner=owner_id))
