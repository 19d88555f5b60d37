"""Terms, closures and working hours of institutions and people: what lessons are planned around."""

from schedules.terms.model import Calendar, ClosedDayError, Days, Hindrance, TermNameTakenError, hindrance
from schedules.terms.service import add, calendars, remove, timetables
from schedules.terms.store import hours_of_institutions, hours_of_people

__all__ = [
    "Calendar",
    "ClosedDayError",
    "Days",
    "Hindrance",
    "TermNameTakenError",
    "add",
    "calendars",
    "hindrance",
    "hours_of_institutions",
    "hours_of_people",
    "remove",
    "timetables",
]
