"""Which hosts may be asked: none within a private network, under whichever spelling (security rule F1).

The check stands at the socket, so that it sees the address that is really connected to: names that resolve to another
address a moment later, redirects and numeric addresses all end here.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from aiohttp.abc import AbstractResolver
from yarl import URL

from schedules.busy.model import LONGEST_ADDRESS

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

NOWHERE: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
"""Special networks (IANA's registries, RFC 6890), with those in which an IPv4 address is wrapped."""

GLOBAL: Final = ipaddress.ip_network("2000::/3")
"""The only IPv6 addresses of hosts in the open: mapped (::ffff:0:0/96) and translated ones (64:ff9b::/96) are not."""

SCHEMES: Final = {"webcal": "https", "webcals": "https"}


class ForbiddenAddressError(OSError):
    """A socket was to be opened to where nothing is fetched from."""


class WrongAddressError(ValueError):
    """An address that isn't one of a calendar in the open."""


def is_public(address: Address) -> bool:
    """Whether a host in the open has this address."""
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL:
        return False
    special = any(address in each for each in NOWHERE if each.version == address.version)
    return address.is_global and not address.is_multicast and not special


@dataclass(frozen=True, slots=True)
class Reach:
    """How far fetching reaches.

    Attributes:
        ports: the one port of each scheme that is spoken.
        permits: whether a socket may be opened to an address.
        resolver: finds the addresses of a name; None: as the system does.
    """

    ports: Mapping[str, int] = field(default_factory=lambda: {"https": 443})
    permits: Callable[[Address], bool] = is_public
    resolver: AbstractResolver | None = None

    def checked(self, url: URL) -> URL:
        """The address to ask at, without what is of no use there.

        Raises:
            WrongAddressError: Its scheme or port is another one, or it names somebody.
        """
        if url.scheme in SCHEMES:
            url = url.with_scheme(SCHEMES[url.scheme])
        if url.scheme not in self.ports or url.port != self.ports[url.scheme]:
            raise WrongAddressError(url.scheme)
        if not url.host or url.user is not None or url.password is not None:
            raise WrongAddressError("host")
        return url.with_fragment(None)

    def open(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for what a name resolved to.

        Raises:
            ForbiddenAddressError: Nothing is fetched from there.
        """
        family, kind, protocol, _, where = info
        address = ipaddress.ip_address(str(where[0]).partition("%")[0])
        if where[1] not in self.ports.values() or not self.permits(address):
            raise ForbiddenAddressError("nothing is fetched from there")
        return socket.socket(family, kind, protocol)


def open_reach(*, plain_http: bool) -> Reach:
    """The reach of an installation: https, and http where it is allowed."""
    return Reach({"https": 443, "http": 80} if plain_http else {"https": 443})


def parsed(text: str) -> URL:
    """The address in a text.

    Raises:
        WrongAddressError: It can't be one.
    """
    if len(text) > LONGEST_ADDRESS or not text.isprintable():
        raise WrongAddressError("length")
    try:
        url = URL(text.strip())
    except ValueError:
        raise WrongAddressError("syntax") from None
    if not url.absolute:
        raise WrongAddressError("relative")
    return url
