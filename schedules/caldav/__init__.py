"""Calendars over CalDAV, to be read (RFC 4791, RFC 6578, RFC 6764), and the app passwords that open them."""

from schedules.caldav.model import BrokenXmlError, PreconditionError, ReadOnlyError, speaks
from schedules.caldav.passwords import TooManyPasswordsError, forget_person, login, note_use, secret_of
from schedules.caldav.passwords import create as create_password
from schedules.caldav.passwords import listed as listed_passwords
from schedules.caldav.passwords import revoke as revoke_password
from schedules.caldav.passwords_web import routes as password_routes
from schedules.caldav.store import Password
from schedules.caldav.web import refused, routes

__all__ = [
    "BrokenXmlError",
    "Password",
    "PreconditionError",
    "ReadOnlyError",
    "TooManyPasswordsError",
    "create_password",
    "forget_person",
    "listed_passwords",
    "login",
    "note_use",
    "password_routes",
    "refused",
    "revoke_password",
    "routes",
    "secret_of",
    "speaks",
]
