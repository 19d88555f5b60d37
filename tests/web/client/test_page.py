"""What every server-made page gets: htmx without eval, clocks, dialogs, toasts, focus."""

import time

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from tests.web.client.classroom import STATIC, page, rfc3339
from tests.web.client.conftest import Serve, Visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BODY = """
<main id="main" tabindex="-1">
<h1>Rooms</h1><p><span data-clock-zone="Asia/Kathmandu">?</span> <span id="door" data-countdown="{door}">?</span></p>
<button id="load" hx-get="/fragment" hx-target="main">Load</button>
<button id="save" hx-post="/save" hx-target="#note">Save</button><p id="note"></p>
<button id="evil" hx-on:click="window.ran = true" hx-get="/fragment" hx-vals="js:ran: window.ran = true">Evil</button>
<button data-dialog="sure">Cancel</button>
<dialog id="sure"><p>Cancel 11 lessons?</p><button data-close autofocus>Keep them</button></dialog>
<form hx-post="/wrong" hx-target="#fields"><div id="fields"><input name="title"></div>
<button id="submit">Book</button></form>
<div hx-get="/opened" hx-trigger="due from:#door">closed</div>
</main><div class="toasts" aria-live="polite"></div>
"""


class Office:
    """A server of one page; it remembers what came with its posts."""

    def __init__(self) -> None:
        self.tokens: list[str | None] = []
        self.now = int(time.time()) + 3600
        self.door = self.now + 120

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self.home)
        app.router.add_get("/fragment", self.fragment)
        app.router.add_get("/opened", self.opened)
        app.router.add_post("/save", self.save)
        app.router.add_post("/wrong", self.wrong)
        app.router.add_static("/static", STATIC)
        return app

    async def home(self, _request: web.Request) -> web.Response:
        head = f'<meta name="now" content="{rfc3339(self.now)}">'
        return page(BODY.format(door=rfc3339(self.door)), "page.js", "en", head)

    async def fragment(self, _request: web.Request) -> web.Response:
        return web.Response(text="<h1>Halls</h1>", content_type="text/html")

    async def opened(self, _request: web.Request) -> web.Response:
        return web.Response(text="open", content_type="text/html")

    async def save(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("X-CSRF-Token"))
        headers = {"HX-Trigger": '{"toast": "Lesson saved"}'}
        return web.Response(text="<b>Saved</b>", content_type="text/html", headers=headers)

    async def wrong(self, _request: web.Request) -> web.Response:
        text = '<input name="title"><input name="start" aria-invalid="true">'
        return web.Response(text=text, content_type="text/html", status=422)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest_asyncio.fixture(loop_scope="session")
async def home(office: Office, serve: Serve, browse: Visit) -> Page:
    return await browse(await serve(office.app()))


async def test_htmx_swaps_under_the_policy_and_sends_the_token(home: Page, office: Office) -> None:
    await home.click("#save")
    await expect(home.locator("#note b")).to_have_text("Saved")
    await expect(home.locator(".toast")).to_have_text("Lesson saved")
    assert office.tokens == ["the-token"]


async def test_the_focus_goes_to_main_after_a_page_change(home: Page) -> None:
    await home.click("#load")
    await expect(home.get_by_role("heading", name="Halls")).to_be_visible()
    await expect(home.locator("main")).to_be_focused()


async def test_the_focus_goes_to_the_first_wrong_field(home: Page) -> None:
    await home.click("#submit")
    await expect(home.locator("[name=start]")).to_be_focused()


async def test_clock_and_countdown_follow_the_servers_time(home: Page, office: Office) -> None:
    nepal = time.gmtime(office.now + 345 * 60)
    minute = time.strftime("%H:%M", nepal)
    after = time.strftime("%H:%M", time.gmtime(office.now + 346 * 60))
    assert await home.text_content("[data-clock-zone]") in {minute, after}
    assert await home.text_content("[data-countdown]") in {"in 2 min", "in 1 min"}


async def test_a_countdown_that_ends_asks_for_what_comes_next(office: Office, serve: Serve, browse: Visit) -> None:
    office.door = office.now + 2
    home = await browse(await serve(office.app()))
    await expect(home.get_by_text("open", exact=True)).to_be_visible()


async def test_a_dialog_opens_on_its_safe_button_and_gives_the_focus_back(home: Page) -> None:
    opener = home.get_by_role("button", name="Cancel", exact=True)
    await opener.click()
    await expect(home.get_by_role("button", name="Keep them")).to_be_focused()
    await home.keyboard.press("Enter")
    await expect(home.get_by_role("dialog")).to_be_hidden()
    await expect(opener).to_be_focused()
