"""The real server in a process of its own, as the demo starts it, and what it has used of the processor."""

import asyncio
import json
import os
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.startup import command, environment, free_port

STARTS_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Product:
    """A running server: what the demo told of it, its folder and its process."""

    facts: dict[str, object]
    folder: Path
    pid: int

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    @property
    def open_links(self) -> list[str]:
        """Personal links of the lesson that is open now."""
        lesson = self.facts["lesson"]
        assert isinstance(lesson, dict)
        return list(lesson["join_urls"].values())

    def token_of(self, email: str) -> str:
        """The API token of somebody of the cast."""
        people = self.facts["people"]
        assert isinstance(people, list)
        return next(str(each["token"]) for each in people if each["email"] == email)

    def cpu_seconds(self) -> float:
        """CPU time of all threads since start, to the nanosecond: `clock_getcpuclockid(3)`, not ticks of /proc."""
        return time.clock_gettime((~self.pid << 3) | 2)


@asynccontextmanager
async def product() -> AsyncIterator[Product]:
    """Start `vclass demo` on loopback with a fresh installation."""
    with tempfile.TemporaryDirectory() as name:
        port = str(free_port(socket.SOCK_STREAM))
        process = await asyncio.create_subprocess_exec(
            *command("demo", "--data", name, "--port", port, "--json"),
            env=environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=None if os.environ.get("VCLASS_BENCHMARK_LOG") else asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                facts = json.loads(await process.stdout.readline())
            yield Product(facts, Path(name), process.pid)
        finally:
            process.terminate()
            await process.wait()
