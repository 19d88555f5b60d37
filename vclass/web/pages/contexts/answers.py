"""Answers: the question on the personal page, what the lesson's teachers see, and the invitation doctor."""

from dataclasses import dataclass
from typing import ClassVar

from vclass.core.spans import Span
from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class DateToAnswer:
    """One date of a series, by its public id, and what is answered to it (a PARTSTAT).

    It is ``unsure`` while its time waits for approval.
    """

    id: str
    span: Span
    partstat: str
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer that came in the reader's name and waits for their word."""

    id: str
    partstat: str
    at: Instant
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """Whether the reader comes: ``partstat`` answers the whole, ``dates`` those of a series that are to come.

    ``chosen`` is what a link in a mail pointed to; it counts once the button is pressed. ``sequence`` is that of the
    times on the page, sent back by every form.
    """

    path: str
    partstat: str
    sequence: int
    dates: tuple[DateToAnswer, ...] = ()
    waiting: tuple[WaitingAnswer, ...] = ()
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """Who gave one answer to the whole."""

    partstat: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DateAnswer:
    """What somebody answered to one date, where it isn't what they answered to the whole."""

    name: str
    span: Span
    partstat: str


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """Another time that somebody proposes.

    ``taken`` are names of what isn't free then, ``accept`` is the page where the time is filled in. With ``whole`` all
    dates would move like this first one.
    """

    id: str
    name: str
    span: Span
    before: Span
    comment: str
    taken: tuple[str, ...]
    accept: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class StrayLine:
    """An answer from an address that isn't invited."""

    id: str
    address: str
    sender: str
    partstat: str
    comment: str
    at: Instant


@dataclass(frozen=True, slots=True)
class AnswersCard:
    """What the lesson's teachers see of its answers; ``people`` are ids and names, to say whose a stray answer is."""

    counts: tuple[AnswerCount, ...]
    dates: tuple[DateAnswer, ...] = ()
    proposals: tuple[ProposalLine, ...] = ()
    strays: tuple[StrayLine, ...] = ()
    people: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as it went: ``file`` is the path of its calendar object with the link taken out, or ""."""

    news: str
    method: str
    sequence: int
    stamp: Instant
    state: str
    at: Instant
    tries: int
    error: str
    file: str
    date: Span | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer in the history of an attendee."""

    partstat: str
    state: str
    source: str
    at: Instant
    comment: str = ""
    delegated_to: str = ""
    sender: str = ""
    date: Span | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """An attendee in the invitation doctor; ``removed`` ones get nothing sent any more."""

    id: str
    name: str
    email: str
    removed: bool
    partstat: str
    mails: tuple[SentMail, ...]
    answers: tuple[GivenAnswer, ...]


@dataclass(frozen=True, slots=True)
class DoctorPage:
    """What was sent to each attendee of a lesson, how it went, and what came back."""

    template: ClassVar[str] = "invitations.html"

    lesson: str
    title: str
    people: tuple[Patient, ...]
    rsvp: bool
    may_send: bool
