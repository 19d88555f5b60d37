"""Answers as values: what came by mail, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from schedules.partstats import Partstat
from vclass.core.refusals import Refusal
from vclass.core.spans import Span
from vclass.core.zones import Instant

Authentication: TypeAlias = Literal["pass", "fail", "none"]
"""What the receiving mail server said of the sender's domain; ``none`` where it said nothing that we trust."""
Policy: TypeAlias = Literal["if-present", "always"]
"""Whether an answer counts of which no mail server said anything (the setting ``mail.require_authentication``)."""
Source: TypeAlias = Literal["mail", "page", "teacher"]
"""How an answer came; a teacher says whose an answer from an unknown address is."""
State: TypeAlias = Literal["counted", "asked", "disowned"]
"""Whether an answer counts, waits for the attendee's word, or was none of theirs."""


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A text/calendar or application/ics part of a mail, decoded from its transfer encoding.

    ``method_parameter`` is what the part's Content-Type says; programs on the way lose it.
    """

    content: bytes
    method_parameter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail that came to a lesson's own address, with the calendar objects that were found in it.

    Attributes:
        recipient: The envelope's recipient, ``b-TOKEN@domain``.
        envelope_sender: The envelope's sender; empty for a bounce.
        header_from: The one address of the From header.
        auto_submitted: Whether a machine says that it answered by itself (RFC 3834); calendars' replies may say so too.
        authenticated: What is known of the sender.
        parts: The calendar objects, in the order of the mail.
        message_id: As the header has it; empty where there is none.
        received_at: When the mail came.
    """

    recipient: str
    envelope_sender: str
    header_from: str
    auto_submitted: bool
    authenticated: Authentication
    parts: tuple[CalendarPart, ...]
    message_id: str
    received_at: Instant


class Outcome(StrEnum):
    """What became of a mail: nothing of this is an error for the one who delivers it."""

    RECORDED = "recorded"
    """An answer, a proposal or a question was taken down."""
    KNOWN = "known"
    """It says what was known already, or less."""
    ASKED = "asked"
    """It counts once the attendee confirms it."""
    UNMATCHED = "unmatched"
    """It is from nobody who is invited; the lesson's teachers are asked."""
    REFUSED = "refused"
    """The sender's domain disowns it."""
    UNREADABLE = "unreadable"
    """None of its parts is a calendar object that answers something."""
    FOREIGN = "foreign"
    """No lesson has this address, or the object is about another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer in the history of an attendee: ``occurrence`` is a public id, or empty for the whole.

    ``to_old_time``: the lesson had moved since what it answers. ``sender`` is where it came from if from elsewhere.
    """

    id: str
    attendee_id: int
    occurrence: str
    source: Source
    partstat: Partstat
    sequence: int
    dtstamp: Instant
    comment: str
    delegated_to: str
    sender: str
    state: State
    to_old_time: bool
    received_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Another time that an attendee proposes."""

    id: str
    attendee_id: int
    occurrence: str
    span: Span
    sequence: int
    dtstamp: Instant
    comment: str
    received_at: Instant
    declined_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """An answer from an address that isn't invited: the lesson's teachers say whose it is, or put it away."""

    id: str
    lesson_id: int
    address: str
    sender: str
    occurrence: str
    method: str
    partstat: Partstat
    sequence: int
    dtstamp: Instant
    comment: str
    received_at: Instant


class NothingSentError(Refusal):
    """What was never said can't be said again."""

    slug = "nothing-sent"

    def __init__(self) -> None:
        super().__init__("Nobody was invited to this lesson yet. The invitation leaves once all of it is decided.")


class SentLatelyError(Refusal):
    """The same was sent a short while ago."""

    slug = "sent-lately"

    def __init__(self) -> None:
        super().__init__("This was sent within the hour. Wait for it to arrive, then try again.", retry_after=3600)
