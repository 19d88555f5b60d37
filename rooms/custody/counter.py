"""The counter of a house: what is to be handed out soon, what is out, and who needs it next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rooms.custody.model import AHEAD_SECONDS, Custody, first_short, opens_at
from rooms.resources_model import Equipment
from rooms.service import managed
from rooms.store import custody as store
from rooms.store import occupancy, resources
from rooms.store.occupancy import Occupied
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.core.zones import Instant

SOON_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class ToHandOut:
    """Pieces of a pool that somebody may fetch from ``opens`` on; ``waits_for`` has too many of them still."""

    booking_id: int
    booking: str
    pool: Equipment
    quantity: int
    owner_id: int
    starts: Instant
    opens: Instant
    waits_for: Custody | None


@dataclass(frozen=True, slots=True)
class Out:
    """What is out, and the booking that comes short of it next."""

    custody: Custody
    next_booking: int | None


@dataclass(frozen=True, slots=True)
class Counter:
    """What the keeper of a house's kit has to do."""

    to_hand_out: tuple[ToHandOut, ...]
    out: tuple[Out, ...]

    def overdue(self, now: Instant) -> int:
        return sum(each.custody.due_at <= now for each in self.out)


def counter(connection: sa.Connection, actor: Actor, now: Instant) -> Counter:
    """The counter of the house that the actor administers."""
    house = managed(actor)
    pools = {of.id: of for of, _ in resources.of_house(connection, house) if isinstance(of, Equipment)}
    return counted(connection, pools, (now, now + SOON_SECONDS), now)


def counted(connection: sa.Connection, pools: Mapping[int, Equipment], span: Span, now: Instant) -> Counter:
    """What is out of some pools now, and what is to be handed out of them for bookings in a span."""
    houses = sorted({of.institution_id for of in pools.values()})
    away = [each for each in store.listing(connection, (0, houses), "out", None, now) if each.resource_id in pools]
    carried = [each.id for each in pools.values() if each.kind == "equipment"]
    booked = occupancy.occupied(connection, carried, span, {"confirmed"})
    return Counter(
        tuple(_to_hand_out(pools, away, [each for each in booked if each.purpose == "lesson"])),
        tuple(Out(each, _next(connection, pools, away, each, now)) for each in away),
    )


def overdue_of(connection: sa.Connection, actor: Actor, now: Instant) -> int:
    """How much is out of the house that the actor administers and should be back."""
    return len(store.listing(connection, (0, [managed(actor)]), "overdue", None, now))


def out_of_house(connection: sa.Connection, actor: Actor, now: Instant) -> Mapping[int, int]:
    """How many pieces of each pool are out."""
    pieces: dict[int, int] = {}
    for each in store.listing(connection, (0, [managed(actor)]), "out", None, now):
        pieces[each.resource_id] = pieces.get(each.resource_id, 0) + each.quantity
    return pieces


def _to_hand_out(
    pools: Mapping[int, Equipment], away: Sequence[Custody], booked: Sequence[Occupied]
) -> Iterator[ToHandOut]:
    """In the order of their starts; each takes from what is there what it will."""
    here = {i: of.quantity - sum(each.quantity for each in away if each.resource_id == i) for i, of in pools.items()}
    wanted = {(each.booking_id, each.resource_id): each for each in reversed(booked)}
    for each in sorted(wanted.values(), key=lambda one: (one.booking_starts, one.booking_id)):
        has = sum(out.quantity for out in away if _same(out, each))
        quantity = each.quantity - has
        if quantity < 1:
            continue
        here[each.resource_id] -= quantity
        others = [out for out in away if out.resource_id == each.resource_id and out.booking_id != each.booking_id]
        yield ToHandOut(
            booking_id=each.booking_id,
            booking=each.public_id,
            pool=pools[each.resource_id],
            quantity=quantity,
            owner_id=each.owner_id,
            starts=each.booking_starts,
            opens=opens_at(each.booking_starts),
            waits_for=next(iter(others), None) if here[each.resource_id] < 0 else None,
        )


def _same(out: Custody, booked: Occupied) -> bool:
    return (out.booking_id, out.resource_id) == (booked.booking_id, booked.resource_id)


def _next(
    connection: sa.Connection, pools: Mapping[int, Equipment], away: Sequence[Custody], out: Custody, now: Instant
) -> int | None:
    """Who comes short first if nothing of the pool comes back."""
    mine = [each for each in away if each.resource_id == out.resource_id]
    holding = {each.booking_id for each in mine}
    claims = store.claims_ahead(connection, out.resource_id, now, now + AHEAD_SECONDS, holding)
    return first_short(pools[out.resource_id].quantity, sum(each.quantity for each in mine), claims, now)
