"""What all peers share: settings, sockets, engine, counters, and the tasks that must not outlive the SFU."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from signaling.sfu.engine.base import Engine
from signaling.sfu.mux import Mux
from signaling.sfu.secure import OpenSecure
from signaling.sfu.settings import SfuSettings

logger = logging.getLogger(__name__)


class Tasks:
    """Running tasks, held until they end; a failure is logged and harms nobody else."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("x task failed", exc_info=error)

    async def drain(self) -> None:
        """Waits until every task has ended."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)


@dataclass(slots=True)
class Counters:
    """What happened since start, apart from what engine and sockets count."""

    nacks_sent: int = 0
    nacks_received: int = 0
    retransmitted: int = 0
    plis_sent: int = 0
    malformed: int = 0


@dataclass(slots=True)
class Host:
    """The surroundings of a peer."""

    settings: SfuSettings
    engine: Engine
    mux: Mux
    open_secure: OpenSecure
    tasks: Tasks
    counters: Counters = field(default_factory=Counters)
