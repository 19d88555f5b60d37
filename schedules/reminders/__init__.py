"""Reminders: two short mails before each lesson, to whoever wants them, taken back when the lesson changes."""

from schedules.reminders.links import holds, reminder_path
from schedules.reminders.model import KIND, Choice
from schedules.reminders.service import (
    choice_of,
    choose,
    forget_person,
    materialise,
    own_choice,
    put_own_choice,
    take_back,
)

__all__ = [
    "KIND",
    "Choice",
    "choice_of",
    "choose",
    "forget_person",
    "holds",
    "materialise",
    "own_choice",
    "put_own_choice",
    "reminder_path",
    "take_back",
]
