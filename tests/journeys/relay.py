"""``python -m tests.journeys.relay``: a lesson and the connection test in an open network, and in ones that block much.

Runs inside of the namespace of `tests.relay`; prints as JSON what the pages saw:

``open``, ``blocked``: what the connection test says there to the holder of a link;
``stranger``: what it says to anybody else where UDP is blocked;
``minors``: which way the pages of a lesson with minors took in the open network;
``detour``: which way those of another lesson took where TCP is blocked, too, but to the site and the relay;
``again``: how often they took fresh credentials until they saw each other again, after the relay had forgotten them.
"""

import asyncio
import json
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, async_playwright, expect

import schedules.web
from config.settings import Media
from schedules import Lesson, LessonPatch
from tests import relay
from tests.journeys.stage import STUDENT, Stage, stage
from tests.signaling.sfu.browsers import launch
from vclass.demo import staging
from vclass.demo.cast import LEADER

PORT: Final = 8443
PATIENCE_MS: Final = 45_000
COLLECT: Final = """
window.peers = [];
window.renewed = 0;
const Plain = RTCPeerConnection;
window.RTCPeerConnection = class extends Plain {
  constructor(options) { super(options); window.peers.push(this); }
  setConfiguration(options) { window.renewed += 1; super.setConfiguration(options); }
};
"""
WAY: Final = """async () => {
  const peer = window.peers.find(each => each.connectionState === "connected");
  if (!peer) return null;
  const found = [...(await peer.getStats()).values()];
  const transport = found.find(each => each.type === "transport");
  const pair = found.find(each => each.id === transport.selectedCandidatePairId);
  return found.find(each => each.id === pair.localCandidateId).candidateType;
}"""
SEES: Final = "() => window.vclass.stats().then(({video}) => video.some(each => each.framesDecoded > 20))"
DECODED: Final = "() => window.vclass.stats().then(({video}) => video.reduce((n, each) => n + each.framesDecoded, 0))"
MENDED: Final = "() => window.vclass.stats().then(({state}) => state.connection === 'connected')"


def look_up_by_port() -> None:
    """From now on a route is looked up by port first, but for the relay's own packets."""
    local = ("lookup", "local")
    for rule in (
        ("add", "pref", "100", *local),
        ("del", "pref", "0"),
        ("add", "pref", "10", "from", relay.RELAY, *local),
    ):
        subprocess.run(["ip", "rule", *rule], check=True)


def block(transport: str) -> None:
    """From now on none of it gets to the media port, but from the relay."""
    rule = ("pref", "20", "ipproto", transport, "dport", str(PORT), "prohibit")
    subprocess.run(["ip", "rule", "add", *rule], check=True)


async def tested(browser: Browser, url: str) -> dict[str, Any]:
    """What the connection test says at an address."""
    page = await browser.new_page()
    await page.goto(url)
    said = page.locator("[data-verdict]")
    await expect(said).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator("[data-outcome=trying]")).to_have_count(0, timeout=PATIENCE_MS)
    ways = {
        str(await each.get_attribute("data-way")): await each.get_attribute("data-outcome")
        for each in await page.locator("[data-way]").all()
    }
    found = {"verdict": await said.get_attribute("data-verdict"), "text": await said.inner_text(), "ways": ways}
    await page.close()
    return found


async def joined(browser: Browser, link: str) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.add_init_script(COLLECT)
    await page.goto(link)
    await page.locator("#join button.primary").click()
    await page.locator("[data-device=video]").click()
    return page


@asynccontextmanager
async def meeting(browser: Browser, there: Stage, lesson: Lesson) -> AsyncIterator[list[Page]]:
    """Two people join, and see each other."""
    pages = [await joined(browser, await there.link(lesson, email)) for email in (LEADER, STUDENT)]
    for page in pages:
        await page.wait_for_function(SEES, timeout=PATIENCE_MS)
    yield pages
    for page in pages:
        await page.context.close()


async def ways(pages: Sequence[Page]) -> list[str]:
    """Which way each took."""
    return [await _way(page) for page in pages]


async def _way(page: Page) -> str:
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not (found := await page.evaluate(WAY)):
            await page.wait_for_timeout(100)
    return str(found)


async def forgotten(pages: Sequence[Page], server: relay.Coturn) -> list[int]:
    """The relay is started anew: fresh credentials that each page took until it sees new pictures."""
    before = [int(await page.evaluate("window.renewed")) for page in pages]
    await asyncio.to_thread(server.restart)
    for page, count in zip(pages, before, strict=True):
        await page.wait_for_function(f"() => window.renewed > {count}", timeout=PATIENCE_MS)
        await page.wait_for_function(MENDED, timeout=PATIENCE_MS)
    for page in pages:
        seen = await page.evaluate(DECODED)
        await page.wait_for_function(f"{DECODED}.then(now => now > {seen} + 20)", timeout=PATIENCE_MS)
    return [int(await page.evaluate("window.renewed")) - count for page, count in zip(pages, before, strict=True)]


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[tuple[Stage, Browser]]:
    """The site in its network, and a browser in front of it; the relay looks at the real time."""
    media = Media(udp_port=PORT, announced_addresses=(relay.SITE,))
    async with (
        stage(folder, int(time.time()), media, relay.settings()) as there,
        async_playwright() as playwright,
    ):
        browser = await launch(playwright, "chromium")
        yield there, browser
        await browser.close()


async def play(folder: Path, server: relay.Coturn) -> dict[str, Any]:
    async with house(folder) as (there, browser):
        lesson = await staging.open_doors(there.app[schedules.web.LESSONS])
        test = f"{await there.link(lesson, STUDENT)}/connection"
        found: dict[str, Any] = {"open": await tested(browser, test)}
        lesson = await there.change(lesson, LessonPatch(minors=True))
        async with meeting(browser, there, lesson) as pages:
            found["minors"] = await ways(pages)
        look_up_by_port()
        block("udp")
        found["blocked"] = await tested(browser, test)
        found["stranger"] = await tested(browser, f"{there.url}/connection")
        block("tcp")
        lesson = await there.change(lesson, LessonPatch(minors=False))
        async with meeting(browser, there, lesson) as pages:
            found["detour"] = await ways(pages)
            found["again"] = await forgotten(pages, server)
        return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, relay.coturn(Path(folder)) as server:
        print(json.dumps(asyncio.run(play(Path(folder), server))))


if __name__ == "__main__":
    main()
