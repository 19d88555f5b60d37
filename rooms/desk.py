"""The one door through which claims are taken, moved and released.

Wishes that wait are settled as one batch in one transaction: many answers for one commit. An unexpected exception
rolls the batch back and each wish is tried alone, so that one bad wish fails alone.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from rooms.batch import Clerk, Lock, Tell, settle
from rooms.model import LATER, Wish
from vclass.core.db import Database, DatabaseUnavailableError

log = logging.getLogger(__name__)

BATCH = 50
MOST_WAITING = 2_000


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A wish and who awaits its answer."""

    wish: Wish
    future: asyncio.Future[object]


@dataclass(frozen=True, slots=True)
class _Failed:
    """What a wish came to that raised."""

    error: Exception


class Desk:
    """Takes wishes one by one and settles them batch by batch.

    Args:
        database: Where claims live.
        clerks: For each kind of wish who admits and records it.
        tell: Told in the transaction of each booking that changes its state.
        lock: Locks what belongs to bookings elsewhere before anything is decided.
    """

    def __init__(
        self,
        database: Database,
        clerks: Mapping[str, Clerk],
        tell: Tell = lambda *_: None,
        lock: Lock = lambda *_: None,
    ) -> None:
        self._database = database
        self._clerks = clerks
        self._tell = tell
        self._lock = lock
        self._waiting: deque[_Waiting] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, wish: Wish) -> object:
        """Hand in a wish; gives the clerk's answer after the commit.

        Raises:
            DatabaseUnavailableError: Too many wishes wait, or the database doesn't answer.
        """
        if wish.kind not in self._clerks:
            raise LookupError(f"no clerk at the desk knows the kind {wish.kind!r}")
        if len(self._waiting) >= MOST_WAITING:
            raise DatabaseUnavailableError(f"{MOST_WAITING} wishes wait at the desk")
        waiting = _Waiting(wish, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="desk")
        return await waiting.future

    async def close(self) -> None:
        """Settle what waits."""
        if self._worker is not None:
            await self._worker

    async def _work(self) -> None:
        while batch := self._next_batch():
            outcomes = await self._outcomes([each.wish for each in batch])
            self._put_back([each for each, outcome in zip(batch, outcomes, strict=True) if outcome is LATER])
            for each, outcome in zip(batch, outcomes, strict=True):
                _answer(each.future, outcome)

    def _next_batch(self) -> list[_Waiting]:
        """The oldest wishes that somebody still waits for; one that must be alone has a batch of its own."""
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < BATCH:
            each = self._waiting[0]
            if batch and (each.wish.alone or batch[0].wish.alone):
                break
            self._waiting.popleft()
            if not each.future.done():
                batch.append(each)
        return batch

    def _put_back(self, later: Sequence[_Waiting]) -> None:
        self._waiting.extendleft(reversed(later))

    async def _outcomes(self, wishes: Sequence[Wish]) -> list[object]:
        try:
            return await self._settle(wishes)
        except DatabaseUnavailableError as error:
            return [_Failed(error)] * len(wishes)
        except Exception as error:  # whatever it was, the other wishes of the batch go on
            if len(wishes) == 1:
                return [_Failed(error)]
            log.exception("a batch of %d wishes failed; each is tried alone", len(wishes))
        return [outcome for wish in wishes for outcome in await self._outcomes([wish])]

    async def _settle(self, wishes: Sequence[Wish]) -> list[object]:
        outcomes = await self._database.transaction(settle, self._clerks, self._tell, wishes, self._lock)
        if all(outcome is LATER for outcome in outcomes):
            raise RuntimeError(f"the clerk put off {wishes[0].kind!r} wishes that nothing stands before")
        return outcomes


def _answer(future: asyncio.Future[object], outcome: object) -> None:
    if future.done() or outcome is LATER:
        return
    if isinstance(outcome, _Failed):
        future.set_exception(outcome.error)
    else:
        future.set_result(outcome)


DESK = web.AppKey("desk", Desk)
