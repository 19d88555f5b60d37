"""The mail around a calendar object (RFC 6047), in the tree that calendar programs expect.

multipart/mixed
  multipart/alternative
    text/plain, text/html, text/calendar; method=... (the last, without Content-Disposition)
  application/ics, the same bytes as an attachment

Every part is base64 or quoted-printable, so no relay needs 8BITMIME and no signature breaks on the way.
"""

import email.utils
import re
from dataclasses import dataclass
from typing import Final

from schedules.ical import mime
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


def compose(letter: Letter, calendar: bytes | None = None) -> bytes:
    """The whole mail; the `method` parameter is read from the calendar itself, so the two never differ.

    Raises:
        AddressError: for a sender, recipient or reply address that isn't one.
        ValueError: for a Message-ID that isn't one, or a calendar without METHOD.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(letter).items()).encode()
    mark = letter.message_id[1:].partition("@")[0]
    words = [
        mime.text_part("text/plain", _printable(letter.text)),
        mime.text_part("text/html", _printable(letter.html)),
    ]
    if calendar is None:
        return head + mime.multipart("alternative", mark, words)
    inline, attached = _calendar_parts(calendar)
    return head + mime.multipart(
        "mixed", mark, [mime.multipart("alternative", f"{mark}.a", [*words, inline]), attached]
    )


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


def _headers(letter: Letter) -> dict[str, str]:
    if MESSAGE_ID.fullmatch(letter.message_id) is None or len(letter.message_id) > LONGEST_ID:
        raise ValueError(f"{letter.message_id[:80]!r} is not a Message-ID of at most {LONGEST_ID} characters")
    answers = {"Reply-To": _mailbox(letter.sender_name, letter.reply_to)} if letter.reply_to else {}
    ends = {"List-Unsubscribe": f"<{_one_line(letter.unsubscribe)}>"} if letter.unsubscribe else {}
    return {
        "Date": email.utils.formatdate(letter.written, usegmt=True),
        "From": _mailbox(letter.sender_name, letter.sender),
        "To": _mailbox(letter.recipient_name, letter.recipient),
        **answers,
        "Subject": mime.free_text(_one_line(letter.subject)[:LONGEST_SUBJECT].rstrip()),
        "Message-ID": letter.message_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834 section 5
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        **ends,
        **({"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if ends else {}),
        "MIME-Version": "1.0",
    }


def _calendar_parts(calendar: bytes) -> tuple[bytes, bytes]:
    """The calendar as an alternative to the words, and the same octets as an attachment."""
    method = METHOD.search(calendar)
    if method is None:
        raise ValueError("the calendar object has no METHOD")
    inline = mime.base64_part(f'text/calendar; method={method[1].decode()}; charset="utf-8"', calendar)
    disposition = 'attachment; filename="invite.ics"'
    attached = mime.base64_part('application/ics; name="invite.ics"', calendar, Content_Disposition=disposition)
    return inline, attached


def _mailbox(name: str, address: str) -> str:
    return mime.mailbox(_one_line(name)[:LONGEST_NAME].rstrip(), check_address(address))


def _one_line(value: str) -> str:
    return BREAKING.sub(" ", value).strip()


def _printable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
