"""Kit in people's hands: handed out for a booking, where it is, when it is due."""

from rooms.custody.model import AlreadyBackError, Custody, KitOutError, NotToHandOutError
from rooms.custody.overdue import tell_overdue
from rooms.custody.web import routes

__all__ = ["AlreadyBackError", "Custody", "KitOutError", "NotToHandOutError", "routes", "tell_overdue"]
