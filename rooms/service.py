"""What a person can do with rooms and equipment, apart from booking them.

Functions that take an ``actor`` ask the permission matrix and write the audit log; those that take none are for
callers that act for the installation itself.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms import model
from rooms.model import Busy, Equipment, NameTakenError, NewEquipment, NewRoom, Resource, Room, RoomPatch
from rooms.store import bookings, resources
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.paging import fetched
from vclass.core.refusals import NotFoundError, StaleError
from vclass.core.spans import Span
from vclass.core.tokens import new_id
from vclass.people import Subject, allowed, require


def create_room(connection: sa.Connection, institution_id: int, wish: NewRoom, now: int) -> Room:
    """Create a hall or a virtual room.

    Raises:
        InvalidInputError: Some fields are wrong.
        NameTakenError: The institution has something of that name.
    """
    made = _insert(connection, institution_id, model.checked(wish), {"quantity": 1}, now)
    assert isinstance(made, Room)
    return made


def create_equipment(connection: sa.Connection, institution_id: int, wish: NewEquipment, now: int) -> Equipment:
    """Create equipment of which there are so many alike.

    Raises:
        InvalidInputError: Some fields are wrong.
        NameTakenError: The institution has something of that name.
    """
    made = _insert(connection, institution_id, model.checked(wish), {"kind": "equipment", "approval": "none"}, now)
    assert isinstance(made, Equipment)
    return made


def add_room(connection: sa.Connection, actor: Actor, wish: NewRoom, now: int) -> Room:
    """Create a room at the actor's institution."""
    made = create_room(connection, _managed(actor), wish, now)
    _note(connection, actor, made, {"after": msgspec.structs.asdict(wish)}, now)
    return made


def add_equipment(connection: sa.Connection, actor: Actor, wish: NewEquipment, now: int) -> Equipment:
    """Create equipment at the actor's institution."""
    made = create_equipment(connection, _managed(actor), wish, now)
    _note(connection, actor, made, {"after": msgspec.structs.asdict(wish)}, now)
    return made


def change_room(
    connection: sa.Connection, actor: Actor, public_id: str, patch: RoomPatch, *, version: int, now: int
) -> Room:
    """Change a room of the actor's institution.

    Raises:
        NotFoundError: There is none in the actor's scope.
        StaleError: Somebody changed it since version ``version``.
        NameTakenError: The institution has something else of that name.
    """
    before = see_room(connection, actor, public_id)
    require(actor, "rooms.manage", Subject(institution=before.institution_id))
    changes = msgspec.to_builtins(model.checked(patch))
    if before.version != version:
        raise StaleError
    name = changes.get("name", before.name)
    if name != before.name and resources.has_name(connection, before.institution_id, name):
        raise NameTakenError(name)
    if not resources.replace(connection, before, changes):
        raise StaleError
    _note(connection, actor, before, {"before": {k: getattr(before, k) for k in changes}, "after": changes}, now)
    return see_room(connection, actor, public_id)


def see_rooms(connection: sa.Connection, actor: Actor) -> list[Room]:
    """The rooms of the actor's institution, then those that others share."""
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    return resources.rooms_for(connection, actor.institution_id)


def see_equipment(connection: sa.Connection, actor: Actor) -> list[Equipment]:
    """The equipment of the actor's institution, then what others share."""
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    return resources.equipment_for(connection, actor.institution_id)


def see_room(connection: sa.Connection, actor: Actor, public_id: str) -> Room:
    """One room in the actor's scope.

    Raises:
        NotFoundError: There is none.
    """
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    found = resources.resources_by_public_id(connection, [public_id], actor.institution_id).get(public_id)
    if not isinstance(found, Room):
        raise NotFoundError("room")
    return found


def see_bookings(
    connection: sa.Connection, actor: Actor, public_id: str | None, span: Span, cursor: str | None = None
) -> tuple[list[tuple[Busy, bool]], str | None]:
    """A page of what is taken in a span of one resource, or of all in scope, and whether the actor may know by what.

    Raises:
        NotFoundError: The resource isn't in the actor's scope.
    """
    require(actor, "bookings.see", Subject(institution=actor.institution_id))
    asked = [each.id for each in _asked(connection, actor.institution_id, public_id)]
    found, following = fetched(partial(bookings.bookings_between, connection, asked, *span), cursor)
    return [(each, _open(actor, each)) for each in found], following


def _open(actor: Actor, busy: Busy) -> bool:
    """Whoever booked it and administrators of the house that booked may know more, and those of the room's house."""
    booked_by = Subject(institution=busy.institution_id, owner=busy.owner_id)
    held_at = Subject(institution=busy.resource_institution_id)
    return allowed(actor, "booking.see", booked_by) or allowed(actor, "booking.see", held_at)


def _asked(connection: sa.Connection, institution_id: int | None, public_id: str | None) -> Sequence[Resource]:
    if public_id is None:
        return [
            *resources.rooms_for(connection, institution_id),
            *resources.equipment_for(connection, institution_id),
        ]
    found = resources.resources_by_public_id(connection, [public_id], institution_id)
    if public_id not in found:
        raise NotFoundError("room or equipment")
    return [found[public_id]]


def _managed(actor: Actor) -> int:
    """The institution whose rooms the actor manages."""
    require(actor, "rooms.manage", Subject(institution=actor.institution_id))
    assert actor.institution_id is not None, "the matrix lets only an institution's own people manage its rooms"
    return actor.institution_id


def _insert(
    connection: sa.Connection, institution_id: int, wish: NewRoom | NewEquipment, more: dict[str, Any], now: int
) -> Resource:
    values = {
        **msgspec.structs.asdict(wish),
        **more,
        "public_id": new_id(),
        "institution_id": institution_id,
        "created_at": now,
        "version": 1,
    }
    made = resources.insert(connection, values)
    if made is None:
        raise NameTakenError(wish.name)
    return made


def _note(connection: sa.Connection, actor: Actor, of: Resource, facts: dict[str, Any], now: int) -> None:
    entry = audit.Entry(now, actor.person_id, of.institution_id, "rooms.manage", "resource", of.id, facts)
    audit.append(connection, [entry])
