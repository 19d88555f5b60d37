"""The sockets: one UDP port on each announced address, everything told apart by its first octet and its sender.

Who is there is learnt from authenticated connectivity checks alone (RFC 8445 section 7.3). Whatever else comes from an
address without a checked path is a stranger's and is dropped before anything reads it.
"""

import asyncio
import ipaddress
import logging
import socket
import time
from collections.abc import Callable, Iterable

import ifaddr

from signaling.sfu import stun
from signaling.sfu.engine.base import Engine
from signaling.sfu.paths import Address, Link, Path, Remote
from signaling.sfu.rtp import HEADER_SIZE
from signaling.sfu.secure import is_dtls_record
from signaling.sfu.srtp import Cell, SrtpError, unprotect

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
BUFFER_SIZE = 8 << 20
# kinds of first octets (RFC 7983 section 7)
STUN, DTLS, RTP, OTHER = range(4)
_KINDS = bytes(
    STUN if octet < 4 else DTLS if 20 <= octet < 64 else RTP if 128 <= octet < 192 else OTHER  # noqa: PLR2004 - RFC 7983
    for octet in range(256)
)


def interface_addresses() -> tuple[str, ...]:
    """127.0.0.1 and the IPv4 addresses of this machine's interfaces that others may reach."""
    found = {
        ip.ip: None
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str) and not _is_local(ip.ip)
    }
    return LOOPBACK, *found


def _is_local(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    return ip.version != 4 or ip.is_loopback or ip.is_link_local  # noqa: PLR2004 - IP version


def bind(address: str, port: int) -> socket.socket:
    """A UDP socket on an address, with room for bursts."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        bound.settimeout(0)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            bound.setsockopt(socket.SOL_SOCKET, option, BUFFER_SIZE)
        _force_buffers(bound)
        bound.bind((address, port))
    except OSError as error:
        bound.close()
        sentence = f"Can't receive media on {address}:{port}/udp ({error.strerror}); is another server running there?"
        raise OSError(error.errno, sentence) from error
    return bound


def _force_buffers(bound: socket.socket) -> None:
    """Goes beyond the system's cap where we may; elsewhere the cap holds."""
    for option in ("SO_RCVBUFFORCE", "SO_SNDBUFFORCE"):
        number = getattr(socket, option, {"SO_SNDBUFFORCE": 32, "SO_RCVBUFFORCE": 33}[option])
        try:
            bound.setsockopt(socket.SOL_SOCKET, number, BUFFER_SIZE)
        except OSError:
            return


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
        self._refused = 0

    @property
    def received(self) -> int:
        """How many datagrams came."""
        return int(self._engine.counts.received)

    @property
    def refused(self) -> int:
        """How many of them nobody took."""
        return self._refused + int(self._engine.counts.refused)

    def open(self, addresses: Iterable[str], port: int) -> None:
        """Binds a socket to each address and starts to read."""
        loop = asyncio.get_running_loop()
        try:
            for address in addresses:
                bound = bind(address, port)
                self.links.append(Link(bound, address, bound.getsockname()[1]))
        except OSError:
            self.close()
            raise
        for link in self.links:
            loop.add_reader(link.socket.fileno(), self._readable, link)

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for link in self.links:
            loop.remove_reader(link.socket.fileno())
            link.socket.close()
        self.links.clear()
        self._peers.clear()

    def expect(self, ufrag: str, peer: Remote) -> None:
        """Lets checks with that ufrag reach the peer."""
        self._peers[ufrag] = peer

    def forget(self, ufrag: str) -> None:
        self._peers.pop(ufrag, None)

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
            path = Path(link, address, peer, self._engine.destination(address))
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
