"""How soon somebody who presses Join sees the others, and what it costs the server.

Usage: python -m tests.benchmarks.joining [--json] [--rounds N]

All figures come from one run of the real server in a process of its own.

``first_frame_ms_median``: a page of the real product in Chromium, in a profile that has never been here and open for
three seconds, presses Join while another Chromium has camera (320x240, 15 frames a second) and microphone on;
milliseconds from sending its `offer`, of 16 slots, to the first picture of the other that was decoded and handed to the
screen.
``press_to_frame_ms_median``: not of the contract: from the press on Join to that picture, so with the page of the
lesson, its files, its WebSocket and the browser's writing of the offer.
``server_cpu_ms_per_join``: CPU time of the server over those same joins, from the press to that picture, mean: the
POST behind Join, the page with its files, the ticket, the WebSocket, the browser's offer of 16 slots, ICE, DTLS and the
first packets. What the server used in the second before the press, with the other's stream running, is taken off.
``server_cpu_ms_per_media_join``: not of the contract, its part of media: a browser's offer over HTTP, answer, ICE
and DTLS, by an endpoint of ``load`` against the SFU alone.
``worker_kill_ms_median``: see ``tests.journeys.worker_kill``: eight pages in a lesson whose media worker is killed,
again and again; from the kill to a page's first new picture. ``worker_kill_ms_worst`` is the slowest page of all.
``storm_60s_p99_ms``, ``storm_5s_p99_ms``: see ``storm``; the worst of a hundred visitors, median of the rounds.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page, async_playwright

from tests.benchmarks import report
from tests.benchmarks.load import BrowserLike
from tests.benchmarks.media import server
from tests.benchmarks.product import Product, product
from tests.benchmarks.storm import Storm
from tests.journeys import worker_kill
from tests.signaling.sfu.browsers import launch

JOINS = 20
LOOKING_SECONDS = 3.0
STEADY_SECONDS = 1.0
PATIENCE_MS = 20_000
MEDIA_JOINS = 100
ASK_EVERY = 0.02
SMALL_CAMERA = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wish) =>
  ask(wish.video ? {...wish, video: {width: 320, height: 240, frameRate: 15}} : wish);
"""
WATCH = """
document.addEventListener("click", (event) => {
  if (event.target.closest("#join button")) {
    sessionStorage.setItem("pressed", performance.timeOrigin + event.timeStamp);
  }
}, true);
window.marks = {};
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  if (JSON.parse(text).type === "offer") window.marks.offer ??= performance.timeOrigin + performance.now();
  send.call(this, text);
};
const seen = new WeakSet();
new MutationObserver(() => {
  for (const video of document.querySelectorAll("[data-participant] video")) {
    if (seen.has(video)) continue;
    seen.add(video);
    window.marks.tile ??= performance.timeOrigin + performance.now();
    video.requestVideoFrameCallback((now) => { window.marks.frame ??= performance.timeOrigin + now; });
  }
}).observe(document, {childList: true, subtree: true});
"""
SINCE_PRESS = "() => window.marks.frame - Number(sessionStorage.getItem('pressed'))"
SINCE_OFFER = "() => window.marks.frame - window.marks.offer"
SEES = "() => Boolean(window.marks.frame)"
IS_HEARD_AND_SEEN = "() => Boolean(window.vclass?.me?.video && window.vclass.me.audio)"
IS_ALONE = "async () => (await window.vclass.stats()).state.people.length === 1"


@dataclass(frozen=True, slots=True)
class Join:
    """One join: milliseconds from the press and from the offer to the first picture, and of the server's CPU."""

    since_press: float
    since_offer: float
    cpu: float


async def main() -> None:
    """Join in browsers, then in numbers; print the figures."""
    rounds = report.rounds(default=3)
    media = statistics.median([await media_join() for _ in range(rounds)])
    async with product() as there:
        joins = await in_browsers(there)
        async with Storm(there) as storm:
            storms = {seconds: [await storm.p99(seconds) for _ in range(rounds)] for seconds in (60, 5)}
    killed = await worker_kill.play(worker_kill.PAGES, rounds)
    print("from the press ms:", *(f"{each.since_press:.0f}" for each in joins), file=sys.stderr)
    print("from the offer ms:", *(f"{each.since_offer:.0f}" for each in joins), file=sys.stderr)
    print("cpu ms:", *(f"{each.cpu:.0f}" for each in joins), file=sys.stderr)
    figures = {
        "first_frame_ms_median": statistics.median(each.since_offer for each in joins),
        "press_to_frame_ms_median": statistics.median(each.since_press for each in joins),
        "server_cpu_ms_per_join": statistics.fmean(each.cpu for each in joins),
        "server_cpu_ms_per_media_join": media,
        "worker_kill_ms_median": killed["picture_ms_median"],
        "worker_kill_ms_worst": killed["picture_ms_worst"],
        **{f"storm_{seconds}s_p99_ms": statistics.median(found) for seconds, found in storms.items()},
    }
    report.show("joining", figures)


async def in_browsers(there: Product) -> list[Join]:
    """Somebody is there and stays; somebody else comes and goes."""
    resident, visitor = there.open_links[:2]
    async with browsers() as (first, second):
        anna = await open_link(first, resident)
        await anna.locator("#join button.primary").click()
        for kind in ("video", "audio"):
            await anna.locator(f"[data-device={kind}]").click()
        await until(anna, IS_HEARD_AND_SEEN)
        return [await come_and_go(there, second, visitor, anna) for _ in range(JOINS)]


@asynccontextmanager
async def browsers() -> AsyncIterator[tuple[Browser, Browser]]:
    """Two Chromium processes."""
    async with async_playwright() as playwright:
        first, second = [await launch(playwright, "chromium") for _ in range(2)]
        yield first, second
        await first.close()
        await second.close()


async def open_link(browser: Browser, link: str) -> Page:
    """A personal link in a fresh profile, looked at for a while."""
    context = await browser.new_context(viewport={"width": 1100, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    await context.add_init_script(SMALL_CAMERA + WATCH)
    page = await context.new_page()
    await page.goto(link)
    await asyncio.sleep(LOOKING_SECONDS)
    return page


async def come_and_go(there: Product, browser: Browser, link: str, other: Page) -> Join:
    """Join, see, leave."""
    page = await open_link(browser, link)
    steady = await share_of_core(there)
    began, before = time.monotonic(), there.cpu_seconds()
    await page.locator("#join button.primary").click()
    await page.wait_for_url("**/live/*", wait_until="commit")
    await until(page, SEES)
    spent = there.cpu_seconds() - before - steady * (time.monotonic() - began)
    since_press, since_offer = [float(await page.evaluate(each)) for each in (SINCE_PRESS, SINCE_OFFER)]
    await page.locator(".ctl.leave").click()
    await until(other, IS_ALONE)
    await page.wait_for_url("**/left")  # a profile that is closed on its way to another page may never be
    await page.context.close()
    return Join(since_press, since_offer, 1000 * spent)


async def until(page: Page, holds: str) -> None:
    """Ask a page again and again; Playwright's own way needs an eval that the page forbids."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not await page.evaluate(holds):  # noqa: ASYNC110 - the page has the event
            await asyncio.sleep(ASK_EVERY)


async def share_of_core(there: Product) -> float:
    """What the server uses while nobody comes or goes."""
    began, before = time.monotonic(), there.cpu_seconds()
    await asyncio.sleep(STEADY_SECONDS)
    return (there.cpu_seconds() - before) / (time.monotonic() - began)


async def media_join() -> float:
    """CPU milliseconds of one join of the SFU alone, after the first, which loads what all need."""
    async with server("sfu") as under_test:
        await (await BrowserLike("recvonly").join(under_test.watch)).close()
        before = under_test.spent()
        for _ in range(MEDIA_JOINS):
            await (await BrowserLike("recvonly").join(under_test.watch)).close()
        return 1000 * (under_test.spent() - before) / MEDIA_JOINS


if __name__ == "__main__":
    asyncio.run(main())
