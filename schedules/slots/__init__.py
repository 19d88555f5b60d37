"""Find a time that suits people, rooms and kit of several institutions; pure, values in and values out."""

from schedules.slots.finder import find
from schedules.slots.model import (
    MOST_PEOPLE,
    MOST_WEEKS,
    Candidate,
    Choice,
    Need,
    Person,
    Presence,
    Query,
    Slot,
    Week,
    WeeklySlot,
)
from schedules.slots.timetable import DaysOff, Reason, Timetable, Why
from schedules.slots.weekly import weekly

__all__ = [
    "MOST_PEOPLE",
    "MOST_WEEKS",
    "Candidate",
    "Choice",
    "DaysOff",
    "Need",
    "Person",
    "Presence",
    "Query",
    "Reason",
    "Slot",
    "Timetable",
    "Week",
    "WeeklySlot",
    "Why",
    "find",
    "weekly",
]
