"""Ways between us and the peers: a bound socket, a checked address behind it, and who is there."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeAlias

from signaling.sfu.srtp import Keys

Address: TypeAlias = tuple[str, int]


class Remote(Protocol):
    """What the demultiplexer tells a peer; everything but `checked` comes over checked paths only."""

    keys: Keys | None

    def password(self, ufrag: str) -> str | None:
        """The password that belongs to one of the peer's ufrags on our side."""

    def checked(self, path: "Path", ufrag: str, now: float) -> None:
        """An authenticated connectivity check came."""

    def lost(self, path: "Path") -> None:
        """The connection under a path is gone."""

    def dtls_arrived(self, path: "Path", data: bytes) -> None:
        """A DTLS record came."""

    def rtp_arrived(self, path: "Path", packet: bytes, now: float) -> None:
        """An authentic RTP packet came."""

    def rtcp_arrived(self, path: "Path", data: bytes, now: float) -> None:
        """An authentic RTCP packet came."""


@dataclass(eq=False, slots=True)
class Link:
    """One bound socket and the checked paths over it, by remote address.

    A link without datagrams gives its paths no `name`, and every engine sends over it with `send`. An engine may be
    in the midst of a packet's receivers then: a link that finds itself broken must tell of it later, not there.
    """

    datagrams: ClassVar[bool] = True

    socket: socket.socket
    address: str
    port: int
    paths: dict[Address, "Path"] = field(default_factory=dict)

    def send(self, address: Address, data: bytes | memoryview) -> None:
        """Sends one packet at once; raises `OSError` when it can't."""
        self.socket.sendto(data, address)

    def vacated(self) -> None:
        """One of its paths was forgotten, which is nothing to a socket that everybody shares."""


@dataclass(eq=False, slots=True)
class Path:
    """A checked way to a peer.

    `name` is its address in the form that the engine sends with, if it sends itself; `left` tells an engine that reads
    from the path by itself that it may not any more.
    """

    link: Link
    address: Address
    remote: Remote
    name: Any = None
    left: Callable[[], None] | None = None

    def cut(self) -> None:
        """Forgets the path: what comes over it is a stranger's again."""
        if self.left is not None:
            self.left()
        if self.link.paths.get(self.address) is self:
            del self.link.paths[self.address]
            self.link.vacated()
