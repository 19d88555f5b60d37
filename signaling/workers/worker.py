"""A worker: one SFU on its own UDP port that does what comes over the pipe and tells what happens."""

import asyncio
import gc
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from signaling.media import Offer, Refused
from signaling.sfu import Sfu, SfuSettings
from signaling.sfu.host import Tasks
from signaling.workers.pipe import Pipe
from signaling.workers.wire import TO_WORKER, Ask, Draining, Failed, Ping, Pulse, Ready, Reply, Stop, ToWorker

logger: Final = logging.getLogger(__name__)

DRAIN_SECONDS: Final = 6.0
SILENCE_SECONDS: Final = 10.0


class Meter:
    """What share of a core this process has used since the last reading."""

    def __init__(self) -> None:
        self._spent, self._at = time.process_time(), time.monotonic()

    def read(self) -> float:
        spent, now = time.process_time(), time.monotonic()
        share = (spent - self._spent) / max(now - self._at, 1e-3)
        self._spent, self._at = spent, now
        return share


class Worker:
    """The SFU behind a pipe. It ends with the pipe, without goodbyes: the next server wants the port.

    In a process that lasts it tidies up behind itself.
    """

    def __init__(self, settings: SfuSettings, *, lasting: bool = False) -> None:
        self.drained = False
        self._lasting = lasting
        self._heard = time.monotonic()
        self.pipe = Pipe(TO_WORKER, self._take, self._orphan)
        self._sfu = Sfu(settings, self.pipe.send)
        self._meter = Meter()
        self._tasks = Tasks()
        self._over = asyncio.Event()
        self._orphaned = False
        self._carried = False

    async def run(self) -> None:
        """Works until told to stop, or until the supervisor is gone."""
        try:
            await self._sfu.open()
        except OSError as error:
            self.pipe.send(Failed(str(error)))
            self.pipe.close()
            return
        self.pipe.send(Ready(self._sfu.addresses, self._sfu.engine))
        self._sfu.warm()
        listening = self._tasks.spawn(self._listen()) if self._lasting else None
        await self._over.wait()
        if listening is not None:
            listening.cancel()
        if self._lasting or not self._orphaned:
            await self._sfu.close()
            await self._tasks.drain()
            self.pipe.close()

    def drain(self) -> None:
        """Asks the supervisor to take the rooms away; forwards until its word, or for a while without one."""
        logger.info("- draining")
        self.drained = True
        self.pipe.send(Draining())
        asyncio.get_running_loop().call_later(DRAIN_SECONDS, self._over.set)

    async def _listen(self) -> None:
        """A supervisor that asks for no pulse is out of reach: its machine or the network between is gone."""
        while not self._over.is_set():
            await asyncio.sleep(SILENCE_SECONDS / 4)
            if time.monotonic() - self._heard > SILENCE_SECONDS:
                logger.warning("x the supervisor is silent")
                self.pipe.abort()

    def _take(self, message: ToWorker) -> None:
        self._heard = time.monotonic()
        take = _TAKERS.get(type(message))
        if take is None:
            self._sfu.command(message)  # type: ignore[arg-type]  # all others are commands
        else:
            take(self, message)

    def ask(self, ask: Ask) -> None:
        self._tasks.spawn(self._answer(ask))

    def ping(self, _ping: Ping) -> None:
        figures = self._sfu.figures()
        self.pipe.send(Pulse(figures, self._meter.read(), len(asyncio.all_tasks())))
        self._rest(figures.peers)

    def _rest(self, peers: int) -> None:
        """Collects what the last of many has left, once nobody is there whom that could disturb."""
        if peers == 0 and self._carried:
            gc.collect()
        self._carried = peers > 0

    def stop(self, _stop: Stop) -> None:
        self._over.set()

    async def _answer(self, ask: Ask) -> None:
        try:
            answer = await self._sfu.negotiate(ask.offer)
        except Exception:  # one offer's fault must not leave its sender without a word
            logger.exception("x offer peer=%s", ask.offer.peer)
            self.pipe.send(Reply(ask.number, _baffled(ask.offer)))
        else:
            self.pipe.send(Reply(ask.number, answer))

    def _orphan(self) -> None:
        self._orphaned = not self._over.is_set()
        self._over.set()


def _baffled(offer: Offer) -> Refused:
    sentence = (
        "The media server could not read this offer. Load the page again; if that doesn't help, tell the operator."
    )
    return Refused(offer.peer, offer.revision, "internal", "sdp", sentence)


_TAKERS: Final[dict[type, Callable[[Worker, Any], None]]] = {Ask: Worker.ask, Ping: Worker.ping, Stop: Worker.stop}
