"""How a worker comes to be: as a process of this machine, with one end of a socketpair."""

import asyncio
import contextlib
import logging
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from dataclasses import replace
from typing import Final, Protocol

import msgspec

from signaling.sfu import SfuSettings
from signaling.workers.pipe import Pipe
from signaling.workers.wire import FromWorker

logger: Final = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-P", "-m", "signaling.workers")
"""``-P``: packages of ours come from the installation, never from the working directory."""


class Body(Protocol):
    """What a worker runs in, once it was started."""

    def kill(self) -> None:
        """Ends it at once, even if it hangs."""

    async def gone(self) -> None:
        """Waits until nothing is left of it."""


class Means(Protocol):
    """A way to start one worker, again and again; the first start of a vital one must not fail."""

    name: str
    vital: bool

    async def start(self, pipe: Pipe[FromWorker]) -> Body:
        """Starts it and connects the pipe; raises `OSError` with a sentence when it can't."""


class ProcessBody:
    """A child process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def gone(self) -> None:
        await self._process.wait()


class LocalMeans:
    """Starts a worker on this machine."""

    def __init__(self, name: str, settings: SfuSettings) -> None:
        self.name = name
        self.vital = True
        self._settings = msgspec.json.encode(settings).decode()

    async def start(self, pipe: Pipe[FromWorker]) -> Body:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003 - the standard library's way
        with theirs:
            descriptor = theirs.fileno()
            command = (*COMMAND, "--name", self.name, "--fd", str(descriptor), self._settings)
            process = await asyncio.create_subprocess_exec(
                *command, pass_fds=(descriptor,), stdin=DEVNULL, stdout=DEVNULL
            )
        await asyncio.get_running_loop().create_unix_connection(lambda: pipe, sock=ours)
        logger.info("- worker=%s pid=%d started", self.name, process.pid)
        return ProcessBody(process)


def local_means(settings: SfuSettings, count: int) -> list[Means]:
    """So many workers on this machine: the first has the port of the settings, each other one the next."""
    first = settings.udp_port
    ports = [first + place if first else 0 for place in range(count)]
    return [LocalMeans(str(place), replace(settings, udp_port=port)) for place, port in enumerate(ports, 1)]
