"""The first joint lesson, from the teacher's form to the picture on both sides, with real parts only.

``python -m tests.journeys.first_lesson chromium firefox`` plays it once with Anna in the one browser and Iryna in the
other, and prints what was measured as JSON. Firefox needs an address besides loopback: see ``tests/netns.py``.
"""

import argparse
import asyncio
import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.journeys.house import House, house
from tests.journeys.post import calendar_in, link_in
from tests.journeys.server import ANNA, IRYNA
from tests.judges import libical
from tests.judges.icaljs import IcalJs
from tests.judges.python_readers import icalendar_spans
from tests.signaling.sfu.browsers import launch
from vclass.core.zones import parse_rfc3339, resolve

NOW = parse_rfc3339("2026-10-20T07:50:00Z")
FIRST = dt.date(2026, 10, 20)
WEEKS = 24
JOINS = 3
PATIENCE_MS = 20_000
SMALL_CAMERA = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wish) =>
  ask(wish.video ? {...wish, video: {width: 320, height: 240, frameRate: 15}} : wish);
"""
RECEIVING = """async () => {
  const {video, audio} = await window.vclass.stats();
  return [Math.max(0, ...video.map((v) => v.framesDecoded)), Math.max(0, ...audio.map((a) => a.totalSamplesReceived))];
}"""

expect.set_options(timeout=PATIENCE_MS)


async def play(kinds: tuple[str, str], joins: int) -> dict[str, object]:
    """The whole journey; raises at the first thing that isn't as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder), NOW) as there, browsers(kinds) as (first, second):
            teacher = await signed_in(first, there)
            await book(teacher, there)
            invitations = await asyncio.to_thread(there.post.wait_for, 2, is_invitation)
            judge(invitations)
            links = {str(mail["To"].addresses[0].addr_spec): link_in(mail) for mail in invitations}
            anna = await open_link(first, links[ANNA])
            await attend(anna)
            seconds = [await come_and_go(second, links[IRYNA], anna) for _ in range(joins - 1)]
            iryna, last = await join(second, links[IRYNA], anna)
            seconds.append(last)
            await loses_its_socket(iryna)
            await both_receive(anna, iryna)
            await leave(iryna)
            await expect_people(anna, 1)
    return {"pair": kinds, "join_seconds": seconds, "join_seconds_median": statistics.median(seconds)}


@asynccontextmanager
async def browsers(kinds: tuple[str, str]) -> AsyncIterator[tuple[Browser, Browser]]:
    """Two browsers; twice the same kind is two processes."""
    async with async_playwright() as playwright:
        first, second = [await launch(playwright, kind) for kind in kinds]
        yield first, second
        await first.close()
        await second.close()


async def signed_in(browser: Browser, there: House) -> Page:
    """Anna asks for a link, gets it by mail, and presses the button behind it."""
    page = await (await browser.new_context(locale="en-GB", timezone_id="Europe/Vienna")).new_page()
    await page.goto(f"{there.url}/")
    await page.get_by_label("Your work e-mail").fill(ANNA)
    await page.get_by_role("button", name="Send me a sign-in link").click()
    (mail,) = await asyncio.to_thread(there.post.wait_for, 1, is_sign_in)
    await page.goto(link_in(mail))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{there.url}/")
    return page


async def book(page: Page, there: House) -> None:
    """A weekly lesson at ten in Vienna with Kyiv, in both halls."""
    await page.goto(f"{there.url}/lessons/new")
    await page.get_by_label("Title").fill("Comparative Media Law")
    await page.get_by_label("Date", exact=True).fill(FIRST.isoformat())
    await page.get_by_label("Time, 24 hours").fill("10:00")
    await page.get_by_text("Every week", exact=True).click()
    await retype(page.get_by_label("How many weeks"), str(WEEKS))
    await page.get_by_label("Your room").select_option(label="A-101, 24 seats")
    await page.get_by_label("Partner").select_option(label="Kyiv Polytechnic Academy")
    await page.get_by_label("Their room").select_option(label="Hall 214, 30 seats")
    await page.get_by_label("Their teacher, by e-mail").fill(IRYNA)
    preview = page.locator("#preview")
    await expect(preview).to_contain_text("10:00")
    await expect(preview).to_contain_text("11:00")
    await page.get_by_role("button", name="Book and invite").click()
    await expect(page.get_by_role("heading", name="Comparative Media Law")).to_be_visible()


async def retype(field: Locator, text: str) -> None:
    """As a person does: in Firefox the driver's own ``fill`` appends to a number field."""
    await field.press("ControlOrMeta+a")
    await field.press_sequentially(text)


def judge(invitations: list[EmailMessage]) -> None:
    """Three calendar programs read the same instants: ten in Vienna every week, across both changes of clocks."""
    expected = []
    for week in range(WEEKS):
        start = resolve(f"{FIRST + dt.timedelta(weeks=week)}T10:00", "Europe/Vienna")
        assert isinstance(start, int)
        expected.append((start, start + 90 * 60))
    with IcalJs() as icaljs:
        for mail in invitations:
            calendar = calendar_in(mail)
            read = {"icalendar": icalendar_spans, "libical": libical.spans, "ical.js": icaljs.spans}
            for name, reader in read.items():
                assert sorted(reader(calendar)) == expected, f"{name} reads other hours"


async def open_link(browser: Browser, link: str) -> Page:
    """Open a personal link in a fresh profile, without an account."""
    context = await browser.new_context(viewport={"width": 1100, "height": 800})
    await context.add_init_script(SMALL_CAMERA)
    page = await context.new_page()
    await page.goto(link)
    assert "sid" not in {each["name"] for each in await context.cookies()}, "no account is needed"
    return page


async def attend(page: Page) -> None:
    """Press Join, then switch camera and microphone on."""
    await page.locator("#join button.primary").click()
    for kind in ("video", "audio"):
        await page.locator(f"[data-device={kind}]").click()


async def join(browser: Browser, link: str, other: Page) -> tuple[Page, float]:
    """Join somebody; gives the seconds from pressing Join until each decodes the other."""
    page = await open_link(browser, link)
    began = time.perf_counter()
    await attend(page)
    await both_receive(page, other)
    return page, time.perf_counter() - began


async def both_receive(*pages: Page) -> None:
    """Each page decodes growing frames and audio of the other."""
    before = [await page.evaluate(RECEIVING) for page in pages]
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while True:
            after = [await page.evaluate(RECEIVING) for page in pages]
            if all(now[0] > was[0] and now[1] > was[1] for now, was in zip(after, before, strict=True)):
                return
            await pages[0].wait_for_timeout(50)


async def come_and_go(browser: Browser, link: str, other: Page) -> float:
    """Join, be seen and heard, leave; gives the seconds that joining took."""
    page, seconds = await join(browser, link, other)
    await leave(page)
    await expect_people(other, 1)
    await page.context.close()
    return seconds


async def leave(page: Page) -> None:
    await page.locator(".ctl.leave").click()
    await expect(page.locator("#classroom")).to_have_count(0)


async def loses_its_socket(page: Page) -> None:
    """Without a socket for five seconds, and back in the same seat."""
    seat = await page.evaluate("window.vclass.me.id")
    await page.evaluate("window.vclass.dropSocket(5000)")
    await expect(page.locator("#classroom")).to_have_attribute("data-phase", "reconnecting")
    await expect(page.locator("#classroom")).to_have_attribute("data-phase", "inside")
    assert await page.evaluate("window.vclass.me.id") == seat


async def expect_people(page: Page, number: int) -> None:
    """The roster comes to have so many people."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while len((await page.evaluate("window.vclass.stats()"))["state"]["people"]) != number:
            await page.wait_for_timeout(50)


def is_sign_in(mail: EmailMessage) -> bool:
    return "text/calendar" not in {part.get_content_type() for part in mail.walk()}


def is_invitation(mail: EmailMessage) -> bool:
    return not is_sign_in(mail)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs=2, choices=("chromium", "firefox"))
    parser.add_argument("--joins", type=int, default=JOINS)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(play(tuple(options.kinds), options.joins))), file=sys.stdout)


if __name__ == "__main__":
    main()
