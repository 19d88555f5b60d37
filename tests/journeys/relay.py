"""``python -m tests.journeys.relay``: a lesson and the connection test in an open network, and in one that blocks UDP.

Runs inside of the namespace of `tests.relay`; prints as JSON what the pages saw:

``open``, ``blocked``: what the connection test says there to the holder of a link;
``stranger``: what it says to anybody else where UDP is blocked;
``minors``: which way the pages of a lesson with minors took in the open network;
``detour``: which way those of another lesson took where UDP is blocked.
"""

import asyncio
import json
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
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
const Plain = RTCPeerConnection;
window.RTCPeerConnection = class extends Plain { constructor(options) { super(options); window.peers.push(this); } };
"""
WAY: Final = """async () => {
  const peer = window.peers.find(each => each.connectionState === "connected");
  if (!peer) return null;
  const found = [...(await peer.getStats()).values()];
  const transport = found.find(each => each.type === "transport");
  const pair = found.find(each => each.id === transport.selectedCandidatePairId);
  return found.find(each => each.id === pair.localCandidateId).candidateType;
}"""
SEES: Final = "window.vclass.stats().then(({video}) => video.some(each => each.framesDecoded > 20))"


def block_udp() -> None:
    """From now on no UDP gets to the media port, but from the relay: routes are looked up by port first."""
    local = ("lookup", "local")
    for rule in (
        ("add", "pref", "100", *local),
        ("del", "pref", "0"),
        ("add", "pref", "10", "from", relay.RELAY, *local),
        ("add", "pref", "20", "ipproto", "udp", "dport", str(PORT), "prohibit"),
    ):
        subprocess.run(["ip", "rule", *rule], check=True)


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


async def ways(browser: Browser, there: Stage, lesson: Lesson) -> list[str]:
    """Two people join, and see each other: which way each took."""
    pages = [await joined(browser, await there.link(lesson, email)) for email in (LEADER, STUDENT)]
    for page in pages:
        await page.wait_for_function(SEES, timeout=PATIENCE_MS)
    taken = [await (await page.wait_for_function(WAY, timeout=PATIENCE_MS)).json_value() for page in pages]
    for page in pages:
        await page.context.close()
    return taken


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


async def play(folder: Path) -> dict[str, Any]:
    async with house(folder) as (there, browser):
        lesson = await staging.open_doors(there.app[schedules.web.LESSONS])
        test = f"{await there.link(lesson, STUDENT)}/connection"
        found: dict[str, Any] = {"open": await tested(browser, test)}
        lesson = await there.change(lesson, LessonPatch(minors=True))
        found["minors"] = await ways(browser, there, lesson)
        block_udp()
        found["blocked"] = await tested(browser, test)
        found["stranger"] = await tested(browser, f"{there.url}/connection")
        found["detour"] = await ways(browser, there, await there.change(lesson, LessonPatch(minors=False)))
        return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, relay.coturn(Path(folder)):
        print(json.dumps(asyncio.run(play(Path(folder)))))


if __name__ == "__main__":
    main()
