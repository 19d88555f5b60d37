"""Busy times that people bring from their other calendars: kept as intervals only, fetched again where they can be."""

from schedules.busy.fetching import Fetcher
from schedules.busy.guard import Reach, open_reach
from schedules.busy.importer import IMPORTER, Importer
from schedules.busy.model import (
    MOST_SOURCES,
    CalendarRefusedError,
    NotAnAddressError,
    Problem,
    TooManyCalendarsError,
)
from schedules.busy.readers import Readers
from schedules.busy.service import forget_person, remove
from schedules.busy.store import busy_between
from schedules.busy.web import routes, shown_all
from schedules.busy.wire import UNNAMED, CalendarView, PartView, ProblemView, named

__all__ = [
    "IMPORTER",
    "MOST_SOURCES",
    "UNNAMED",
    "CalendarRefusedError",
    "CalendarView",
    "Fetcher",
    "Importer",
    "NotAnAddressError",
    "PartView",
    "Problem",
    "ProblemView",
    "Reach",
    "Readers",
    "TooManyCalendarsError",
    "busy_between",
    "forget_person",
    "named",
    "open_reach",
    "remove",
    "routes",
    "shown_all",
]
