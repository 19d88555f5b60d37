"""What a person can do with rooms and equipment, apart from booking them.

Functions that take an ``actor`` ask the permission matrix and write the audit log; those that take none are for
callers that act for the installation itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from rooms.model import HOLDING
from rooms.photos import Photo
from rooms.resources_model import (
    Details,
    Equipment,
    Hours,
    NameTakenError,
    NewEquipment,
    NewRoom,
    Resource,
    Room,
    checked,
)
from rooms.store import occupancy, resources
from rooms.store.occupancy import Occupied, Sought, Viewer
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.paging import fetched
from vclass.core.refusals import NotFoundError
from vclass.core.tokens import new_id
from vclass.core.zones import Instant
from vclass.people import Subject, allowed, require

Kind = TypeVar("Kind", bound=Room | Equipment)


def create_room(connection: sa.Connection, institution_id: int, wish: NewRoom, now: Instant) -> Room:
    """Create a hall or a virtual room.

    Raises:
        InvalidInputError: Some fields are wrong.
        NameTakenError: The institution has something of that name.
    """
    made = _insert(connection, institution_id, checked(wish), now)
    assert isinstance(made, Room)
    return made


def create_equipment(connection: sa.Connection, institution_id: int, wish: NewEquipment, now: Instant) -> Equipment:
    """Create equipment or licences of which there are so many alike.

    Raises:
        InvalidInputError: Some fields are wrong.
        NameTakenError: The institution has something of that name.
    """
    made = _insert(connection, institution_id, checked(wish), now)
    assert isinstance(made, Equipment)
    return made


def add_room(connection: sa.Connection, actor: Actor, wish: NewRoom, now: Instant) -> Room:
    """Create a room at the actor's institution."""
    made = create_room(connection, managed(actor), wish, now)
    note(connection, actor, made, {"after": msgspec.to_builtins(wish)}, now)
    return made


def add_equipment(connection: sa.Connection, actor: Actor, wish: NewEquipment, now: Instant) -> Equipment:
    """Create equipment at the actor's institution."""
    made = create_equipment(connection, managed(actor), wish, now)
    note(connection, actor, made, {"after": msgspec.to_builtins(wish)}, now)
    return made


def see_rooms(connection: sa.Connection, actor: Actor) -> list[Room]:
    """The rooms of the actor's institution, then those that others share."""
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    return resources.rooms_for(connection, actor.institution_id)


def page_of_rooms(connection: sa.Connection, actor: Actor, cursor: str | None) -> tuple[Sequence[Room], str | None]:
    """A page of them."""
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    return fetched(partial(resources.rooms_for, connection, actor.institution_id), cursor)


def see_equipment(connection: sa.Connection, actor: Actor) -> list[Equipment]:
    """The equipment of the actor's institution, then what others share."""
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    return resources.equipment_for(connection, actor.institution_id)


def page_of_equipment(
    connection: sa.Connection, actor: Actor, cursor: str | None
) -> tuple[Sequence[Equipment], str | None]:
    """A page of it."""
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    return fetched(partial(resources.equipment_for, connection, actor.institution_id), cursor)


def see(connection: sa.Connection, actor: Actor, public_id: str, kind: type[Kind]) -> Kind:
    """One room, or the equipment of one name, in the actor's scope.

    Raises:
        NotFoundError: There is none.
    """
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    found = resources.resources_by_public_id(connection, [public_id], actor.institution_id).get(public_id)
    if not isinstance(found, kind):
        raise NotFoundError(kind.__name__.lower())
    return found


def see_room(connection: sa.Connection, actor: Actor, public_id: str) -> Room:
    """One room in the actor's scope.

    Raises:
        NotFoundError: There is none.
    """
    return see(connection, actor, public_id, Room)


def see_photo(connection: sa.Connection, actor: Actor, public_id: str) -> Photo:
    """The picture of a room in the actor's scope.

    Raises:
        NotFoundError: There is no such room, or it has none.
    """
    row = resources.photo_of(connection, see_room(connection, actor, public_id).id)
    if row is None:
        raise NotFoundError("photo")
    return Photo(row.media_type, row.content, row.digest)


def see_bookings(
    connection: sa.Connection, actor: Actor, sought: Sought, cursor: str | None = None
) -> tuple[list[tuple[Occupied, bool]], str | None]:
    """A page of what takes one resource, or any in scope, and whether the actor may know by what.

    Bookings in a state that takes nothing are told to those alone who may know more of them.

    Raises:
        NotFoundError: The resource isn't in the actor's scope.
    """
    require(actor, "bookings.see", Subject(institution=actor.institution_id))
    asked = [each.id for each in _asked(connection, actor.institution_id, sought.resource)]
    if sought.state is None or sought.state in HOLDING:
        states = HOLDING if sought.state is None else frozenset({sought.state})
        fetch = partial(occupancy.occupied, connection, asked, sought.span, states)
    else:
        fetch = partial(occupancy.wanted, connection, asked, sought.span, sought.state, viewer_of(actor))
    found, following = fetched(fetch, cursor)
    return [(each, may_know(actor, each)) for each in found], following


def may_know(actor: Actor, each: Occupied) -> bool:
    """Whoever booked it and administrators of the house that booked may know more, and those of the room's house."""
    booked_by = Subject(institution=each.institution_id, owner=each.owner_id)
    held_at = Subject(institution=each.resource_institution_id)
    return allowed(actor, "booking.see", booked_by) or allowed(actor, "booking.see", held_at)


def viewer_of(actor: Actor) -> Viewer:
    """The same as a condition for a query."""
    places = {place for place, _ in actor.roles}
    houses = {each for each in places if allowed(actor, "booking.see", Subject(institution=each))}
    return Viewer(actor.person_id or 0, frozenset(houses), everywhere=allowed(actor, "booking.see"))


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


def managed(actor: Actor) -> int:
    """The institution whose rooms the actor manages."""
    require(actor, "rooms.manage", Subject(institution=actor.institution_id))
    assert actor.institution_id is not None, "the matrix lets only an institution's own people manage its rooms"
    return actor.institution_id


def write(connection: sa.Connection, before: Resource, given: Mapping[str, Any]) -> None:
    """Change what is given of a resource that is locked; the values are checked."""
    resources.replace(connection, before, _columns(given))
    _write_lists(connection, before.id, given)


def note(connection: sa.Connection, actor: Actor, of: Resource, facts: dict[str, Any], now: Instant) -> None:
    """Write down who did what to a resource."""
    entry = audit.Entry(now, actor.person_id, of.institution_id, "rooms.manage", "resource", of.id, facts)
    audit.append(connection, [entry])


def as_told(of: Room | Equipment, details: Details) -> dict[str, Any]:
    """Everything that can be changed of a resource, under the names and in the shapes of the API."""
    told = {**asdict(of.terms), "features": details.features, "hours": [Hours.of(each) for each in details.openings]}
    told |= {name: getattr(of, name) for name in _PLAIN if hasattr(of, name)}
    shown: dict[str, Any] = msgspec.to_builtins(told)
    return shown


_PLAIN = ("kind", "name", "zone", "seats", "quantity", "shared", "approval", "card")
_LISTS = ("features", "hours")


def _insert(
    connection: sa.Connection, institution_id: int, wish: NewRoom | NewEquipment, now: Instant
) -> Resource | None:
    given = {field: getattr(wish, field) for field in wish.__struct_fields__}
    fixed = {"public_id": new_id(), "institution_id": institution_id, "created_at": now, "version": 1}
    made = resources.insert(connection, {"quantity": 1, **_columns(given), **fixed})
    if made is None:
        raise NameTakenError(wish.name, resources.free_name(connection, institution_id, wish.name))
    _write_lists(connection, made.id, given)
    return made


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: value for name, value in given.items() if name not in _LISTS}
    if "card" in columns:
        columns["card"] = msgspec.json.encode(columns["card"]).decode()
    return columns


def _write_lists(connection: sa.Connection, resource_id: int, given: Mapping[str, Any]) -> None:
    if "features" in given:
        resources.set_features(connection, resource_id, given["features"])
    if "hours" in given:
        resources.set_openings(connection, resource_id, [each.opening() for each in given["hours"]])
