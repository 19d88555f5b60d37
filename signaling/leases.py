"""Which server carries which lesson: the port behind which somebody keeps that, and how a hub uses it."""

import asyncio
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, Protocol
from weakref import WeakValueDictionary

from signaling.model import Refusal

RENEW_SECONDS: Final = 2
LEASE_SECONDS: Final = 8
"""A server that is lost gives up its lessons after so long; the same one that comes back has them at once."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a server says of a lesson that it carries: its epoch, and the worker that it is on."""

    epoch: int
    worker: str


class Leases(Protocol):
    """Who carries which lesson, known to all servers of an installation."""

    async def take(self, lesson: str, seconds: int) -> int | None:
        """A new epoch of a lesson, which is ours for so long; none while another server has it."""

    async def renew(self, lessons: Mapping[str, Carried], seconds: int) -> Collection[str]:
        """Keeps them for so long from now; gives those that another server has taken meanwhile."""

    async def release(self, lessons: Collection[str]) -> None:
        """Gives them back."""


class Alone:
    """The only server there is: everything is its own."""

    async def take(self, _lesson: str, _seconds: int) -> int | None:
        return 0

    async def renew(self, _lessons: Mapping[str, Carried], _seconds: int) -> Collection[str]:
        return ()

    async def release(self, _lessons: Collection[str]) -> None:
        return None


def elsewhere() -> Refusal:
    return Refusal(
        "elsewhere",
        "Another server carries this lesson at the moment. Get a new ticket from the page and try again.",
        retry="ticket",
    )


class LeaseHolder:
    """This server's leases: taken before the first one sits down in a lesson, given back when nobody sits there.

    Args:
        leases: Where they are kept.
        used: The lessons that somebody sits in, at each moment.
    """

    def __init__(self, leases: Leases, used: AbstractSet[str]) -> None:
        self._leases = leases
        self._used = used
        self._busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._unused: set[str] = set()
        self._epochs: dict[str, int] = {}

    async def hold(self, lesson: str) -> None:
        """Makes sure that the lesson is carried here and nowhere else.

        Raises:
            Refusal: Another server has it.
        """
        async with self._lock(lesson):
            if lesson in self._used:
                return
            epoch = await self._leases.take(lesson, LEASE_SECONDS)
            if epoch is None:
                raise elsewhere()
            self._unused.add(lesson)  # until somebody sits in it
            self._epochs[lesson] = epoch

    def take_epoch(self, lesson: str) -> int:
        """The number of a lease, for the room that opens with it; 0 where there is none."""
        return self._epochs.pop(lesson, 0)

    def vacate(self, lesson: str) -> None:
        """Nobody sits in the lesson any more."""
        self._unused.add(lesson)

    async def renew(self, carried: Mapping[str, Carried]) -> Collection[str]:
        """Keeps what is carried; gives what others have taken meanwhile."""
        return await self._leases.renew(carried, LEASE_SECONDS)

    async def release(self) -> None:
        """Gives back what nobody sits in; what is being opened stays, and who comes meanwhile takes it anew."""
        busy = set(self._busy.keys())
        given_up = self._unused - self._used - busy
        self._unused &= busy
        if given_up:
            await self._give_back(given_up)

    async def _give_back(self, lessons: set[str]) -> None:
        async with AsyncExitStack() as stack:
            for lesson in lessons:
                await stack.enter_async_context(self._lock(lesson))
                self._epochs.pop(lesson, None)
            try:
                await self._leases.release(lessons)
            except BaseException:
                self._unused |= lessons
                raise

    def _lock(self, lesson: str) -> asyncio.Lock:
        return self._busy.setdefault(lesson, asyncio.Lock())
