"""Somebody holds a press on a picture, and the others see at once who points where; guests can't."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright

from tests.journeys.seminar import Demo, Seat
from tests.signaling.sfu.browsers import launch
from vclass.demo.cast import LEADER

pytestmark = [pytest.mark.alone, pytest.mark.browser, pytest.mark.timeout(180)]
WIDE = {"width": 1280, "height": 800}


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    made = Demo(tmp_path / "demo")
    try:
        await made.start()
        yield made
    finally:
        await made.end()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await launch(playwright, "chromium")
        yield opened
        await opened.close()


def picture(page: Page, participant: str) -> Locator:
    return page.locator(f'.halls [data-participant="{participant}"]')


async def hold(page: Page, tile: Locator) -> None:
    """Presses in the middle of a picture, a little to the right, and keeps pressing."""
    box = await tile.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    await page.mouse.down()


async def test_whoever_holds_a_press_on_a_picture_points_at_it_for_everybody(demo: Demo, browser: Browser) -> None:
    links = demo.facts["lesson"]["join_urls"]
    other = next(link for email, link in links.items() if email != LEADER)
    leader = await Seat.take(browser, links[LEADER], "video")
    student = await Seat.take(browser, other)
    for seat in (leader, student):
        await seat.page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain dictionary
    tile = picture(student.page, await leader.id())
    await tile.locator("video").wait_for()
    await student.sees(1)
    await hold(student.page, tile)
    name = await student.page.evaluate("window.vclass.me.name")
    for mark in (tile.locator(".point"), leader.page.locator(".tile.self .point")):
        await mark.wait_for()
        assert (await mark.inner_text()).strip() == name
    await student.page.mouse.up()
    for gone in (tile.locator(".point"), leader.page.locator(".tile.self .point")):
        await gone.wait_for(state="detached")


async def test_a_guest_has_no_pointer(demo: Demo, browser: Browser) -> None:
    links = await demo.book(2)
    host, guest = [await Seat.take(browser, link, "video") for link in links]
    tile = picture(guest.page, await host.id())
    await guest.sees(1)
    assert await tile.get_attribute("data-pointable") is None
    await hold(guest.page, tile)
    assert await tile.locator(".point").count() == 0
