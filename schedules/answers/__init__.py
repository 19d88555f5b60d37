"""What attendees answer: by mail, on their own page, and what the lesson's teachers see of it."""

from schedules.answers.model import CalendarPart, Incoming, Outcome

__all__ = ["CalendarPart", "Incoming", "Outcome"]
