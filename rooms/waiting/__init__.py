"""The waiting list: who waits for what, in order; offers with a deadline, taken or let go."""

from rooms.waiting.clerks import clerks
from rooms.waiting.line import WaitingList
from rooms.waiting.model import ACCEPT, LAPSE, WITHDRAW, NotWaitingError, OfferGoneError
from rooms.waiting.web import WAITING_LIST, routes

__all__ = [
    "ACCEPT",
    "LAPSE",
    "WAITING_LIST",
    "WITHDRAW",
    "NotWaitingError",
    "OfferGoneError",
    "WaitingList",
    "clerks",
    "routes",
]
