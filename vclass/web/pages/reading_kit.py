"""What the pages behind the codes on kit read, in a reader, on one snapshot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from rooms import Equipment
from rooms.custody import Labelled, kit_of_booking, kit_of_pool, labelled_pools
from schedules import lessons_of_bookings
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant
from vclass.people import Institution, institution
from vclass.web.pages.reading_manage import AtTheCounter, at_counter

FIND: Final[dict[str, Callable[[sa.Connection, Actor, str, Instant], Labelled]]] = {
    "of": kit_of_pool,
    "for": kit_of_booking,
}


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code leads to; ``name`` is the pool's or the lesson's."""

    name: str
    at: AtTheCounter


@dataclass(frozen=True, slots=True)
class Labels:
    """The kit of a house that gets labels."""

    home: Institution
    pools: Sequence[Equipment]


def scanned(connection: sa.Connection, actor: Actor, what: str, public_id: str, now: Instant) -> Scanned:
    """What a code leads to.

    Args:
        connection: A snapshot.
        actor: Who has scanned it.
        what: `of` a pool, or `for` a booking.
        public_id: The pool's or the booking's.
        now: The present.

    Raises:
        NotFoundError: There is no such thing, or the actor may not know of it.
    """
    found = FIND[what](connection, actor, public_id, now)
    home = _institution(connection, found.institution_id)
    return Scanned(found.name or _title(connection, found.booking_id), at_counter(connection, home, found.counter))


def labels(connection: sa.Connection, actor: Actor) -> Labels:
    return Labels(_institution(connection, actor.institution_id or 0), labelled_pools(connection, actor))


def _title(connection: sa.Connection, booking_id: int) -> str:
    lesson = lessons_of_bookings(connection, [booking_id]).get(booking_id)
    return "" if lesson is None else lesson.draft.title


def _institution(connection: sa.Connection, institution_id: int) -> Institution:
    found = institution(connection, institution_id)
    if found is None:
        raise NotFoundError("institution")
    return found
