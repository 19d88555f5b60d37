"""Delivery reports (RFC 3464): whether a mail came back for good, and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Final

__all__ = ["Bounce", "bounce_of"]

LONGEST_REASON: Final = 300
TYPED: Final = re.compile(r"^\s*[A-Za-z0-9-]+\s*;\s*")
SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report on a mail of ours; only one that says that it ``failed`` changes something."""

    failed: bool
    reason: str


def bounce_of(message: Message) -> Bounce | None:
    """The report that a mail is; None for any other mail."""
    if message.get_content_type() != "multipart/report":
        return None
    if str(message.get_param("report-type", "")).lower() not in ("delivery-status", ""):
        return None
    failed = [each for each in _recipients(message) if _word(each, "Action") == "failed"]
    return Bounce(bool(failed), _reason(failed[0]) if failed else "")


def _recipients(message: Message) -> Iterator[Message]:
    """The groups of fields in the report, one for each recipient; the first is about the mail itself."""
    for part in message.get_payload() if message.is_multipart() else []:
        if isinstance(part, Message) and part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (each for each in part.get_payload() if isinstance(each, Message))


def _reason(fields: Message) -> str:
    status, diagnosis = _text(fields, "Status"), TYPED.sub("", _text(fields, "Diagnostic-Code"))
    return " ".join(each for each in (status, diagnosis) if each)[:LONGEST_REASON] or "returned without a reason"


def _word(fields: Message, name: str) -> str:
    return _text(fields, name).partition(" ")[0].lower()


def _text(fields: Message, name: str) -> str:
    return SPACES.sub(" ", str(fields.get(name, ""))).strip()
