"""Busy times that people bring from their other calendars: kept as intervals only, fetched again where they can be."""

from schedules.busy.fetching import Fetcher
from schedules.busy.guard import Reach, open_reach
from schedules.busy.importer import IMPORTER, Importer
from schedules.busy.model import (
    LONGEST_NAME,
    MOST_SOURCES,
    CalendarRefusedError,
    NotAnAddressError,
    Problem,
    Source,
    TooManyCalendarsError,
)
from schedules.busy.readers import Readers
from schedules.busy.service import brought, forget_person, remove
from schedules.busy.store import busy_between
from schedules.busy.web import routes
from schedules.busy.wire import UNNAMED, masked, named

__all__ = [
    "IMPORTER",
    "LONGEST_NAME",
    "MOST_SOURCES",
    "UNNAMED",
    "CalendarRefusedError",
    "Fetcher",
    "Importer",
    "NotAnAddressError",
    "Problem",
    "Reach",
    "Readers",
    "Source",
    "TooManyCalendarsError",
    "brought",
    "busy_between",
    "forget_person",
    "masked",
    "named",
    "open_reach",
    "remove",
    "routes",
]
