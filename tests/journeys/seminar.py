"""A lesson of many pages in one Chromium, on the demo's server with media workers, and what each page sees when."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import aiohttp
from playwright.async_api import Browser, Page

from tests.journeys.house import free_port
from tests.processes import COMMAND, ROOT
from tests.visits import book_open, personal_links
from vclass.demo.cast import LEADER

WORKERS: Final = 2
SLOTS: Final = 4
PATIENCE: Final = 60.0
ASK_EVERY: Final = 0.2
NARROW: Final = {"width": 480, "height": 360}
"""On a window of this width a page asks for four pictures."""

WATCH: Final = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wish) =>
  ask(wish.video ? {...wish, video: {width: 160, height: 120, frameRate: 10}} : wish);
window.pictures = {};
window.gaps = {};
const shown = {};
const follow = (video) => video.requestVideoFrameCallback((now) => {
  const id = video.closest("[data-participant]")?.dataset.participant;
  if (id && shown[id]) window.gaps[id] = Math.max(window.gaps[id] ?? 0, now - shown[id]);
  if (id) shown[id] = now;
  follow(video);
});
document.addEventListener("loadstart", ({target}) => {
  if (!target.matches("[data-participant] video:not(.mirror)")) return;
  follow(target);
  target.requestVideoFrameCallback((now) => {
    const tile = target.closest("[data-participant]");
    if (tile) window.pictures[`${tile.dataset.participant} ${target.srcObject?.id}`] ??= performance.timeOrigin + now;
  });
}, true);
"""

Pictures: TypeAlias = dict[tuple[str, str], float]
"""When the first frame of a participant was shown, by stream; in epoch milliseconds."""


@dataclass
class Demo:
    """The demo's server in a folder of its own; it can be killed and started again."""

    folder: Path
    port: int = field(default_factory=lambda: free_port(socket.SOCK_STREAM))
    process: Process | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        options = ("--data", str(self.folder), "--port", str(self.port), "--workers", str(WORKERS), "--json")
        log = None if os.environ.get("VCLASS_JOURNEY_LOG") else DEVNULL
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", COMMAND, "demo", *options),
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=PIPE,
            stderr=log,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            self.facts = json.loads(await self.process.stdout.readline())

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def end(self) -> None:
        assert self.process is not None
        self.process.terminate()
        await self.process.wait()

    async def workers(self) -> dict[str, Any]:
        """What the server says of each worker, by name."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
            return {each["name"]: each for each in (await answer.json())["workers"]}

    async def kill_worker(self, number: signal.Signals = signal.SIGKILL) -> float:
        """Kills the worker that has the lesson; gives the epoch milliseconds of that."""
        home = next(name for name, each in (await self.workers()).items() if each["rooms"])
        pid = self._worker_ids()[home]
        killed = 1000 * time.time()
        os.kill(pid, number)
        return killed

    async def restarts(self) -> int:
        """How often workers were started again."""
        return sum(each["restarts"] for each in (await self.workers()).values())

    async def restarted(self, before: int) -> None:
        """Waits until one more worker was started again."""
        async with asyncio.timeout(PATIENCE):
            while await self.restarts() == before:  # noqa: ASYNC110 - the server has the event
                await asyncio.sleep(ASK_EVERY)

    async def all_up(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while {each["phase"] for each in (await self.workers()).values()} != {"up"}:  # noqa: ASYNC110 - the server has the event
                await asyncio.sleep(ASK_EVERY)

    def _worker_ids(self) -> dict[str, int]:
        assert self.process is not None
        listed = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        children = [pid for task in listed for pid in task.read_text("ascii").split()]
        lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0") for pid in children}
        return {line[line.index("--name") + 1]: pid for pid, line in lines.items() if "signaling.workers" in line}

    async def book(self, people: int) -> list[str]:
        """A lesson that is open now; the personal links of so many guests."""
        token = next(each["token"] for each in self.facts["people"] if each["email"] == LEADER)
        guests = [f"guest{place}@seminar.example" for place in range(people)]
        async with aiohttp.ClientSession(self.url, headers={"Authorization": f"Bearer {token}"}) as session:
            lesson = await book_open(session, "Seminar", LEADER, guests)
        database_url = f"sqlite:///{self.folder / 'vclass.db'}"
        secret = self.folder / "secret"
        found = await asyncio.to_thread(personal_links, self.url, secret, database_url, LEADER, [lesson])
        return [link for email, link in found if email in guests]


class Seat:
    """One page in the lesson."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def take(cls, browser: Browser, link: str, *devices: str) -> "Seat":
        context = await browser.new_context(viewport=NARROW)  # type: ignore[arg-type]  # a plain dictionary
        context.set_default_timeout(1000 * PATIENCE)
        await context.add_init_script(WATCH)
        page = await context.new_page()
        await page.goto(link)
        await page.locator("#join button.primary").click()
        for kind in devices:
            await page.locator(f"[data-device={kind}]").click()
        return cls(page)

    async def pictures(self) -> Pictures:
        found = await self.page.evaluate("window.pictures")
        return {(key.split(" ")[0], key.split(" ")[1]): first for key, first in found.items()}

    async def forget_gaps(self) -> None:
        """Only pauses from now on count."""
        await self.page.evaluate("window.gaps = {}")

    async def gaps(self) -> list[float]:
        """For each participant the longest time without a new picture on any video of the tile, in milliseconds."""
        return list((await self.page.evaluate("window.gaps")).values())

    async def id(self) -> str:
        return str(await self.page.evaluate("window.vclass.me.id"))

    async def sees(self, others: int, since: float = 0.0) -> None:
        """Waits until it has shown pictures of so many others since a moment."""
        async with asyncio.timeout(PATIENCE):
            while len(await self.waits(since)) < others:  # noqa: ASYNC110 - the page has the event
                await asyncio.sleep(ASK_EVERY)

    async def waits(self, since: float) -> list[float]:
        """Milliseconds from a moment to the first picture of each participant in a stream that began after it."""
        firsts = {who: first for (who, _), first in (await self.pictures()).items() if first > since}
        return [first - since for first in firsts.values()]
