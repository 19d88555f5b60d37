"""Mail addresses, strictly: what is accepted can stand in a header, an envelope and a calendar without harm."""

import re
import urllib.parse
from typing import Final

import idna

from vclass.core.refusals import FieldError, InvalidInputError

__all__ = ["AddressError", "check_address", "mailto"]

LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
URI_SAFE: Final = "!$'*+=_~-."
LONGEST_LOCAL: Final = 64
LONGEST: Final = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
SHOWN: Final = 40


class AddressError(InvalidInputError):
    """A text that isn't a mail address we would send to."""

    def __init__(self, address: str, field: str = "email") -> None:
        sentence = f"{address[:SHOWN]!r} is not a mail address. Write one like anna@university.example."
        super().__init__([FieldError(field, sentence)])
        self.address = address


def check_address(address: str, field: str = "email") -> str:
    """The address with its domain in ASCII and lower case (IDNA 2008).

    Only a dot-atom before the @ (RFC 5322 section 3.4.1): no quotes, commas, angles, controls, nor other alphabets.

    Raises:
        AddressError: for everything else.
    """
    before, _, after = address.rpartition("@")
    try:
        domain = idna.encode(after, uts46=True).decode()
    except idna.IDNAError:
        raise AddressError(address, field) from None
    whole = f"{before}@{domain.lower()}"
    if len(before) > LONGEST_LOCAL or len(whole) > LONGEST or LOCAL.fullmatch(before) is None:
        raise AddressError(address, field)
    return whole


def mailto(address: str) -> str:
    """The address as a URI (RFC 6068)."""
    local, _, domain = check_address(address).rpartition("@")
    return f"mailto:{urllib.parse.quote(local, safe=URI_SAFE)}@{domain}"
