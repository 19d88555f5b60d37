"""A UDP proxy that loses every n-th media packet in one direction; checks, handshakes and RTCP pass."""

import asyncio
from collections.abc import Callable
from typing import Literal, cast

Address = tuple[str, int]
Direction = Literal["up", "down"]


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, Address], None]) -> None:
        self._received = received
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._received(data, addr)

    def send(self, data: bytes, address: Address) -> None:
        assert self.transport is not None
        self.transport.sendto(data, address)


class LossyProxy:
    """Stands between one client and the SFU."""

    def __init__(self, server: Address, direction: Direction, every: int) -> None:
        self._server = server
        self._direction = direction
        self._every = every
        self._client: Address | None = None
        self._seen = 0
        self.lost = 0
        self.port = 0

    async def open(self) -> "LossyProxy":
        loop = asyncio.get_running_loop()
        local = ("127.0.0.1", 0)
        _, self._front = await loop.create_datagram_endpoint(lambda: _Socket(self._up), local_addr=local)
        _, self._back = await loop.create_datagram_endpoint(lambda: _Socket(self._down), local_addr=local)
        assert self._front.transport is not None
        self.port = self._front.transport.get_extra_info("sockname")[1]
        return self

    def _up(self, data: bytes, address: Address) -> None:
        self._client = address
        if not self._loses(data, "up"):
            self._back.send(data, self._server)

    def _down(self, data: bytes, _: Address) -> None:
        if self._client is not None and not self._loses(data, "down"):
            self._front.send(data, self._client)

    def _loses(self, data: bytes, direction: Direction) -> bool:
        media = 128 <= data[0] < 192 and not 192 <= data[1] < 224
        if not media or direction != self._direction:
            return False
        self._seen += 1
        lose = self._seen % self._every == 0
        self.lost += lose
        return lose

    def close(self) -> None:
        for each in (self._front, self._back):
            assert each.transport is not None
            each.transport.close()
