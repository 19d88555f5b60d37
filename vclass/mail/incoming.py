"""A received mail as a value: octets in, no I/O. What it means for a lesson is not decided here.

Nothing in a mail is trusted but what the receiving server wrote on top of it, and nothing in it raises.
"""

import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Final

from schedules.answers import CalendarPart, Incoming
from vclass.core.zones import Instant
from vclass.mail.authentication import verdict
from vclass.mail.bounces import Bounce, bounce_of

__all__ = ["LONGEST", "Envelope", "Received", "classify"]

LONGEST: Final = 5_000_000
"""Octets: a longer mail is taken and not read."""
MOST_PARTS: Final = 100
CALENDAR_TYPES: Final = frozenset({"text/calendar", "application/ics"})
POLICY: Final = email.policy.compat32
FOLD: Final = re.compile(r"\s+")
LONGEST_ID: Final = 998


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom a mail was handed over, and when."""

    sender: str
    recipient: str
    received_at: Instant


@dataclass(frozen=True, slots=True)
class Received:
    """What a mail is: one with calendar objects, a bounce, or neither, which changes nothing."""

    message_id: str
    incoming: Incoming | None = None
    bounce: Bounce | None = None


def classify(content: bytes, envelope: Envelope, trusted_authserv_id: str) -> Received:
    """What a mail is, whatever its octets.

    Args:
        content: The mail as it came.
        envelope: How it came.
        trusted_authserv_id: Whose Authentication-Results count.
    """
    if len(content) > LONGEST:
        return Received("")
    try:
        return _classify(content, envelope, trusted_authserv_id)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Received("")  # the standard library's parser stumbles over some malformed mails in these ways


def _classify(content: bytes, envelope: Envelope, trusted_authserv_id: str) -> Received:
    message = BytesParser(policy=POLICY).parsebytes(content)
    message_id = _line(message, "Message-ID")[:LONGEST_ID]
    bounce = bounce_of(message)
    parts = () if bounce else tuple(_calendar_parts(message))
    if not parts:
        return Received(message_id, bounce=bounce)
    author = _author(message)
    results = [str(each) for each in message.get_all("Authentication-Results", [])]
    incoming = Incoming(
        recipient=envelope.recipient,
        envelope_sender=envelope.sender,
        header_from=author,
        auto_submitted=_auto_submitted(message),
        authenticated=verdict(results, trusted_authserv_id, author.rpartition("@")[2]),
        parts=parts,
        message_id=message_id,
        received_at=envelope.received_at,
    )
    return Received(message_id, incoming)


def _calendar_parts(message: Message) -> Iterator[CalendarPart]:
    """The calendar objects anywhere in the tree, but not in mails that are forwarded inside it."""
    for part in _leaves(message):
        if part.get_content_type() in CALENDAR_TYPES:
            content = part.get_payload(decode=True)
            method = part.get_param("method")
            if isinstance(content, bytes):
                yield CalendarPart(content, method if isinstance(method, str) else None)


def _leaves(message: Message) -> Iterator[Message]:
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        if not part.is_multipart():
            yield part
        elif part.get_content_maintype() == "multipart":
            waiting[:0] = [each for each in part.get_payload() if isinstance(each, Message)]


def _author(message: Message) -> str:
    found = [address for _, address in getaddresses([str(each) for each in message.get_all("From", [])]) if address]
    return found[0].lower() if len(found) == 1 else ""


def _auto_submitted(message: Message) -> bool:
    """RFC 3834 section 5: anything but `no`; and the older ways to say so."""
    said = _line(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _line(message, "Precedence").lower()
    return said not in ("", "no") or precedence == "auto_reply" or bool(_line(message, "X-Autoreply"))


def _line(message: Message, name: str) -> str:
    return FOLD.sub(" ", str(message.get(name, ""))).strip()
