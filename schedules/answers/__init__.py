"""What attendees answer: by mail, on their own page, and what the lesson's teachers see of it."""

from schedules.answers.model import (
    CalendarPart,
    Given,
    Incoming,
    NothingSentError,
    Outcome,
    Proposal,
    SentLatelyError,
    Stray,
)
from schedules.answers.receiving import receive
from schedules.answers.recording import answer_on_page, confirm
from schedules.answers.service import Answers, Offered, decline, overview, send_again, settle_stray
from schedules.answers.store import history, history_of

__all__ = [
    "Answers",
    "CalendarPart",
    "Given",
    "Incoming",
    "NothingSentError",
    "Offered",
    "Outcome",
    "Proposal",
    "SentLatelyError",
    "Stray",
    "answer_on_page",
    "confirm",
    "decline",
    "history",
    "history_of",
    "overview",
    "receive",
    "send_again",
    "settle_stray",
]
