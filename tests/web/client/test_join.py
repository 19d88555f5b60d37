"""The join page's device check: it asks after a press, says what is wrong, and keeps the choice."""

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from tests.web.client.classroom import STATIC, page
from tests.web.client.conftest import Serve, Visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BODY = """
<main id="main"><h1>Comparative Media Law</h1><form method="post"><button>Join</button></form>
<section class="card" aria-labelledby="dc" hidden><h2 id="dc">Device</h2><div id="preview-devices"></div></section>
</main><script type="application/json" id="join-data">{"language": "uk", "texts": {"Camera": "Камера"}}</script>
"""


async def join(_request: web.Request) -> web.Response:
    return page(BODY, "join.js", "uk")


@pytest_asyncio.fixture(loop_scope="session")
async def door(serve: Serve, browse: Visit) -> Page:
    app = web.Application()
    app.router.add_get("/", join)
    app.router.add_static("/static", STATIC)
    return await browse(await serve(app))


async def test_a_microphone_is_heard_and_its_choice_kept(door: Page) -> None:
    await door.locator("[data-try=audio]").click()
    await expect(door.get_by_text("Good")).to_be_visible()
    select = door.get_by_label("Choose a microphone")
    await select.select_option(index=1)
    chosen = await select.input_value()
    await expect(select).to_be_visible()
    assert chosen in await door.evaluate("localStorage.getItem('vclass.devices')")


async def test_a_camera_shows_its_picture_and_stops(door: Page) -> None:
    await expect(door.get_by_text("Камера").first).to_be_visible()
    await door.locator("[data-try=video]").click()
    await expect(door.locator("video")).to_have_js_property("videoWidth", 640)
    await door.locator("[data-try=video]").click()
    await expect(door.locator("video")).to_have_count(0)


class TestWithoutPermission:
    """In a browser that refuses, as most do until somebody allows it."""

    @pytest.fixture
    def chromium(self, refusing: Browser) -> Browser:
        return refusing

    async def test_a_refusal_says_what_to_do_and_another_try_works(self, door: Page) -> None:
        attempt = door.locator("[data-try=audio]")
        await attempt.click()
        await expect(door.get_by_text("Allow it at the symbol beside the address")).to_be_visible()
        await door.context.grant_permissions(["microphone"])
        await attempt.click()
        await expect(door.get_by_text("Good")).to_be_visible()

    async def test_the_classroom_goes_on_without_a_microphone(self, visit: Visit) -> None:
        lesson = await visit("/lesson/anna")
        await lesson.locator("[data-device=audio]").click()
        await expect(lesson.get_by_text("Allow it at the symbol beside the address")).to_be_visible()
        await lesson.get_by_role("button", name="Go on without").click()
        await expect(lesson.get_by_text("Nobody else is here yet.")).to_be_visible()
        await lesson.context.grant_permissions(["microphone"])
        await lesson.locator("[data-device=audio]").click()
        await expect(lesson.locator("[data-device=audio]")).to_have_text("Mute")
