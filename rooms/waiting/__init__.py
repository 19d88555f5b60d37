"""The waiting list: who waits for what, in order; offers with a deadline, taken or let go."""

from rooms.waiting.clerks import clerks
from rooms.waiting.line import WaitingList
from rooms.waiting.model import ACCEPT, LAPSE, LAPSED, WITHDRAW, NotWaitingError, OfferGoneError, Place
from rooms.waiting.service import in_the_way, place_of
from rooms.waiting.web import WAITING_LIST, routes

__all__ = [
    "ACCEPT",
    "LAPSE",
    "LAPSED",
    "WAITING_LIST",
    "WITHDRAW",
    "NotWaitingError",
    "OfferGoneError",
    "Place",
    "WaitingList",
    "clerks",
    "in_the_way",
    "place_of",
    "routes",
]
