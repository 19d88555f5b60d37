"""Mail addresses: one strict reader for forms, API bodies, the command line and calendars.

Less than RFC 5321 permits on purpose: what passes here can stand in a mail header, an SMTP envelope and a
``mailto:`` unquoted. No quoted local part, no comma, no angle bracket, no control character, no address literal.
"""

import re
from typing import Final

import idna

from vclass.core.refusals import FieldError, InvalidInputError

LONGEST: Final = 254
LONGEST_LOCAL: Final = 64
ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL: Final = re.compile(rf"{ATOM}(?:\.{ATOM})*", re.ASCII)
SHOWN: Final = 60  # characters of a stranger's text repeated in a message


class AddressError(InvalidInputError):
    """This is not an address that mail can be sent to."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__([FieldError(field, f"{text[:SHOWN]!r} is not a mail address; write it like name@example.org")])


def address(text: str, field: str = "email") -> str:
    """Give the address in the one form that is stored and compared: lower case, the domain in ASCII (RFC 5891).

    Args:
        text: What a person or a calendar wrote.
        field: The name of the field, for the message.

    Raises:
        AddressError: Mail cannot be sent there.
    """
    local, at, domain = text.strip().lower().rpartition("@")
    if not at or len(text) > LONGEST or len(local) > LONGEST_LOCAL or not LOCAL.fullmatch(local):
        raise AddressError(text, field)
    ascii_domain = _domain(domain)
    if ascii_domain is None or len(local) + 1 + len(ascii_domain) > LONGEST:
        raise AddressError(text, field)
    return f"{local}@{ascii_domain}"


def _domain(text: str) -> str | None:
    try:
        name = idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
    labels = name.split(".")
    return name if len(labels) > 1 and all(labels) and not labels[-1].isdigit() else None
