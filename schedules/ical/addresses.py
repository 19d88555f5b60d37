"""Mail addresses as calendars and mails carry them."""

import urllib.parse
from typing import Final

from vclass.core.addresses import AddressError
from vclass.core.addresses import mailbox as check_address

__all__ = ["AddressError", "check_address", "mailto"]

URI_SAFE: Final = "!$'*+=_~-."


def mailto(address: str) -> str:
    """The address as a URI (RFC 6068)."""
    local, _, domain = check_address(address).rpartition("@")
    return f"mailto:{urllib.parse.quote(local, safe=URI_SAFE)}@{domain}"
