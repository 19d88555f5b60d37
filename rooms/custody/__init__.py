"""Kit in people's hands: handed out for a booking, where it is, when it is due."""

from rooms.custody.counter import Counter, counter, out_of_house, overdue_of
from rooms.custody.labels import Labelled, kit_of_booking, kit_of_pool, labelled_pools
from rooms.custody.model import AlreadyBackError, Custody, KitOutError, NotToHandOutError
from rooms.custody.overdue import tell_overdue
from rooms.custody.service import Handing, check_in, check_out
from rooms.custody.web import routes

__all__ = [
    "AlreadyBackError",
    "Counter",
    "Custody",
    "Handing",
    "KitOutError",
    "Labelled",
    "NotToHandOutError",
    "check_in",
    "check_out",
    "counter",
    "kit_of_booking",
    "kit_of_pool",
    "labelled_pools",
    "out_of_house",
    "overdue_of",
    "routes",
    "tell_overdue",
]
