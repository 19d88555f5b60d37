"""Every sample in Chromium: under the content policy, without sideways scrolling, judged by axe."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.judges.node import node_module_path
from tests.web.gallery import PHONE, Look, address_of, browser, context, gallery, pages
from tests.web.mail_samples import mails
from tests.web.showcase import samples
from vclass.web.rendering import Renderer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

LOOKS = (Look("desktop", "light", "en"), Look("phone", "dark", "uk"))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = f"axe.run(document, {{runOnly: {{type: 'tag', values: {json.dumps(TAGS)}}}, iframes: false}})"
SERIOUS = ("serious", "critical")
NARROWEST: Final[ViewportSize] = {"width": 320, "height": 640}


@dataclass
class Visit:
    """What was found on one page."""

    violations: list[str]
    wider: int
    said: list[str] = field(default_factory=list)


@asynccontextmanager
async def opened(look: Look) -> AsyncIterator[tuple[Page, str]]:
    """A page in that look, and the gallery's address. The classroom has tests of its own: here it stays a page."""
    async with gallery() as address, browser() as chromium:
        page = await (await context(chromium, look)).new_page()
        await page.route("**/dist/classroom-*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
        yield page, address


async def visit(page: Page, url: str) -> Visit:
    await page.goto(url)
    found = await page.evaluate(JUDGE)
    serious = [violation for violation in found["violations"] if violation["impact"] in SERIOUS]
    violations = [f"{each['id']}: {node['html'][:120]}" for each in serious for node in each["nodes"]]
    return Visit(violations, await sideways(page))


async def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window; a phone is made as narrow as phones are."""
    size = page.viewport_size
    assert size is not None
    if size == PHONE:
        await page.set_viewport_size(NARROWEST)
    wider = int(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))
    await page.set_viewport_size(size)
    return wider


async def visit_all(look: Look) -> dict[str, Visit]:
    visits: dict[str, Visit] = {}
    said: list[str] = []
    async with opened(look) as (page, address):
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.add_init_script((node_module_path("axe-core") / "axe.min.js").read_text())
        for name in [*pages(look.language), *(f"mail-{mail}" for mail in mails(look.language))]:
            visits[name] = await visit(page, address_of(address, look, name))
            visits[name].said, said[:] = said[:], []
    return visits


@pytest.fixture(scope="module", params=LOOKS, ids=lambda look: f"{look.language}-{look.device}-{look.scheme}")
def visits(request: pytest.FixtureRequest) -> dict[str, Visit]:
    return asyncio.run(visit_all(request.param))


def test_axe_finds_nothing_serious(visits: dict[str, Visit]) -> None:
    assert {name: visit.violations for name, visit in visits.items() if visit.violations} == {}


def test_pages_keep_the_policy_and_scripts_run_clean(visits: dict[str, Visit]) -> None:
    assert {name: visit.said for name, visit in visits.items() if visit.said} == {}


def test_nothing_scrolls_sideways_even_on_the_narrowest_phone(visits: dict[str, Visit]) -> None:
    assert {name: visit.wider for name, visit in visits.items() if visit.wider > 0} == {}


async def test_axe_would_see_a_fault() -> None:
    async with opened(LOOKS[0]) as (page, _):
        await page.add_init_script((node_module_path("axe-core") / "axe.min.js").read_text())
        assert [fault.split(":")[0] for fault in (await visit(page, "data:text/html,<img src=x>")).violations] == [
            "document-title",
            "html-has-lang",
            "image-alt",
        ]


async def test_the_first_tab_leads_to_the_content() -> None:
    async with opened(LOOKS[0]) as (page, address):
        await page.goto(address_of(address, LOOKS[0], "dashboard"))
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"


async def test_a_dialog_opens_on_its_safe_button_and_gives_the_focus_back() -> None:
    async with opened(LOOKS[0]) as (page, address):
        await page.goto(address_of(address, LOOKS[0], "lesson"))
        await page.locator('[commandfor="cancel"]').first.press("Enter")
        assert await page.evaluate("document.activeElement.hasAttribute('data-close')")
        await page.keyboard.press("Escape")
        assert await page.evaluate("document.activeElement === document.querySelector('[commandfor=cancel]')")


async def test_the_preview_follows_what_is_typed_and_leaves_the_focus_alone() -> None:
    sample = samples()["fragment-preview"]
    fragment = Renderer().page(sample.frame("en"), sample.page)
    async with opened(LOOKS[0]) as (page, address):
        await page.route("**/lessons/preview", lambda route: route.fulfill(content_type="text/html", body=fragment))
        await page.goto(address_of(address, LOOKS[0], "new-lesson"))
        async with page.expect_request("**/lessons/preview") as asked:
            await page.get_by_label("Time, 24 hours").fill("14:00")
        await expect(page.locator("#preview")).to_contain_text("14:00–15:30 Vienna")
        await expect(page.locator("#send-time")).to_have_text("Tue 13 Oct 14:00 Vienna 15:00 Kyiv")
        await expect(page.get_by_label("Time, 24 hours")).to_be_focused()
        request = await asked.value
        sent = await request.all_headers()
    assert sent["x-csrf-token"] == "c5rf"
    assert "14:00" in unquote(request.post_data or "")
