"""A media worker dies in a lesson, then the whole server: how soon every page shows pictures again, in the same seat.

``python -m tests.journeys.worker_kill [--pages 8] [--rounds 3]`` plays it with the demo's server and two workers, pages
of 160x120 at 10 frames a second with four slots each in one Chromium, all cameras and one microphone on, and prints
what was measured as JSON:

``picture_ms``: from the SIGKILL to a page's first new picture of anybody, each page of each round;
``tile_ms``: the same for each of the pictures that the page had shown before;
``drain_gap_ms``: the longest pause between two pictures of somebody while the worker is told to end instead, and ends;
``server_back_seconds``: from the SIGKILL of the server until the last page shows a picture; it serves again, started
anew at once, after ``server_serves_seconds`` of them.
"""

import argparse
import asyncio
import json
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import async_playwright

from tests.journeys.seminar import SLOTS, Demo, Seat
from tests.signaling.sfu.browsers import launch

PAGES = 8
ROUNDS = 3
UNRELOADED = "window.unreloaded = true"


@asynccontextmanager
async def seminar(pages: int) -> AsyncIterator[tuple[Demo, list[Seat]]]:
    """So many pages in one lesson, each with its full number of pictures."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(Path(folder))
        await demo.start()
        try:
            async with async_playwright() as playwright:
                browser = await launch(playwright, "chromium")
                links = await demo.book(pages)
                seats = [await Seat.take(browser, links[0], "video", "audio")]
                seats += [await Seat.take(browser, link, "video") for link in links[1:]]
                await all_see(seats)
                yield demo, seats
                await browser.close()
        finally:
            await demo.end()


async def all_see(seats: Sequence[Seat], since: float = 0.0) -> None:
    """Waits until each page has shown as many pictures in streams since a moment as it has slots for."""
    others = min(SLOTS, len(seats) - 1)
    await asyncio.gather(*(seat.sees(others, since) for seat in seats))


async def lose_worker(demo: Demo, seats: Sequence[Seat]) -> list[list[float]]:
    """One round: kill the lesson's worker; each page's waits for its pictures."""
    await demo.all_up()
    before = [await seat.id() for seat in seats]
    for seat in seats:
        await seat.page.evaluate(UNRELOADED)
    killed = await demo.kill_worker()
    await all_see(seats, killed)
    assert [await seat.id() for seat in seats] == before, "somebody lost the seat"
    assert all([await seat.page.evaluate("window.unreloaded") for seat in seats]), "a page was loaded again"
    return [await seat.waits(killed) for seat in seats]


async def drain_worker(demo: Demo, seats: Sequence[Seat]) -> list[float]:
    """Tell the lesson's worker to end; the longest pause in each picture of each page until it has ended."""
    await demo.all_up()
    before = await demo.restarts()
    for seat in seats:
        await seat.forget_gaps()
    ended = await demo.kill_worker(signal.SIGTERM)
    await all_see(seats, ended)
    await demo.restarted(before)
    return [gap for seat in seats for gap in await seat.gaps()]


async def lose_server(demo: Demo, seats: Sequence[Seat]) -> tuple[float, float]:
    """Kill the server and start it again; seconds until it serves, and until the last page shows pictures again."""
    killed = 1000 * time.time()
    await demo.kill()
    await demo.start()
    serves = time.time() - killed / 1000
    await all_see(seats, killed)
    return serves, max([min(await seat.waits(killed)) for seat in seats]) / 1000


async def play(pages: int, rounds: int) -> dict[str, float]:
    """The whole journey."""
    async with seminar(pages) as (demo, seats):
        drained = [gap for _ in range(rounds) for gap in await drain_worker(demo, seats)]
        lost = [waits for _ in range(rounds) for waits in await lose_worker(demo, seats)]
        serves, back = await lose_server(demo, seats)
    first = [min(waits) for waits in lost]
    tiles = [wait for waits in lost for wait in waits]
    return {
        "pages": pages,
        "picture_ms_median": statistics.median(first),
        "picture_ms_worst": max(first),
        "tile_ms_median": statistics.median(tiles),
        "tile_ms_worst": max(tiles),
        "drain_gap_ms_median": statistics.median(drained),
        "drain_gap_ms_worst": max(drained),
        "server_serves_seconds": serves,
        "server_back_seconds": back,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(play(options.pages, options.rounds))), file=sys.stdout)


if __name__ == "__main__":
    main()
