"""What a house has, for those who administer it: also what is out of use, and how much is booked of it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import sqlalchemy as sa

from rooms.resources_model import Details, Equipment, Room
from rooms.service import managed
from rooms.store import occupancy, resources
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant

Thing = TypeVar("Thing", bound=Room | Equipment)


@dataclass(frozen=True, slots=True)
class Managed(Generic[Thing]):
    """A room or kit with all that there is to say of it; a ``retired`` one can't be booked."""

    of: Thing
    details: Details
    retired: bool


def see_house(connection: sa.Connection, actor: Actor) -> list[Managed[Room | Equipment]]:
    """All rooms and kit of the house that the actor administers, by name."""
    return _detailed(connection, resources.of_house(connection, managed(actor)))


def see_managed(connection: sa.Connection, actor: Actor, public_id: str, kind: type[Thing]) -> Managed[Thing]:
    """One room, or the kit of one name, of the house that the actor administers.

    Raises:
        NotFoundError: The house has none.
    """
    found = resources.of_house(connection, managed(actor), public_id)
    for of, retired in found:
        if isinstance(of, kind):
            return Managed(of, resources.details_of(connection, [of.id])[of.id], retired)
    raise NotFoundError(kind.__name__.lower())


def booked_from(connection: sa.Connection, of: Room | Equipment, now: Instant) -> int:
    """How many bookings hold it from now on, or would like to."""
    return len({each.booking_id for each in occupancy.lessons_from(connection, of.id, now)})


def _detailed(connection: sa.Connection, found: list[tuple[Room | Equipment, bool]]) -> list[Managed[Room | Equipment]]:
    details = resources.details_of(connection, [of.id for of, _ in found])
    return [Managed(of, details[of.id], retired) for of, retired in found]
