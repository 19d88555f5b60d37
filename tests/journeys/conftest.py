"""One served stage and one Chromium for the journeys of a module."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.journeys.offices import furnished
from tests.journeys.stage import Stage, Term, stage
from tests.signaling.sfu.browsers import launch

WINDOW: ViewportSize = {"width": 1280, "height": 860}


@dataclass(frozen=True, slots=True)
class Theatre:
    """The stage with its lessons, and a browser in front of it."""

    there: Stage
    term: Term
    browser: Browser

    async def seat(self, email: str = "", *, language: str = "en-GB") -> Page:
        """A page in a profile of its own, signed in as somebody or as nobody."""
        context = await self.browser.new_context(viewport=WINDOW, locale=language, reduced_motion="reduce")
        if email:
            await self.there.sign_in(context, email)
        page = await context.new_page()
        page.set_default_timeout(20_000)
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theatre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    async with stage(tmp_path_factory.mktemp("stage")) as there, async_playwright() as playwright:
        browser = await launch(playwright, "chromium")
        yield Theatre(there, await furnished(there), browser)
        await browser.close()
