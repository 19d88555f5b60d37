"""Calendars over CalDAV, to be read (RFC 4791, RFC 6578, RFC 6764), and the app passwords that open them."""

from schedules.caldav.model import BrokenXmlError, PreconditionError, ReadOnlyError, speaks
from schedules.caldav.passwords import TooManyPasswordsError, forget_person, login, note_use
from schedules.caldav.passwords_web import routes as password_routes
from schedules.caldav.web import refused, routes

__all__ = [
    "BrokenXmlError",
    "PreconditionError",
    "ReadOnlyError",
    "TooManyPasswordsError",
    "forget_person",
    "login",
    "note_use",
    "password_routes",
    "refused",
    "routes",
    "speaks",
]
