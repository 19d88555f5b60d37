"""What stands in the diary of one room: what takes it, and what is asked of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from rooms.model import HOLDING, Purpose, State
from rooms.resources_model import Room
from rooms.service import may_know, viewer_of
from rooms.store import occupancy
from rooms.store.occupancy import Occupied
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.people import Subject, require


@dataclass(frozen=True, slots=True)
class Entry:
    """A booking in the diary; ``known`` says whether the actor may know more than that the room is taken.

    ``setup`` and ``teardown`` are seconds around ``span`` that the room is held, too.
    """

    booking_id: int
    public_id: str
    institution_id: int
    owner_id: int
    state: State
    purpose: Purpose
    span: Span
    setup: int
    teardown: int
    reason: str
    hold_until: int | None
    known: bool


def diary(connection: sa.Connection, actor: Actor, room: Room, span: Span) -> list[Entry]:
    """What takes a room in scope between two instants; requests, which take nothing, only where the actor may know."""
    require(actor, "bookings.see", Subject(institution=actor.institution_id))
    held = occupancy.occupied(connection, [room.id], span, HOLDING)
    asked = occupancy.wanted(connection, [room.id], span, "requested", viewer_of(actor))
    return _entries(actor, (*held, *asked))


def blocking_entries(connection: sa.Connection, actor: Actor, room: Room, booking_ids: Collection[int]) -> list[Entry]:
    """Those of some bookings that block a room in scope."""
    require(actor, "bookings.see", Subject(institution=actor.institution_id))
    return _entries(actor, occupancy.blocking(connection, room.id, booking_ids))


def _entries(actor: Actor, taken: Iterable[Occupied]) -> list[Entry]:
    pieces: dict[int, list[Occupied]] = {}
    for each in taken:
        pieces.setdefault(each.booking_id, []).append(each)
    return sorted((_entry(actor, each) for each in pieces.values()), key=lambda each: (each.span, each.booking_id))


def _entry(actor: Actor, pieces: Iterable[Occupied]) -> Entry:
    """Long bookings are held in pieces; a buffer is seen where the piece beside it is."""
    known = list(pieces)
    each = known[0]
    return Entry(
        booking_id=each.booking_id,
        public_id=each.public_id,
        institution_id=each.institution_id,
        owner_id=each.owner_id,
        state=each.state,
        purpose=each.purpose,
        span=(each.booking_starts, each.booking_ends),
        setup=max(0, each.booking_starts - min(piece.starts for piece in known)),
        teardown=max(0, max(piece.ends for piece in known) - each.booking_ends),
        reason=each.reason or "",
        hold_until=each.hold_until,
        known=may_know(actor, each),
    )
