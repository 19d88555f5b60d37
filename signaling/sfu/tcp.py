"""Media over TCP, for networks that block UDP: we listen, the peer connects (RFC 6544, passive candidates).

A connection is a `Link` with one path. Whoever connects is a stranger until an authentic check came; strangers are
few and short-lived. What a peer doesn't read in time is dropped, as a network would, and then the peer's connection is.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Iterable
from typing import Protocol, cast

from signaling.sfu.framing import Frames, FramingError, framed
from signaling.sfu.paths import Address, Link
from signaling.sfu.settings import TcpLimits
from vclass.core.networks import subscriber

logger = logging.getLogger(__name__)


class Reader(Protocol):
    """Who takes what comes: the demultiplexer."""

    def arrived(self, link: Link, address: Address, data: bytes) -> None:
        """A packet came over a connection."""

    def lost(self, link: Link) -> None:
        """A connection is gone."""


class TcpLink(Link):
    """One connection as the way to one peer."""

    datagrams = False

    def __init__(self, transport: asyncio.Transport, limits: TcpLimits) -> None:
        ours = cast("socket.socket", transport.get_extra_info("socket"))
        super().__init__(ours, *transport.get_extra_info("sockname")[:2])
        self._transport = transport
        self._limits = limits
        self._clock: asyncio.TimerHandle | None = None
        self.full = False
        self.ending = False
        transport.set_write_buffer_limits(high=limits.queue)

    def send(self, address: Address, data: bytes | memoryview) -> None:
        del address
        if self.full or self._transport.is_closing():
            raise BlockingIOError(errno.EAGAIN, "the connection takes nothing now")
        self._transport.write(framed(data))

    def vacated(self) -> None:
        """Ends with its path: what waits may still go out, for a moment."""
        self._transport.close()
        self.abort_in(self._limits.goodbye)
        self.ending = True

    def abort_in(self, seconds: float) -> None:
        """Ends it then, unless it is to be kept before that; an end that has begun is not put off."""
        self.keep()
        if not self.ending:
            self._clock = asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def keep(self) -> None:
        if self._clock is not None and not self.ending:
            self._clock.cancel()

    def over(self) -> None:
        """The connection is gone."""
        if self._clock is not None:
            self._clock.cancel()

    def abort(self) -> None:
        self._transport.abort()


class Connection(asyncio.BufferedProtocol):
    """One TCP connection from its first octet to its last."""

    def __init__(self, door: "TcpDoor", reader: Reader, limits: TcpLimits) -> None:
        self._door = door
        self._reader = reader
        self._limits = limits
        self._frames = Frames()
        self.link: TcpLink
        self.address: Address = ("", 0)
        self.subscriber = ""
        self.proven = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.link = TcpLink(cast("asyncio.Transport", transport), self._limits)
        self.address = cast("Address", transport.get_extra_info("peername")[:2])
        self.subscriber = subscriber(self.address[0].partition("%")[0])
        self.link.abort_in(self._limits.first_check)
        self._door.came(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        del sizehint
        return self._frames.room()

    def buffer_updated(self, nbytes: int) -> None:
        try:
            packets = self._frames.take(nbytes)
        except FramingError as error:
            logger.info("x tcp %s: %s", self.address[0], error)
            self.link.abort()
            return
        for packet in packets:
            if self.link.ending:
                return
            self._reader.arrived(self.link, self.address, packet)
            if not self.link.paths:  # a stranger who doesn't begin with a check
                self.link.abort()
                return
            self._prove()

    def _prove(self) -> None:
        if not self.proven:
            self.proven = True
            self.link.keep()
            self._door.proven(self)

    def pause_writing(self) -> None:
        """The peer reads too slowly."""
        self.link.full = True
        self.link.abort_in(self._limits.stalled)

    def resume_writing(self) -> None:
        self.link.full = False
        self.link.keep()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._door.went(self)
        self._reader.lost(self.link)
        self.link.over()


class TcpDoor:
    """Accepts connections, and keeps how many there are within limits."""

    def __init__(self, reader: Reader, limits: TcpLimits) -> None:
        self._reader = reader
        self._limits = limits
        self._servers: list[asyncio.Server] = []
        self._strangers: dict[Connection, None] = {}
        self._connections: set[Connection] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._connections)

    async def open(self, listening: Iterable[socket.socket]) -> None:
        loop = asyncio.get_running_loop()
        for each in listening:
            self._servers.append(await loop.create_server(self._connection, sock=each))

    async def close(self) -> None:
        """Accepts no more and ends all there are."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for each in list(self._connections):
            each.link.abort()
        await self._empty.wait()

    def _connection(self) -> Connection:
        return Connection(self, self._reader, self._limits)

    def came(self, newcomer: Connection) -> None:
        """Takes a stranger in, if need be for another one."""
        self._connections.add(newcomer)
        self._empty.clear()
        if len(self._connections) > self._limits.connections:
            newcomer.link.abort()
            return
        self._make_room([each for each in self._strangers if each.subscriber == newcomer.subscriber])
        self._strangers[newcomer] = None

    def _make_room(self, neighbours: list[Connection]) -> None:
        oldest = None
        if len(neighbours) >= self._limits.strangers_of_address:
            oldest = neighbours[0]
        elif len(self._strangers) >= self._limits.strangers:
            oldest = next(iter(self._strangers))
        if oldest is not None:
            del self._strangers[oldest]
            oldest.link.abort()

    def proven(self, connection: Connection) -> None:
        self._strangers.pop(connection, None)

    def went(self, connection: Connection) -> None:
        self._strangers.pop(connection, None)
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()
