"""The API of rooms, equipment, blockings and bookings: decode, one call, encode."""

from rooms.web import bookings, equipment, photos, rooms
from rooms.web.base import changed, routes
from rooms.web.views import RoomView, room_views

__all__ = ["RoomView", "bookings", "changed", "equipment", "photos", "room_views", "rooms", "routes"]
