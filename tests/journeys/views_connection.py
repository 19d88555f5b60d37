"""How to get to the connection test: as anybody, and by a personal link."""

from playwright.async_api import expect

from tests.journeys.sight import Sight, picture, view
from tests.journeys.stage import GUEST


@view
async def connection(sight: Sight) -> None:
    await sight.open("/connection")
    await expect(sight.page.locator("[data-verdict=ok]")).to_be_visible()


@picture
async def connection_link(sight: Sight) -> None:
    await sight.page.goto(f"{await sight.there.link(sight.term.opened, GUEST)}/connection")
    await expect(sight.page.locator("[data-verdict=ok]")).to_be_visible()
