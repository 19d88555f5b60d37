"""Rooms and equipment as the API shows them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.resources_model import Approval, Card, Details, Equipment, Hours, PoolKind, Room, RoomKind
from rooms.store import resources
from vclass import people
from vclass.core.wire import API


class _TermsView(msgspec.Struct, frozen=True, kw_only=True):
    """How something may be booked; where a number is null one may book as far ahead, as long as one likes."""

    shared: bool
    approval: Approval
    answer_hours: int = 72
    setup_minutes: int = 0
    teardown_minutes: int = 0
    horizon_days: int | None = None
    longest_minutes: int | None = None
    features: tuple[str, ...] = ()


class RoomView(_TermsView, frozen=True):
    """A hall or a virtual room; without ``hours`` it is always open. ``photo`` is where its picture is."""

    id: str
    institution: str
    kind: RoomKind
    name: str
    zone: str
    seats: int
    hours: tuple[Hours, ...] = ()
    card: Card = Card()
    photo: str | None = None


class EquipmentView(_TermsView, frozen=True):
    """Equipment or licences of which there are so many alike."""

    id: str
    institution: str
    name: str
    quantity: int
    kind: PoolKind = "equipment"


def room_views(connection: sa.Connection, rooms: Sequence[Room]) -> list[RoomView]:
    """Rooms with all that there is to say of them."""
    details, institutions = resources.details_of(connection, [each.id for each in rooms]), institution_ids(connection)
    return [_room_view(each, details[each.id], institutions) for each in rooms]


def equipment_views(connection: sa.Connection, pools: Sequence[Equipment]) -> list[EquipmentView]:
    """Equipment with all that there is to say of it."""
    details, institutions = resources.details_of(connection, [each.id for each in pools]), institution_ids(connection)
    return [_equipment_view(each, details[each.id], institutions) for each in pools]


def institution_ids(connection: sa.Connection) -> dict[int, str]:
    """The public id of each institution."""
    return {each.id: each.public_id for each in people.institutions(connection)}


def _room_view(each: Room, details: Details, institutions: dict[int, str]) -> RoomView:
    return RoomView(
        id=each.public_id,
        institution=institutions[each.institution_id],
        kind=each.kind,
        name=each.name,
        zone=each.zone,
        seats=each.seats,
        hours=tuple(map(Hours.of, details.openings)),
        card=each.card,
        photo=None if details.photo is None else f"{API}/rooms/{each.public_id}/photo",
        **_terms(each, details),
    )


def _equipment_view(each: Equipment, details: Details, institutions: dict[int, str]) -> EquipmentView:
    return EquipmentView(
        id=each.public_id,
        institution=institutions[each.institution_id],
        name=each.name,
        quantity=each.quantity,
        kind=each.kind,
        **_terms(each, details),
    )


def _terms(each: Room | Equipment, details: Details) -> dict[str, Any]:
    return {**asdict(each.terms), "shared": each.shared, "approval": each.approval, "features": details.features}
