"""What one run of the postman has in hand: rows on their way, connections that are open, and whose turn it is."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from vclass.core.outbox import Leased
from vclass.mail.model import Connection, Transport

__all__ = ["Brink", "Hand"]

MOST: Final = 64
"""Rows that are leased at once: those on their way, and a few that are next."""
BEAT_SECONDS: Final = 1.0
BRINK_SECONDS: Final = 1.0

Work: TypeAlias = Callable[[Leased], Coroutine[Any, Any, bool]]


class Brink:
    """Between the end of a text and the mark that it is sent, a crash would repeat the mail: one at a time is there.

    So a killed process repeats one mail at most. A server that takes its time there lets the others pass.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        await self._lock.acquire()
        release = _once(self._lock.release)
        timer = asyncio.get_running_loop().call_later(BRINK_SECONDS, release)
        try:
            yield
        finally:
            timer.cancel()
            release()


def _once(action: Callable[[], None]) -> Callable[[], None]:
    left = [action]
    return lambda: left.pop()() if left else None


class Hand:
    """Rows on their way and open connections.

    Args:
        way_out: Opens connections.
        connections: So many are open at once.
        per_domain: So many of them carry mail to one domain, so that a slow one leaves the rest to the others.
    """

    def __init__(self, way_out: Transport, connections: int, per_domain: int) -> None:
        self._way_out = way_out
        self._idle: list[Connection] = []
        self._tasks: dict[asyncio.Task[bool], Leased] = {}
        self._slots = asyncio.Semaphore(connections)
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_domain))
        self._done = asyncio.Event()
        self._enough = 0
        self._errors: list[BaseException] = []
        self.brink = Brink()
        self.sent = 0

    @property
    def rows(self) -> list[Leased]:
        return list(self._tasks.values())

    @property
    def room(self) -> int:
        """How many more rows it takes."""
        return MOST - len(self._tasks)

    def take(self, rows: Sequence[Leased], work: Work) -> None:
        """Set out with rows."""
        for row in rows:
            task = asyncio.create_task(self._in_turn(row, work), name="mail")
            self._tasks[task] = row
            task.add_done_callback(self._settle)

    async def half_done(self) -> None:
        """Wait until half of what is on its way is done, but no longer than a beat."""
        self._enough = len(self._tasks) // 2
        self._done.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BEAT_SECONDS):
                await self._done.wait()
        if self._errors:
            raise self._errors[0]

    async def finish(self) -> None:
        """Let what is on its way come to its end, and close the connections."""
        if self._tasks:
            await asyncio.wait(list(self._tasks))
        self._close()

    def drop(self) -> None:
        """Give up what is on its way: its leases run out."""
        for task in self._tasks:
            task.cancel()
        self._close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection that carries one mail, and then the next."""
        lent = self._idle.pop() if self._idle else await self._way_out.connect()
        kept = False
        try:
            yield lent
            kept = True
        except Exception:
            kept = lent.usable
            raise
        finally:
            if kept and lent.usable:
                self._idle.append(lent)
            else:
                lent.close()

    async def _in_turn(self, row: Leased, work: Work) -> bool:
        async with self._turns[row.domain], self._slots:
            return await work(row)

    def _settle(self, task: asyncio.Task[bool]) -> None:
        del self._tasks[task]
        if not task.cancelled():
            error = task.exception()
            self._errors += [error] if error else []
            self.sent += error is None and task.result()
        if len(self._tasks) <= self._enough:
            self._done.set()

    def _close(self) -> None:
        while self._idle:
            self._idle.pop().close()
