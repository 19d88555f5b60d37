"""Send a running server every calendar that the wheels bring, and bombs, and see that it stays well.

``python -m tests.faults.imports`` prints what was counted as JSON: how long the slowest answer took, how many were 5xx,
how long /healthz took meanwhile, and how much memory any process had. The server is real, as are its reading processes.
"""

import argparse
import asyncio
import io
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from tests.icsreader.bombs import BOMBS
from tests.icsreader.corpus import files
from tests.processes import Installation, end, install, start

CLIENTS: Final = 2
PINGS_A_SECOND: Final = 20
IDLE_PINGS: Final = 100
KIB_A_MIB: Final = 1024


@dataclass
class Count:
    """What was seen."""

    seconds: dict[str, float] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    idle: list[float] = field(default_factory=list)
    pings: list[float] = field(default_factory=list)
    reader_mib: float = 0
    server_mib: float = 0

    def figures(self) -> dict[str, float | str]:
        slowest = max(self.seconds, key=lambda name: self.seconds[name])
        return {
            "files": len(self.seconds),
            "slowest_seconds": round(self.seconds[slowest], 2),
            "slowest": slowest,
            "server_errors": sum(number for status, number in self.statuses.items() if status >= 500),
            "taken": self.statuses[201],
            "refused": self.statuses[422] + self.statuses[413],
            "other": sum(number for status, number in self.statuses.items() if status not in {201, 422, 413}),
            "healthz_idle_p99_ms": p99(self.idle),
            "healthz_p99_ms": p99(self.pings),
            "healthz_max_ms": round(1000 * max(self.pings), 1),
            "healthz_number": len(self.pings),
            "reader_mib": round(self.reader_mib, 1),
            "server_mib": round(self.server_mib, 1),
        }


def p99(seconds: Sequence[float]) -> float:
    """In milliseconds."""
    return round(1000 * sorted(seconds)[int(0.99 * len(seconds))], 1)


def run(calendars: Mapping[str, bytes]) -> dict[str, float | str]:
    """Start a server, send it all, and count."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(play(install(Path(folder)), calendars))


async def play(there: Installation, calendars: Mapping[str, bytes]) -> dict[str, float | str]:
    server, count = await start(there), Count()
    try:
        await at_rest(there, count)
        async with watching(there, server.pid, count):
            queue = list(calendars.items())[::-1]
            async with asyncio.TaskGroup() as group:
                for number in range(CLIENTS):
                    group.create_task(send_all(there, number, queue, count))
    finally:
        await end(server)
    return count.figures()


async def at_rest(there: Installation, count: Count) -> None:
    """How long /healthz takes before anything is sent: what the machine itself costs."""
    async with aiohttp.ClientSession() as session:
        for _ in range(IDLE_PINGS):
            count.idle.append(await ping(session, there))
            await asyncio.sleep(1 / PINGS_A_SECOND)


async def ping(session: aiohttp.ClientSession, there: Installation) -> float:
    begun = time.perf_counter()
    async with session.get(f"{there.url(0)}/healthz") as response:
        assert response.status == 200
    return time.perf_counter() - begun


async def send_all(there: Installation, number: int, queue: list[tuple[str, bytes]], count: Count) -> None:
    """Send one calendar after another, each in the place of the former."""
    headers = {"Authorization": f"Bearer {there.bookers[number].token}", "Content-Type": "text/calendar"}
    async with aiohttp.ClientSession(headers=headers) as session:
        while queue:
            name, content = queue.pop()
            begun = time.perf_counter()
            async with session.post(f"{there.url(0)}/api/v1/busy", data=io.BytesIO(content)) as response:
                await response.read()
            count.seconds[name] = time.perf_counter() - begun
            count.statuses[response.status] += 1


@asynccontextmanager
async def watching(there: Installation, pid: int, count: Count) -> AsyncIterator[None]:
    """Ask how the server is all the while, and look how much memory it and its readers have; raises what it meets."""
    watch = asyncio.create_task(watch_on(there, pid, count))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def watch_on(there: Installation, pid: int, count: Count) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            count.pings.append(await ping(session, there))
            count.server_mib = max(count.server_mib, *memory([pid]))
            count.reader_mib = max(count.reader_mib, *memory(children(pid)))
            await asyncio.sleep(1 / PINGS_A_SECOND)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    paths = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in paths for child in _told(path).split()]


def memory(pids: Sequence[int]) -> list[float]:
    """The most that each process ever had in memory, in MiB; one that has ended had none."""
    return [0, 0, *(most for pid in pids for most in _peak(pid))]


def _peak(pid: int) -> Iterator[float]:
    lines = _told(Path(f"/proc/{pid}/status")).splitlines()
    yield from (int(line.split()[1]) / KIB_A_MIB for line in lines if line.startswith("VmHWM:"))


def _told(path: Path) -> str:
    """What the kernel tells; nothing of whoever has ended."""
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""


def everything() -> dict[str, bytes]:
    """All calendars of the wheels, and the bombs."""
    return {str(path)[-60:]: path.read_bytes() for path in files()} | BOMBS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    print(json.dumps(run(everything())))


if __name__ == "__main__":
    main()
