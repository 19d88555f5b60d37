"""What the approval queue's page reads, on one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from rooms import free_rooms
from rooms.approvals import Request, Slot, number_expiring, queue, slot_of
from schedules.approvals import Around, around
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant
from vclass.people import Institution, institutions

DAY = 24 * 3600
MOST_INSTEAD = 3


@dataclass(frozen=True, slots=True)
class Queue:
    """Slots with rivals, what they refer to, how many there are in all, and free rooms for those that lost theirs."""

    slots: tuple[Slot, ...]
    known: Around
    homes: Mapping[int, Institution]
    number: int
    expiring: int
    instead: Mapping[int, tuple[str, ...]]


def queue_of(connection: sa.Connection, actor: Actor, now: Instant, first: int, most: int) -> Queue:
    """A part of the queue of the houses in whose name the actor answers."""
    number, expiring = number_expiring(connection, actor, now, now + DAY)
    return _queue(connection, queue(connection, actor, now, first, most), number, expiring)


def request_of(connection: sa.Connection, actor: Actor, booking: str, now: Instant) -> Queue:
    """The slot of one request with its rivals.

    Raises:
        NotFoundError: It doesn't wait for the actor.
    """
    slot = slot_of(connection, actor, now, booking)
    if slot is None:
        raise NotFoundError("request")
    return _queue(connection, [slot], 1, 0)


def _queue(connection: sa.Connection, slots: list[Slot], number: int, expiring: int) -> Queue:
    homes = {each.id: each for each in institutions(connection)}
    lost = [request for slot in slots for request in slot.requests if request.first.reason == "taken"]
    instead = {each.first.id: _instead(connection, each) for each in lost}
    return Queue(tuple(slots), around(connection, slots), homes, number, expiring, instead)


def _instead(connection: sa.Connection, request: Request) -> tuple[str, ...]:
    """Rooms of the same house that are free for all of it."""
    spans = [(each.starts, each.ends) for each in request.bookings]
    found = free_rooms(connection, spans, request.first.institution_id, kind="hall")
    return tuple(each.name for each in found[:MOST_INSTEAD])
