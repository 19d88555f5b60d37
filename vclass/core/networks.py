"""Whose an Internet address is, as far as limits for strangers are concerned."""

import functools
import ipaddress
from typing import Final

NETWORK_BITS: Final = 64  # what one subscriber has of IPv6


@functools.lru_cache(4096)
def subscriber(remote: str) -> str:
    """An address; of IPv6 the network, since a subscriber has 2 to the 64 addresses. Empty for what is none."""
    try:
        address = ipaddress.ip_address(remote)
    except ValueError:
        return ""
    if address.version == 4:  # noqa: PLR2004  the Internet Protocol's
        return str(address)
    return str(ipaddress.ip_network((int(address), NETWORK_BITS), strict=False))
