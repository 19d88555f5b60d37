"""The running house of a journey: server process, mail server, and where they are."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.post import Post

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class House:
    """A server that answers at `url`, and the mail that it sends."""

    url: str
    post: Post
    process: subprocess.Popen[bytes]


@asynccontextmanager
async def house(folder: Path, now: int) -> AsyncIterator[House]:
    """Start everything on loopback; `now` is the server's present in epoch seconds."""
    port, udp_port, smtp_port = (
        free_port(socket.SOCK_STREAM),
        free_port(socket.SOCK_DGRAM),
        free_port(socket.SOCK_STREAM),
    )
    numbers = {"--port": port, "--udp-port": udp_port, "--smtp-port": smtp_port, "--now": now}
    options = [text for name, value in numbers.items() for text in (name, str(value))]
    command = [sys.executable, "-m", "tests.journeys.server", "--folder", str(folder), *options]
    with Post(smtp_port) as post:
        process = await asyncio.to_thread(start, command)
        try:
            url = f"http://127.0.0.1:{port}"
            await until_ready(f"{url}/readyz", process)
            yield House(url, post, process)
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(process.wait, PATIENCE)


def start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})


async def until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(answers, url):
            assert process.poll() is None, "the server ended"
            await asyncio.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
