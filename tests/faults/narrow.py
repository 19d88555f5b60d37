"""A UDP way to the SFU that loses, delays and narrows: a process of its own between clients and the server.

``python -m tests.faults.narrow LISTEN TARGET [--loss 5] [--delay 20] [--jitter 15] [--kilobits 300] [--seed 1]``
carries what comes to one port of 127.0.0.1 to another, from a socket for each client, so that the server sees distinct
peers. Only SRTP and SRTCP are lost, in both directions, so that setting up takes the same time each run. Jitter changes
the order. The way to each client may be narrow; what would wait longer than `QUEUE_SECONDS` there is dropped.
"""

import argparse
import asyncio
import random
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

Address: TypeAlias = tuple[str, int]

HOST: Final = "127.0.0.1"
QUEUE_SECONDS: Final = 0.3
READY: Final = "ready"
PATIENCE: Final = 20.0


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad the way is; times are milliseconds, and no kilobits mean that it is wide."""

    loss: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    kilobits: float = 0.0
    seed: int = 1

    def options(self) -> list[str]:
        names = ("loss", "delay", "jitter", "kilobits", "seed")
        return [word for name in names for word in (f"--{name}", str(getattr(self, name)))]


class Bucket:
    """A narrow place: how long a datagram waits there, or that it is dropped."""

    def __init__(self, kilobits: float) -> None:
        self._rate = 1000 * kilobits
        self._free_at = 0.0

    def wait(self, size: int, now: float) -> float | None:
        if not self._rate:
            return 0.0
        starts = max(self._free_at, now)
        if starts - now > QUEUE_SECONDS:
            return None
        self._free_at = starts + 8 * size / self._rate
        return self._free_at - now


class _Side(asyncio.DatagramProtocol):
    def __init__(self, came: Callable[[bytes, Address], None]) -> None:
        self._came = came

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._came(data, addr)


@dataclass
class _Client:
    """A client's way up, and its narrow place down."""

    way: _Side
    narrow: Bucket


class Way:
    """The proxy: one door for clients, and a socket to the server for each."""

    def __init__(self, target: int, weather: Weather) -> None:
        self._target = (HOST, target)
        self._weather = weather
        self._chance = random.Random(weather.seed)
        self._clients: dict[Address, asyncio.Task[_Client]] = {}

    async def open(self, port: int) -> None:
        self._loop = asyncio.get_running_loop()
        _, self._door = await self._loop.create_datagram_endpoint(lambda: _Side(self._up), local_addr=(HOST, port))

    def _up(self, data: bytes, address: Address) -> None:
        if address not in self._clients:
            self._clients[address] = self._loop.create_task(self._enter(address))
        self._clients[address].add_done_callback(lambda task: self._carry(data, task.result().way, None, 0.0))

    async def _enter(self, address: Address) -> _Client:
        narrow = Bucket(self._weather.kilobits)

        def down(data: bytes, _: Address) -> None:
            self._carry(data, self._door, address, narrow.wait(len(data), self._loop.time()))

        _, way = await self._loop.create_datagram_endpoint(lambda: _Side(down), remote_addr=self._target)
        return _Client(way, narrow)

    def _carry(self, data: bytes, side: _Side, address: Address | None, wait: float | None) -> None:
        weather = self._weather
        is_media = 128 <= data[0] < 192
        if wait is None or (is_media and 100 * self._chance.random() < weather.loss):
            return
        later = wait + (weather.delay + self._chance.random() * weather.jitter) / 1000
        self._loop.call_later(later, side.transport.sendto, data, address)


@asynccontextmanager
async def way(port: int, target: int, weather: Weather) -> AsyncIterator[None]:
    """The proxy in a process of its own, from when it listens."""
    command = (sys.executable, "-m", __name__, str(port), str(target), *weather.options())
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            assert (await process.stdout.readline()).decode().strip() == READY
        yield
    finally:
        process.terminate()
        await process.wait()


async def _serve(listen: int, target: int, weather: Weather) -> None:
    await Way(target, weather).open(listen)
    print(READY, flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Carry datagrams badly.")
    parser.add_argument("listen", type=int)
    parser.add_argument("target", type=int)
    for name in ("loss", "delay", "jitter", "kilobits"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    options = vars(parser.parse_args())
    asyncio.run(_serve(options.pop("listen"), options.pop("target"), Weather(**options)))


if __name__ == "__main__":
    main()
