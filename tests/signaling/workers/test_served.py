"""`vclass serve` with media workers: what it tells of them, and that none outlives it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest

from tests import processes
from tests.mail_server import free_port
from tests.processes import Installation
from tests.signaling.sfu.clients import until

Told: TypeAlias = tuple[int, dict[str, Any]]
Serve: TypeAlias = Callable[[int], Awaitable["Served"]]


class Served:
    """A running server."""

    def __init__(self, there: Installation, process: asyncio.subprocess.Process, metrics: str) -> None:
        self.there, self.process, self._metrics = there, process, metrics

    async def readiness(self) -> Told:
        async with aiohttp.ClientSession() as session, session.get(f"{self.there.url(0)}/readyz") as answer:
            return answer.status, await answer.json()

    async def tells(self, condition: Callable[[Told], object]) -> None:
        """Asks until the answer is as wished."""
        async with asyncio.timeout(processes.PATIENCE):
            while not condition(await self.readiness()):
                pass

    async def metrics(self) -> list[str]:
        async with aiohttp.ClientSession() as session, session.get(f"http://{self._metrics}/metrics") as answer:
            return (await answer.text()).splitlines()

    def workers(self) -> list[int]:
        """The process ids of the workers, in the order of their start."""
        listed = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        children = [int(pid) for task in listed for pid in task.read_text("ascii").split()]
        return [pid for pid in children if b"signaling.workers" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.fixture
async def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serve]:
    started: list[Served] = []
    metrics = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("VCLASS_SERVER__METRICS", metrics)

    async def start(workers: int) -> Served:
        there = processes.install(tmp_path)
        with there.config(0).open("a", encoding="utf-8") as file:
            file.write(f"workers = {workers}\n")
        started.append(Served(there, await processes.start(there), metrics))
        return started[0]

    yield start
    for each in started:
        if each.process.returncode is None:
            await processes.end(each.process)


async def test_readiness_names_each_worker_and_counts_its_restarts(serve: Serve) -> None:
    served = await serve(2)
    fresh = [{"name": name, "phase": "up", "rooms": 0, "peers": 0, "restarts": 0} for name in "12"]
    assert (await served.readiness())[1]["workers"] == fresh
    os.kill(served.workers()[1], signal.SIGKILL)
    await served.tells(lambda told: sum(each["restarts"] for each in told[1]["workers"]) == 1)
    await served.tells(lambda told: [each["phase"] for each in told[1]["workers"]] == ["up", "up"])


async def test_metrics_have_each_worker(serve: Serve) -> None:
    served = await serve(2)
    os.kill(served.workers()[1], signal.SIGKILL)
    await served.tells(lambda told: sum(each["restarts"] for each in told[1]["workers"]) == 1)
    lines = await served.metrics()
    assert sorted(line[-1] for line in lines if line.startswith("vclass_media_worker_restarts_total{")) == ["0", "1"]
    assert 'vclass_media_rooms{worker="1"} 0' in lines
    assert "# TYPE vclass_media_packets_out_total counter" in lines


async def test_a_server_without_a_worker_that_is_up_is_not_ready(serve: Serve) -> None:
    served = await serve(1)
    os.kill(served.workers()[0], signal.SIGKILL)
    await served.tells(lambda told: (told[0], told[1]["status"]) == (503, "no media worker is up"))
    await served.tells(lambda told: told[0] == 200)


async def test_a_server_that_is_told_to_end_ends_its_workers_and_itself_without_a_fault(serve: Serve) -> None:
    served = await serve(2)
    workers = served.workers()
    await processes.end(served.process)
    assert served.process.returncode == 0
    assert not any(_runs(pid) for pid in workers)
    assert '"level": "ERROR"' not in served.there.log


async def test_a_server_that_is_killed_takes_its_workers_along(serve: Serve) -> None:
    served = await serve(2)
    workers = served.workers()
    assert len(workers) == 2
    served.process.kill()
    await served.process.wait()
    await until(lambda: not any(_runs(pid) for pid in workers))


async def test_a_server_carries_media_itself_unless_told_otherwise(serve: Serve) -> None:
    served = await serve(0)
    assert (served.workers(), (await served.readiness())[1]["workers"]) == ([], [])
    assert [line for line in await served.metrics() if "media_rooms" in line][-1] == "vclass_media_rooms 0"


def _runs(pid: int) -> bool:
    """Whether a process is there that isn't dead already."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
