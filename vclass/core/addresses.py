"""Mail addresses: one strict reader for forms, API bodies, the command line, mails and calendars.

Less than RFC 5322 permits on purpose: what passes here can stand in a mail header, an SMTP envelope and a calendar
unquoted. Only a dot-atom before the @: no quotes, commas, angle brackets, controls, nor other alphabets.
"""

import functools
import re
from typing import Final

import idna

from vclass.core.refusals import FieldError, InvalidInputError

LONGEST: Final = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL: Final = 64
ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL: Final = re.compile(rf"{ATOM}(?:\.{ATOM})*", re.ASCII)
SHOWN: Final = 60  # characters of a stranger's text repeated in a message


class AddressError(InvalidInputError):
    """This is not an address that mail can be sent to."""

    def __init__(self, text: str, field: str) -> None:
        sentence = f"{text[:SHOWN]!r} is not a mail address; write one like anna@university.example"
        super().__init__([FieldError(field, sentence)])


def address(text: str, field: str = "email") -> str:
    """Somebody's address in the one form that is stored and compared: lower case, the domain in ASCII, with a dot.

    Args:
        text: What a person or a program wrote.
        field: The name of the field, for the message.

    Raises:
        AddressError: Mail cannot be sent there.
    """
    stored = mailbox(text.strip(), field).lower()
    last = stored.rpartition("@")[2].rpartition(".")
    if not last[1] or last[2].isdigit():
        raise AddressError(text, field)
    return stored


def mailbox(text: str, field: str = "email") -> str:
    """An address as it is used, its letters kept before the @, its domain in ASCII and lower case (IDNA 2008).

    Raises:
        AddressError: Mail cannot be sent there.
    """
    local, _, domain = text.rpartition("@")
    if len(text) > LONGEST or len(local) > LONGEST_LOCAL or not LOCAL.fullmatch(local):
        raise AddressError(text, field)
    try:
        ascii_domain = _in_ascii(domain)
    except (idna.IDNAError, UnicodeError):
        raise AddressError(text, field) from None
    if ascii_domain.endswith(".") or len(local) + 1 + len(ascii_domain) > LONGEST:
        raise AddressError(text, field)
    return f"{local}@{ascii_domain}"


@functools.lru_cache(1024)
def _in_ascii(domain: str) -> str:
    """A mail asks for few domains, again and again, and each takes 50 us."""
    return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
