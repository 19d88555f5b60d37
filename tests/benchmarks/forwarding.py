"""What one forwarded packet costs: the same traffic through our engines, through Janus, and in a bare C loop.

Everybody negotiates AES-256-GCM. A run in which too little arrives tells nothing and is repeated.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tests.benchmarks.load import Endpoint
from tests.benchmarks.traffic import Traffic

WARM_UP_SECONDS = 1.5
WINDOW_SECONDS = 5.0
LEAST_ARRIVED = 0.9
ATTEMPTS = 5
JOINING_AT_A_TIME = 10


class Carrier(Protocol):
    """A server under test."""

    def spent(self) -> float:
        """CPU seconds so far."""

    async def let_publish(self, room: str, endpoint: Endpoint) -> None:
        """Lets an endpoint send to a room."""

    async def let_watch(self, room: str, endpoint: Endpoint) -> None:
        """Lets an endpoint receive everybody who publishes in a room."""


Start: TypeAlias = Callable[[], AbstractAsyncContextManager[Carrier]]


@dataclass(frozen=True, slots=True)
class Shape:
    """How many rooms, how many publishers and viewers in each, and how many packets a second each publisher sends."""

    rooms: int
    publishers: int
    viewers: int
    per_second: int


ONE_TO_SIXTY = Shape(1, 1, 60, 400)
THREE_OF_SIX = Shape(3, 6, 5, 160)


async def cost(start: Start, shape: Shape) -> float:
    """CPU seconds of the server for one packet that arrived."""
    for _ in range(ATTEMPTS):
        try:
            found = await _attempt(start, shape)
        except TimeoutError:
            print("  somebody couldn't join in time", file=sys.stderr)
            continue
        if found is not None:
            return found
    raise RuntimeError(f"too little arrived in {ATTEMPTS} attempts: the machine is too busy")


async def _attempt(start: Start, shape: Shape) -> float | None:
    async with start() as carrier:
        publishers, viewers = await _join(carrier, shape)
        for each in (*publishers, *viewers):
            each.leave_loop()
        traffic = Traffic(publishers, viewers, shape.per_second)
        traffic.run(WARM_UP_SECONDS)
        before = carrier.spent()
        carried = traffic.run(WINDOW_SECONDS)
        spent = carrier.spent() - before
        traffic.close()
        for each in (*publishers, *viewers):
            await each.close()
    due = carried.sent * shape.viewers
    found = spent / min(due, carried.arrived)  # what the warm-up left behind must not make it look cheaper
    print(f"  {1e6 * found:6.2f} us, {carried.arrived / due:.0%} arrived", file=sys.stderr)
    return found if carried.arrived >= LEAST_ARRIVED * due else None


async def _join(carrier: Carrier, shape: Shape) -> tuple[list[Endpoint], list[Endpoint]]:
    names = [f"room{number}" for number in range(shape.rooms)]
    publishers = [(name, Endpoint("sendonly")) for name in names for _ in range(shape.publishers)]
    for name, each in publishers:
        await carrier.let_publish(name, each)
    viewers = [(name, Endpoint("recvonly", shape.publishers)) for name in names for _ in range(shape.viewers)]
    for first in range(0, len(viewers), JOINING_AT_A_TIME):
        together: list[Awaitable[None]] = [
            carrier.let_watch(name, each) for name, each in viewers[first : first + JOINING_AT_A_TIME]
        ]
        await asyncio.gather(*together)
    return [each for _, each in publishers], [each for _, each in viewers]
