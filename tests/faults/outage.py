"""The way to the server is cut for a while, or the client's address changes: how soon pages show pictures again.

``python -m tests.faults.outage [--rounds 3] [--seconds 10]`` plays it with the demo's server and two pages of the
classroom in Chromium, cameras and one microphone on, each side in a network namespace of its own with a router
between them. It prints what was measured as JSON, milliseconds each:

``outage_back_ms_*``: from the return of the way to a page's first new picture, each page of each round;
``move_back_ms_*``: the same from the moment at which the client has its new address and no longer the old one.

A page counts as back only when its pictures go on from there. Needs root and iproute2.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from playwright.async_api import Browser, Page, async_playwright

from tests.netns import Journey
from tests.processes import COMMAND, ROOT
from tests.signaling.sfu.browsers import launch

PORT: Final = 8080
PATIENCE: Final = 60.0
ASK_EVERY: Final = 0.1
STEADY: Final = 10
"""So many pictures after the first one say that they go on."""
STALL_MS: Final = 1000
CALM_SECONDS: Final = 3.0
PEOPLE: Final = 2

WATCH: Final = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wish) =>
  ask(wish.video ? {...wish, video: {width: 160, height: 120, frameRate: 10}} : wish);
window.pictures = [];
document.addEventListener("loadstart", ({target}) => {
  if (!target.matches("[data-participant] video:not(.mirror)")) return;
  const seen = (now) => {
    window.pictures.push(performance.timeOrigin + now);
    target.requestVideoFrameCallback(seen);
  };
  target.requestVideoFrameCallback(seen);
}, true);
"""


class Sight:
    """One page in the lesson."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @classmethod
    async def take(cls, browser: Browser, link: str, *devices: str) -> "Sight":
        context = await browser.new_context()
        context.set_default_timeout(1000 * PATIENCE)
        await context.add_init_script(WATCH)
        page = await context.new_page()
        await page.goto(link)
        await page.locator("#join button.primary").click()
        for kind in devices:
            await page.locator(f"[data-device={kind}]").click()
        return cls(page)

    async def back(self, since: float = 0.0) -> float:
        """Waits until pictures go on; gives the epoch milliseconds of the first after a moment."""
        async with asyncio.timeout(PATIENCE):
            while (first := steady(await self._page.evaluate("window.pictures"), since)) is None:  # noqa: ASYNC110 - the page has the event
                await asyncio.sleep(ASK_EVERY)
        return first


def steady(pictures: Sequence[float], since: float) -> float | None:
    """The first picture after a moment from which on they go on without a stall, once enough of them have come."""
    later = [picture for picture in pictures if picture > since]
    starts = [at for at in range(1, len(later)) if later[at] - later[at - 1] > STALL_MS]
    run = later[starts[-1] if starts else 0 :]
    return run[0] if len(run) > STEADY else None


@asynccontextmanager
async def demo(there: Journey) -> AsyncIterator[dict[str, Any]]:
    """The demo's server on its side of the router; what it told of itself."""
    with tempfile.TemporaryDirectory() as folder:
        options = ("demo", "--data", folder, "--host", "0.0.0.0", "--port", str(PORT), "--json")
        process: Process = await asyncio.create_subprocess_exec(
            *there.server.command([sys.executable, "-c", COMMAND, *options]),
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=PIPE,
            stderr=None if os.environ.get("VCLASS_JOURNEY_LOG") else DEVNULL,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE):
                facts = json.loads(await process.stdout.readline())
            yield facts
        finally:
            process.terminate()
            await process.wait()


async def inside(there: Journey, rounds: int, seconds: float) -> dict[str, float]:
    """What is played on the client's side."""
    async with demo(there) as facts, async_playwright() as playwright:
        secure = f"--unsafely-treat-insecure-origin-as-secure={facts['url']}"
        browser = await launch(playwright, "chromium", secure)
        links = list(facts["lesson"]["join_urls"].values())[:PEOPLE]
        sights = [await Sight.take(browser, links[0], "video", "audio")]
        sights += [await Sight.take(browser, link, "video") for link in links[1:]]
        await asyncio.gather(*(each.back() for each in sights))
        outages, moves = [], []
        for _ in range(rounds):
            await calm(sights)
            there.cut()
            await asyncio.sleep(seconds)
            outages += await waits(sights, there.mend)
            await calm(sights)
            moves += await waits(sights, there.move)
        await browser.close()
    return {**told("outage", outages), **told("move", moves)}


async def calm(sights: Sequence[Sight]) -> None:
    """Lets pictures flow for a moment."""
    await asyncio.sleep(CALM_SECONDS)
    now = 1000 * time.time()
    await asyncio.gather(*(each.back(now) for each in sights))


async def waits(sights: Sequence[Sight], change: Callable[[], None]) -> list[float]:
    """Does what is to be recovered from; milliseconds from there until each page is back."""
    change()
    changed = 1000 * time.time()
    firsts = await asyncio.gather(*(each.back(changed) for each in sights))
    return [first - changed for first in firsts]


def told(name: str, found: Sequence[float]) -> dict[str, float]:
    print(name, *(f"{each:.0f}" for each in found), file=sys.stderr)
    return {f"{name}_back_ms_median": statistics.median(found), f"{name}_back_ms_worst": max(found)}


def play(rounds: int, seconds: float) -> dict[str, float]:
    """Lays the way, and plays on it from the client's side."""
    journey = Journey(f"vclass-{os.getpid()}")
    options = ("--inside", journey.name, "--rounds", str(rounds), "--seconds", str(seconds))
    with journey.laid():
        command = [sys.executable, "-m", "tests.faults.outage", *options]
        printed = journey.client.run(command, timeout=120 + 60 * rounds)
    figures: dict[str, float] = json.loads(printed.splitlines()[-1])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Cut the way, change the address, and measure how soon pages are back."
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(asyncio.run(inside(Journey(options.inside), options.rounds, options.seconds))))
    else:
        print(json.dumps(play(options.rounds, options.seconds)))


if __name__ == "__main__":
    main()
