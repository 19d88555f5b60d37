"""One worker as the supervisor sees it: its pipe, its pulse, and what it still owes an answer."""

import asyncio
import itertools
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from signaling.media import Answer, Event, Figures, Offer, Refused, Unavailable, WorkerPhase
from signaling.workers.pipe import Pipe
from signaling.workers.processes import Body, Means
from signaling.workers.wire import FROM_WORKER, Ask, Draining, Failed, FromWorker, Ping, Pulse, Ready, Reply, ToWorker

logger: Final = logging.getLogger(__name__)

START_SECONDS: Final = 20.0


class Handle:
    """A worker through all its lives.

    `told` gets its events; `lost` and `draining` are called at once when it is gone, or asked to end.
    """

    def __init__(
        self,
        means: Means,
        *,
        told: Callable[[Event], None],
        lost: Callable[["Handle"], None],
        draining: Callable[["Handle"], None],
    ) -> None:
        self.name, self.vital = means.name, means.vital
        self.phase: WorkerPhase = "down"
        self.restarts = 0
        self.lives = 0
        self.figures = Figures()
        self.share = 0.0
        self.tasks = 0
        self.addresses: tuple[tuple[str, int], ...] = ()
        self._means = means
        self._told, self._tell_lost, self._tell_draining = told, lost, draining
        self._numbers = itertools.count(1)
        self._owed: dict[int, asyncio.Future[Answer | Refused]] = {}
        self._pipe: Pipe[FromWorker] | None = None
        self._body: Body | None = None
        self._ready: asyncio.Future[Ready] | None = None
        self._over = asyncio.Event()
        self._asked: float | None = None

    # -- its life

    @property
    def running(self) -> bool:
        """Whether something of this life is left."""
        return self._body is not None

    async def start(self) -> None:
        """Starts a life and waits until media can come.

        Raises:
            OSError: It can't start; the sentence says why.
        """
        self._over.clear()
        self._asked = None
        self.lives += 1
        self._ready = waiting = asyncio.get_running_loop().create_future()
        self._pipe = Pipe(FROM_WORKER, self._take, self._lost)
        try:
            self._body = await self._means.start(self._pipe)
            async with asyncio.timeout(START_SECONDS):
                ready = await waiting
        except BaseException as error:
            waiting.cancel()  # nobody asks any more what it would have said
            self.kill()
            await self.end()
            if isinstance(error, TimeoutError):
                raise OSError(f"Media worker {self.name} did not start within {START_SECONDS:g} s.") from None
            raise
        self.addresses, self.phase = ready.addresses, "up"
        logger.info("- worker=%s on %s, engine %s", self.name, ready.addresses, ready.engine)

    async def end(self) -> None:
        """Waits until this life is over and nothing is left of it."""
        await self._over.wait()
        if self._body is not None:
            await self._body.gone()
            self._body = None

    def kill(self) -> None:
        """Ends it at once, even if it hangs."""
        if self._body is not None:
            self._body.kill()
        if self._pipe is not None:
            self._pipe.abort()

    # -- what it is asked

    async def ask(self, offer: Offer) -> Answer | Refused:
        """Its answer to an offer.

        Raises:
            Unavailable: It was lost before it answered.
        """
        number = next(self._numbers)
        owed: asyncio.Future[Answer | Refused] = asyncio.get_running_loop().create_future()
        self._owed[number] = owed
        self.tell(Ask(number, offer))
        try:
            return await owed
        finally:
            self._owed.pop(number, None)

    def tell(self, message: ToWorker) -> None:
        if self._pipe is not None:
            self._pipe.send(message)

    def ping(self) -> None:
        """Asks for a pulse; silence counts from the first time in vain."""
        if self._asked is None:
            self._asked = time.monotonic()
        self.tell(Ping())

    def silent(self, now: float) -> float:
        """For how many seconds it has been asked in vain."""
        return 0.0 if self._asked is None else now - self._asked

    def forgive(self) -> None:
        """Its silence does not count: we may not have listened."""
        self._asked = None

    # -- what it says

    def _take(self, message: FromWorker) -> None:
        self._asked = None
        take = _TAKERS.get(type(message))
        if take is None:
            self._told(message)  # type: ignore[arg-type]  # all others are events
        else:
            take(self, message)

    def take_ready(self, ready: Ready) -> None:
        if self._ready is not None and not self._ready.done():
            self._ready.set_result(ready)

    def take_failed(self, failed: Failed) -> None:
        self._fail(failed.sentence)

    def take_reply(self, reply: Reply) -> None:
        owed = self._owed.get(reply.number)
        if owed is not None and not owed.done():
            owed.set_result(reply.answer)

    def take_pulse(self, pulse: Pulse) -> None:
        self.figures, self.share, self.tasks = pulse.figures, pulse.share, pulse.tasks

    def take_draining(self, _draining: Draining) -> None:
        self.phase = "draining"
        self._tell_draining(self)

    def _lost(self) -> None:
        if self.phase == "up":
            logger.warning("x worker=%s is lost", self.name)
        self.phase, self.figures, self.share, self.tasks = "down", Figures(), 0.0, 0
        self._fail(f"Media worker {self.name} ended before it was ready; its log says why.")
        for owed in self._owed.values():
            if not owed.done():
                owed.set_exception(Unavailable(f"Media worker {self.name} is gone."))
        self._over.set()
        self._tell_lost(self)

    def _fail(self, sentence: str) -> None:
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(OSError(sentence))


_TAKERS: Final[dict[type, Callable[[Handle, Any], None]]] = {
    Ready: Handle.take_ready,
    Failed: Handle.take_failed,
    Reply: Handle.take_reply,
    Pulse: Handle.take_pulse,
    Draining: Handle.take_draining,
}
