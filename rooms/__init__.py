"""Auditory rooms and equipment, and the rule that nothing is ever booked twice."""

from rooms.batch import Clerk, preview
from rooms.desk import DESK, Desk
from rooms.model import (
    LATER,
    BookingWish,
    Busy,
    Claim,
    Clash,
    Equipment,
    NameTakenError,
    NewEquipment,
    NewRoom,
    Resource,
    Result,
    Room,
    RoomKind,
    RoomPatch,
    Taken,
    Want,
    Wish,
)
from rooms.service import (
    add_equipment,
    add_room,
    change_room,
    create_equipment,
    create_room,
    see_bookings,
    see_equipment,
    see_room,
    see_rooms,
)
from rooms.store.bookings import bookings_between
from rooms.store.resources import equipment_for, free_rooms, resources_by_ids, resources_by_public_id, rooms_for
from rooms.store.tables import booking
from rooms.web import routes

__all__ = [
    "DESK",
    "LATER",
    "BookingWish",
    "Busy",
    "Claim",
    "Clash",
    "Clerk",
    "Desk",
    "Equipment",
    "NameTakenError",
    "NewEquipment",
    "NewRoom",
    "Resource",
    "Result",
    "Room",
    "RoomKind",
    "RoomPatch",
    "Taken",
    "Want",
    "Wish",
    "add_equipment",
    "add_room",
    "booking",
    "bookings_between",
    "change_room",
    "create_equipment",
    "create_room",
    "equipment_for",
    "free_rooms",
    "preview",
    "resources_by_ids",
    "resources_by_public_id",
    "rooms_for",
    "routes",
    "see_bookings",
    "see_equipment",
    "see_room",
    "see_rooms",
]
