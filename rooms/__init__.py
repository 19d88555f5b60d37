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
    Resource,
    Result,
    Room,
    RoomKind,
    Taken,
    Want,
    Wish,
)
from rooms.store.bookings import bookings_between
from rooms.store.resources import equipment_for, free_rooms, resources_by_ids, resources_by_public_id, rooms_for
from rooms.store.tables import booking

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
    "Resource",
    "Result",
    "Room",
    "RoomKind",
    "Taken",
    "Want",
    "Wish",
    "booking",
    "bookings_between",
    "equipment_for",
    "free_rooms",
    "preview",
    "resources_by_ids",
    "resources_by_public_id",
    "rooms_for",
]
