"""Mail that failed: whom it didn't reach and why, for administrators, until it is sent again or dealt with."""

from schedules.undelivered.model import NotToSendError, Undelivered
from schedules.undelivered.service import number_of_undelivered, send_again, settle, undelivered
from schedules.undelivered.web import routes

__all__ = [
    "NotToSendError",
    "Undelivered",
    "number_of_undelivered",
    "routes",
    "send_again",
    "settle",
    "undelivered",
]
