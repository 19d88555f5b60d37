"""iCalendar: invitations and cancellations as bytes (RFC 5545, 5546), and the mail that carries them (RFC 6047)."""

from schedules.ical.addresses import AddressError, check_address
from schedules.ical.imip import Letter, compose, envelope_sender, message_id
from schedules.ical.itip import Attendee, Invitation, Organizer, cancel, request
from schedules.ical.vtimezone import definition
from schedules.ical.writer import CalendarValueError

__all__ = [
    "AddressError",
    "Attendee",
    "CalendarValueError",
    "Invitation",
    "Letter",
    "Organizer",
    "cancel",
    "check_address",
    "compose",
    "definition",
    "envelope_sender",
    "message_id",
    "request",
]
