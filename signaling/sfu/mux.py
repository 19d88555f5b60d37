"""The sockets of all peers: everything that comes is told apart by its first octet and its sender.

Who is there is learnt from authenticated connectivity checks alone (RFC 8445 section 7.3). Whatever else comes from an
address without a checked path is a stranger's and is dropped before anything reads it.
"""

import asyncio
import time
from collections.abc import Callable, Iterable

from signaling.sfu import stun
from signaling.sfu.engine.base import Engine
from signaling.sfu.paths import Address, Link, Path, Remote
from signaling.sfu.rtp import HEADER_SIZE
from signaling.sfu.secure import is_dtls_record
from signaling.sfu.sockets import Port
from signaling.sfu.srtp import Cell, SrtpError, unprotect

# kinds of first octets (RFC 7983 section 7)
STUN, DTLS, RTP, OTHER = range(4)
_KINDS = bytes(
    STUN if octet < 4 else DTLS if 20 <= octet < 64 else RTP if 128 <= octet < 192 else OTHER  # noqa: PLR2004 - RFC 7983
    for octet in range(256)
)


class Mux:
    """Reads all sockets and hands each datagram to the peer that it is from."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._peers: dict[str, Remote] = {}
        self._cell = Cell()
        self._handlers: tuple[Callable[[Link, Address, int], None], ...] = (
            self._stun,
            self._dtls,
            self._srtp,
            self._other,
        )
        self.links: list[Link] = []
        self.listening: list[Address] = []
        self._refused = 0

    @property
    def received(self) -> int:
        """How many datagrams came."""
        return int(self._engine.counts.received)

    @property
    def refused(self) -> int:
        """How many of them nobody took."""
        return self._refused + int(self._engine.counts.refused)

    def open(self, ports: Iterable[Port]) -> None:
        """Starts to read from the UDP sockets; `arrived` brings what comes over TCP."""
        loop = asyncio.get_running_loop()
        for port in ports:
            link = Link(port.udp, port.address, port.number)
            self.links.append(link)
            loop.add_reader(link.socket.fileno(), self._readable, link)
            if port.tcp is not None:
                self.listening.append((port.address, port.number))

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for link in self.links:
            loop.remove_reader(link.socket.fileno())
            link.socket.close()
        self.links.clear()
        self.listening.clear()
        self._peers.clear()

    def expect(self, ufrag: str, peer: Remote) -> None:
        """Lets checks with that ufrag reach the peer."""
        self._peers[ufrag] = peer

    def forget(self, ufrag: str) -> None:
        self._peers.pop(ufrag, None)

    def arrived(self, link: Link, address: Address, data: bytes) -> None:
        """Takes a packet that came over a connection as if it were a datagram; it fits into a cell and isn't empty."""
        self._engine.counts.received += 1
        self._cell.view[: len(data)] = data
        self._take(link, address, len(data))

    def lost(self, link: Link) -> None:
        """A connection is gone, and every path over it."""
        for path in list(link.paths.values()):
            path.cut()
            path.remote.lost(path)

    def _readable(self, link: Link) -> None:
        self._engine.receive(link, self._cell, self._take, self._opened)

    def _take(self, link: Link, address: Address, size: int) -> None:
        self._handlers[_KINDS[self._cell.view[0]]](link, address, size)

    def _opened(self, link: Link, address: Address, size: int) -> None:
        """Takes authentic RTP that the engine decrypted."""
        path = link.paths.get(address)
        if path is None:
            self._refused += 1
            return
        path.remote.rtp_arrived(path, bytes(self._cell.view[:size]), time.monotonic())

    def _other(self, _link: Link, _address: Address, _size: int) -> None:
        self._refused += 1

    def _stun(self, link: Link, address: Address, size: int) -> None:
        try:
            message = stun.parse(bytes(self._cell.view[:size]))
        except stun.StunError:
            self._refused += 1
            return
        ufrag, _ = message.username
        peer = self._peers.get(ufrag) if message.kind == stun.BINDING_REQUEST else None
        password = peer.password(ufrag) if peer is not None else None
        if peer is None or password is None or not stun.authentic(message, password):
            self._refused += 1
            return
        path = self._path(link, address, peer)
        peer.checked(path, ufrag, time.monotonic())
        self._engine.send(path, stun.success(message, address, password))

    def _path(self, link: Link, address: Address, peer: Remote) -> Path:
        path = link.paths.get(address)
        if path is not None and path.remote is not peer:
            path.cut()
            path = None
        if path is None:
            path = Path(link, address, peer, self._engine.destination(address) if link.datagrams else None)
            link.paths[address] = path
        return path

    def _dtls(self, link: Link, address: Address, size: int) -> None:
        path = link.paths.get(address)
        data = bytes(self._cell.view[:size])
        if path is None or not is_dtls_record(data):
            self._refused += 1
            return
        path.remote.dtls_arrived(path, data)

    def _srtp(self, link: Link, address: Address, size: int) -> None:
        path = link.paths.get(address)
        if path is None or path.remote.keys is None or size < HEADER_SIZE:
            self._refused += 1
            return
        if 192 <= self._cell.view[1] < 224:  # noqa: PLR2004 - RFC 5761 section 4
            self._srtcp(path, size)
            return
        size = unprotect(path.remote.keys, self._cell, size)
        if not size:
            self._refused += 1
            return
        path.remote.rtp_arrived(path, bytes(self._cell.view[:size]), time.monotonic())

    def _srtcp(self, path: Path, size: int) -> None:
        assert path.remote.keys is not None
        try:
            data = path.remote.keys.unprotect_rtcp(bytes(self._cell.view[:size]))
        except (SrtpError, ValueError):
            self._refused += 1
            return
        path.remote.rtcp_arrived(path, data, time.monotonic())
