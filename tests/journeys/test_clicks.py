"""How many clicks a lesson takes from the dashboard until it is sent."""

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.journeys.conftest import Theatre
from tests.journeys.offices import KEEPER
from vclass.demo.cast import LEADER

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]

NEW, KNOWN, ON_A_PHONE = 6, 3, 2


class Hand:
    """A hand on the mouse; it counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    async def click(self, on: Locator) -> None:
        await on.click()
        self.clicks += 1

    async def press(self, name: str) -> None:
        await self.click(self.page.get_by_role("button", name=name).first)

    async def follow(self, name: str) -> None:
        await self.click(self.page.get_by_role("link", name=name).first)


@pytest_asyncio.fixture(loop_scope="module")
async def hand(theatre: Theatre) -> Hand:
    """At the dashboard of a teacher."""
    page = await theatre.seat(LEADER)
    await page.goto(theatre.there.url)
    return Hand(page)


async def test_a_new_weekly_lesson_takes_six_at_most(hand: Hand) -> None:
    await hand.follow("New joint lesson")
    await hand.page.get_by_label("Title").fill("Sources of law")
    await hand.press("Find a time")
    await hand.press("Find times")
    await hand.press("Take this slot")
    await expect(hand.page.get_by_label("Title")).to_have_value("Sources of law")
    await hand.press("Book and invite")
    await expect(hand.page.get_by_role("heading", name="Sources of law")).to_be_visible()
    assert hand.clicks <= NEW


async def test_a_known_lesson_once_more_takes_three_at_most(hand: Hand) -> None:
    await hand.follow("Data journalism studio")
    await hand.follow("Book again")
    await hand.click(hand.page.locator(".sendbar button"))
    await expect(hand.page.get_by_role("status")).to_contain_text("Booked.")
    await expect(hand.page.get_by_text("Tuesday 27 October 2026")).to_be_visible()
    assert hand.clicks <= KNOWN


async def test_kit_changes_hands_with_a_scan_and_a_tap(theatre: Theatre) -> None:
    """The scan, which opens the page, is the first tap."""
    page = await theatre.seat(KEEPER)
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{theatre.there.url}/kit/for/{theatre.term.opened.occurrences[0].booking_public_id}")
    hand = Hand(page)
    for button, told in (("Hand out", "Handed out."), ("Take back", "Taken back.")):
        hand.clicks = 1
        await hand.press(button)
        await expect(page.get_by_role("status")).to_contain_text(told)
        assert hand.clicks <= ON_A_PHONE
