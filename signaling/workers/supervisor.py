"""The media plane as several workers: it implements `signaling.media.Media` and keeps them alive.

A room lives on one worker. When a worker is lost, hangs or is to end, its rooms are told that they moved; their people
offer again, and the first offer of a room decides where it lives from then on. A worker that is to end forwards
meanwhile, until all have gone from it or the time is up.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from signaling.media import (
    Answer,
    CloseRoom,
    Command,
    EndRecording,
    Event,
    Figures,
    Leave,
    Moved,
    Offer,
    PeerState,
    Recorded,
    Refused,
    RoomId,
    Sink,
    Speaker,
    WorkerState,
)
from signaling.sfu.host import Tasks
from signaling.workers.handle import Handle
from signaling.workers.ledger import Candidate, Ledger, choose
from signaling.workers.processes import Means
from signaling.workers.wire import Stop

logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Care:
    """How workers are watched; times are seconds.

    Attributes:
        beat: How often each is asked for its pulse.
        silence: A worker that says nothing for so long hangs, and is killed.
        calm: A lost worker is started again so much later while others are up: its rooms come back first.
        first_pause: Before the second start in a row that did not last; it doubles with each.
        longest_pause: The longest such pause.
        steady: A life that lasted so long was a good one.
        goodbye: How long a worker may take to end when it is told to.
        linger: How long a drained worker still forwards to those who have no picture from elsewhere yet.
    """

    beat: float = 0.25
    silence: float = 2.0
    calm: float = 2.0
    first_pause: float = 0.25
    longest_pause: float = 8.0
    steady: float = 10.0
    goodbye: float = 3.0
    linger: float = 4.0


class Supervisor:
    """Keeps the workers that `means` start, and hands out rooms to them."""

    def __init__(self, means: Sequence[Means], sink: Sink, care: Care | None = None) -> None:
        self._care = care or Care()
        self._sink = sink
        self._ledger = Ledger()
        self._tasks = Tasks()
        self._keepers: list[asyncio.Task[None]] = []
        self._some_up, self._none_up = asyncio.Event(), asyncio.Event()
        self._closing = False
        self._handles = {
            each.name: Handle(each, told=partial(self._told, each.name), lost=self._lost, draining=self._drain)
            for each in means
        }

    async def open(self) -> None:
        """Starts every worker; raises `OSError` with a sentence when one can't start."""
        handles = list(self._handles.values())
        results = await asyncio.gather(*(handle.start() for handle in handles), return_exceptions=True)
        failures = [(handle, error) for handle, error in zip(handles, results, strict=True) if error is not None]
        for handle, error in failures:
            if handle.vital or not isinstance(error, OSError):
                await self.close()
                raise error
            logger.error("x worker=%s can't start: %s", handle.name, error)
        self._note_phases()
        self._keepers = [self._tasks.spawn(self._keep(handle)) for handle in self._handles.values()]
        self._keepers.append(self._tasks.spawn(self._watch()))

    async def close(self) -> None:
        """Lets every worker say goodbye to its peers, and ends those that take too long."""
        self._closing = True
        for keeper in self._keepers:
            keeper.cancel()
        await self._tasks.drain()
        running = [handle for handle in self._handles.values() if handle.running]
        await asyncio.gather(*(self._dismiss(handle) for handle in running))

    def warm(self) -> None:
        """Nothing to do: workers get ready as soon as they start."""

    async def negotiate(self, offer: Offer) -> Answer | Refused:
        """Answers an offer on the worker of its room; the first of a room waits for one that is up."""
        handle = await self._home(offer.room)
        is_new = self._ledger.enter(offer.room, offer.peer, handle.name)
        answer = await handle.ask(offer)
        if is_new and isinstance(answer, Refused):
            self._ledger.leave(offer.peer)
        return answer

    def command(self, command: Command) -> None:
        """Passes a command on to the worker that it concerns."""
        if isinstance(command, CloseRoom | EndRecording):
            name = self._ledger.home(command.room)
        else:
            name = self._ledger.worker_of(command.peer)
        if name is None:
            if isinstance(command, EndRecording):  # the worker that wrote it is gone, and nobody writes any more
                self._sink(Recorded(command.recording))
            return
        self._handles[name].tell(command)
        if isinstance(command, CloseRoom):
            self._ledger.close(command.room)
        elif isinstance(command, Leave):
            self._ledger.leave(command.peer)

    def home(self, room: RoomId) -> str:
        """The worker that carries a room, if one does."""
        return self._ledger.home(room) or ""

    def figures(self) -> Figures:
        """The sums over the workers that run; those of a lost one are gone with it."""
        values = [msgspec.structs.astuple(handle.figures) for handle in self._handles.values()]
        sums = [sum(column) for column in zip(*values, strict=True)]
        return Figures(*sums)

    def workers(self) -> tuple[WorkerState, ...]:
        """Each worker at this moment."""
        return tuple(self._state(handle) for handle in self._handles.values())

    # -- where rooms live

    async def _home(self, room: RoomId) -> Handle:
        while True:
            name = self._ledger.home(room) or self._place()
            if name is not None:
                return self._handles[name]
            await self._some_up.wait()

    def _place(self) -> str | None:
        up = [handle for handle in self._handles.values() if handle.phase == "up"]
        loads = [Candidate(each.name, self._ledger.weight(each.name), each.share) for each in up]
        return choose(loads) if loads else None

    def _told(self, worker: str, event: Event) -> None:
        if isinstance(event, PeerState) and event.state == "gone":
            self._ledger.leave(event.peer)
            self._rested(worker)
        if not (isinstance(event, Speaker) and self._handles[worker].phase == "draining"):
            self._sink(event)

    def _move(self, handle: Handle, rooms: Sequence[RoomId], linger: float = 0.0) -> None:
        """Tells rooms that a worker has them no longer; each finds a new home with its next offer."""
        self._note_phases()
        for room in rooms:
            logger.info("- room=%s moves away from worker=%s", room, handle.name)
            self._sink(Moved(room, int(1000 * linger)))

    def _lost(self, handle: Handle) -> None:
        if not self._closing:
            self._move(handle, self._ledger.evict(handle.name))

    def _drain(self, handle: Handle) -> None:
        """Moves the rooms before the worker stops: who has a picture from elsewhere ends the old connection."""
        if self._closing:
            return
        self._move(handle, self._ledger.drain(handle.name), self._care.linger)
        if not self._rested(handle.name):
            asyncio.get_running_loop().call_later(self._care.linger, self._stop, handle, handle.lives)

    def _rested(self, worker: str) -> bool:
        """Stops a drained worker that nobody is on any more; tells whether it is one."""
        handle = self._handles[worker]
        if handle.phase != "draining" or self._closing or self._ledger.lingers(worker):
            return False
        handle.tell(Stop())
        return True

    def _stop(self, handle: Handle, life: int) -> None:
        """The time is up, unless that life of the worker was over before."""
        if handle.lives == life and handle.phase == "draining":
            handle.tell(Stop())

    def _note_phases(self) -> None:
        some = any(handle.phase == "up" for handle in self._handles.values())
        (self._some_up if some else self._none_up).set()
        (self._none_up if some else self._some_up).clear()

    def _state(self, handle: Handle) -> WorkerState:
        rooms, peers = self._ledger.count(handle.name)
        return WorkerState(
            handle.name, handle.phase, rooms, peers, handle.restarts, handle.share, handle.figures, handle.tasks
        )

    # -- keeping them alive

    async def _keep(self, handle: Handle) -> None:
        """Starts a worker again whenever it ends: soon after a good life, later and later after bad ones."""
        failures = 0
        while True:
            began = time.monotonic()
            await handle.end()
            failures = 0 if time.monotonic() - began >= self._care.steady else failures + 1
            while not await self._started(handle, failures):
                failures += 1

    async def _started(self, handle: Handle, failures: int) -> bool:
        await asyncio.sleep(pause(failures, self._care))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._care.calm):
                await self._none_up.wait()
        handle.restarts += 1
        try:
            await handle.start()
        except OSError as error:
            logger.error("x worker=%s can't start: %s", handle.name, error)  # noqa: TRY400 - the sentence says it all
            return False
        self._note_phases()
        return True

    async def _watch(self) -> None:
        """Asks for pulses, and kills who gives none; but nobody is silent while we were asleep ourselves."""
        while True:
            due = time.monotonic() + self._care.beat
            await asyncio.sleep(self._care.beat)
            slept = time.monotonic() - due > self._care.silence / 2
            for handle in self._handles.values():
                self._look(handle, patient=slept)

    def _look(self, handle: Handle, *, patient: bool) -> None:
        if handle.phase == "down":
            return
        if handle.silent(time.monotonic()) <= self._care.silence:
            handle.ping()
        elif patient:
            handle.forgive()
        else:
            logger.error("x worker=%s has been silent for %g s and is killed", handle.name, self._care.silence)
            handle.kill()

    async def _dismiss(self, handle: Handle) -> None:
        handle.phase = "draining"
        handle.tell(Stop())
        try:
            async with asyncio.timeout(self._care.goodbye):
                await handle.end()
        except TimeoutError:
            logger.warning("x worker=%s did not end by itself", handle.name)
            handle.kill()
            await handle.end()


def pause(failures: int, care: Care) -> float:
    """Seconds before the next start, after so many lives in a row that did not last."""
    return 0.0 if failures <= 1 else min(care.longest_pause, care.first_pause * 2.0 ** min(failures - 2, 20))
