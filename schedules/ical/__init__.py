"""iCalendar: invitations and cancellations as bytes (RFC 5545, 5546), answers read, and the mail around them (6047)."""

from schedules.ical.addresses import AddressError, check_address
from schedules.ical.imip import Letter, compose, envelope_sender, message_id
from schedules.ical.itip import cancel, cancel_occurrence, decline_counter, request, request_occurrence
from schedules.ical.model import Attendee, Instance, Invitation, Organizer, Timetable
from schedules.ical.reader import Answerer, Moment, Scheduling, Statement, UnreadableCalendarError, read
from schedules.ical.shape import Apart, is_apart, left_behind, published_starts, shape_of
from schedules.ical.vtimezone import definition
from schedules.ical.writer import CalendarValueError

__all__ = [
    "AddressError",
    "Answerer",
    "Apart",
    "Attendee",
    "CalendarValueError",
    "Instance",
    "Invitation",
    "Letter",
    "Moment",
    "Organizer",
    "Scheduling",
    "Statement",
    "Timetable",
    "UnreadableCalendarError",
    "cancel",
    "cancel_occurrence",
    "check_address",
    "compose",
    "decline_counter",
    "definition",
    "envelope_sender",
    "is_apart",
    "left_behind",
    "message_id",
    "published_starts",
    "read",
    "request",
    "request_occurrence",
    "shape_of",
]
