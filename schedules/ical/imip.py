"""The mail around a calendar object (RFC 6047), in the tree that calendar programs expect.

multipart/mixed
  multipart/alternative
    text/plain, text/html, text/calendar; method=... (the last, without Content-Disposition)
  application/ics, the same bytes as an attachment

Every part is base64 or quoted-printable, so no relay needs 8BITMIME and no signature breaks on the way.
"""

import email.policy
import email.utils
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final

from schedules.ical.addresses import check_address
from vclass.core.zones import Instant

__all__ = ["Letter", "compose", "envelope_sender", "message_id"]

METHOD: Final = re.compile(rb"\r\nMETHOD:([A-Z]+)\r\n")
BREAKING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
TOKEN: Final = re.compile(r"[A-Za-z0-9_.=-]{1,48}")
MESSAGE_ID: Final = re.compile(r"<[A-Za-z0-9_.=-]+@[a-z0-9.-]+>")
LONGEST_ID: Final = 60  # a longer line would be folded, and some relays then change it
LONGEST_NAME: Final = 100
LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A finished letter: its words are rendered elsewhere.

    Attributes:
        sender: From, of the same domain as the organizer's address.
        recipient: To.
        reply_to: where people's answers go; empty for the sender.
        message_id: with angle brackets, at most 60 characters; the same for each try.
        written: the Date.
        unsubscribe: the address of a page where one POST ends mails of this kind (RFC 8058); empty for mail that
            nobody may miss.
    """

    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str
    message_id: str
    written: Instant
    reply_to: str = ""
    unsubscribe: str = ""


def compose(letter: Letter, calendar: bytes | None = None) -> EmailMessage:
    """The whole mail; the `method` parameter is read from the calendar itself, so the two never differ.

    Raises:
        AddressError: for a sender, recipient or reply address that isn't one.
        ValueError: for a Message-ID that isn't one, or a calendar without METHOD.
    """
    message = EmailMessage(policy=email.policy.SMTP)
    _set_headers(message, letter)
    message.set_content(_printable(letter.text), cte="quoted-printable")
    message.add_alternative(_printable(letter.html), subtype="html", cte="quoted-printable")
    if calendar is not None:
        _add_calendar(message, calendar)
    return message


def envelope_sender(token: str, domain: str) -> str:
    """The return path of one mail, by which a bounce names it: `bounce+TOKEN@domain`.

    Raises:
        ValueError: for a token that can't stand in an address.
    """
    if TOKEN.fullmatch(token) is None:
        raise ValueError(f"{token[:60]!r} can't stand in a return path")
    return check_address(f"bounce+{token}@{domain}")


def message_id(left: str, domain: str) -> str:
    """`<left@domain>`, at most 60 characters: a long domain loses its first labels."""
    room = LONGEST_ID - len(left) - len("<@>")
    labels = domain.lower().split(".")
    while len(".".join(labels)) > room and len(labels) > 1:
        labels.pop(0)
    return f"<{left}@{'.'.join(labels)[-room:].lstrip('-.')}>"


def _set_headers(message: EmailMessage, letter: Letter) -> None:
    if MESSAGE_ID.fullmatch(letter.message_id) is None or len(letter.message_id) > LONGEST_ID:
        raise ValueError(f"{letter.message_id[:80]!r} is not a Message-ID of at most {LONGEST_ID} characters")
    message["Date"] = email.utils.formatdate(letter.written, usegmt=True)
    message["From"] = _address(letter.sender_name, letter.sender)
    message["To"] = _address(letter.recipient_name, letter.recipient)
    if letter.reply_to:
        message["Reply-To"] = _address(letter.sender_name, letter.reply_to)
    message["Subject"] = _one_line(letter.subject)[:LONGEST_SUBJECT]
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{_one_line(letter.unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _add_calendar(message: EmailMessage, calendar: bytes) -> None:
    method = METHOD.search(calendar)
    if method is None:
        raise ValueError("the calendar object has no METHOD")
    parameters = {"method": method[1].decode(), "charset": "utf-8"}
    # Bytes, not str: the default policy would turn CRLF inside base64 into LF.
    message.add_alternative(calendar, maintype="text", subtype="calendar", params=parameters, cte="base64")
    message.add_attachment(
        calendar, maintype="application", subtype="ics", filename="invite.ics", params={"name": "invite.ics"}
    )


def _address(name: str, address: str) -> Address:
    return Address(_one_line(name)[:LONGEST_NAME], addr_spec=check_address(address))


def _one_line(value: str) -> str:
    return BREAKING.sub(" ", value).strip()


def _printable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
