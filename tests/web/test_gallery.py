"""Every sample in Chromium: under its policy, not scrolling sideways on a phone, judged by axe in one of two looks."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.judges.node import node_module_path
from tests.web.gallery import PHONE, Look, address_of, browser, context, gallery, pages
from tests.web.mail_samples import mails
from tests.web.showcase import samples
from vclass.web.rendering import Renderer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400), pytest.mark.asyncio(loop_scope="module")]

LOOKS = (Look("desktop", "light", "en"), Look("phone", "dark", "uk"))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "iframes": False}
JUDGE = f"axe.run(document, {json.dumps(OPTIONS)}).then(found => found.violations)"
"""What is well is not handed over: that would take longer than the judgement."""
SERIOUS = ("serious", "critical")
TOLD: Final = "Tue 13 Oct 14:00 Vienna 15:00 Kyiv"
NARROWEST: Final[ViewportSize] = {"width": 320, "height": 640}


@dataclass
class Visit:
    """What was found on one page."""

    violations: list[str]
    wider: int
    said: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Exhibition:
    """The gallery, and a browser in front of it."""

    address: str
    browser: Browser

    async def enter(self, look: Look) -> Page:
        return await (await context(self.browser, look)).new_page()

    async def show(self, name: str) -> Page:
        page = await self.enter(LOOKS[0])
        await page.goto(address_of(self.address, LOOKS[0], name))
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exhibition() -> AsyncIterator[Exhibition]:
    async with gallery() as address, browser() as chromium:
        yield Exhibition(address, chromium)


async def visit(page: Page, url: str, *, judged: bool) -> Visit:
    await page.goto(url)
    found = await page.evaluate(JUDGE) if judged else []
    serious = [violation for violation in found if violation["impact"] in SERIOUS]
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


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=LOOKS, ids=lambda look: f"{look.language}-{look.device}-{look.scheme}"
)
async def visits(exhibition: Exhibition, request: pytest.FixtureRequest) -> dict[str, Visit]:
    look: Look = request.param
    found: dict[str, Visit] = {}
    said: list[str] = []
    page = await exhibition.enter(look)
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    await page.add_init_script((node_module_path("axe-core") / "axe.min.js").read_text())
    for number, name in enumerate([*pages(), *(f"mail-{mail}" for mail in mails(look.language))]):
        judged = number % len(LOOKS) == LOOKS.index(look)
        if judged or look.device == "phone":
            found[name] = await visit(page, address_of(exhibition.address, look, name), judged=judged)
            found[name].said, said[:] = said[:], []
    await page.context.close()
    return found


async def test_axe_finds_nothing_serious(visits: dict[str, Visit]) -> None:
    assert {name: visit.violations for name, visit in visits.items() if visit.violations} == {}


async def test_pages_keep_the_policy_and_scripts_run_clean(visits: dict[str, Visit]) -> None:
    assert {name: visit.said for name, visit in visits.items() if visit.said} == {}


async def test_nothing_scrolls_sideways_even_on_the_narrowest_phone(visits: dict[str, Visit]) -> None:
    assert {name: visit.wider for name, visit in visits.items() if visit.wider > 0} == {}


async def test_axe_would_see_a_fault(exhibition: Exhibition) -> None:
    page = await exhibition.enter(LOOKS[0])
    await page.add_init_script((node_module_path("axe-core") / "axe.min.js").read_text())
    assert [
        fault.split(":")[0] for fault in (await visit(page, "data:text/html,<img src=x>", judged=True)).violations
    ] == [
        "document-title",
        "html-has-lang",
        "image-alt",
    ]


async def test_the_first_tab_leads_to_the_content(exhibition: Exhibition) -> None:
    page = await exhibition.show("dashboard")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"


async def test_a_dialog_opens_on_its_safe_button_and_gives_the_focus_back(exhibition: Exhibition) -> None:
    page = await exhibition.show("lesson")
    await page.locator('[commandfor="cancel"]').first.press("Enter")
    assert await page.evaluate("document.activeElement.hasAttribute('data-close')")
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement === document.querySelector('[commandfor=cancel]')")


async def test_the_preview_follows_what_is_typed_and_leaves_the_focus_alone(exhibition: Exhibition) -> None:
    sample = samples()["fragment-preview"]
    fragment = Renderer().page(sample.frame("en"), sample.page)
    page = await exhibition.show("new-lesson")
    await page.route("**/lessons/preview", lambda route: route.fulfill(content_type="text/html", body=fragment))
    async with page.expect_request("**/lessons/preview") as asked:
        await page.get_by_label("Time, 24 hours").fill("14:00")
    await expect(page.locator("#preview")).to_contain_text("14:00–15:30 Vienna")
    await expect(page.locator("#send-time")).to_have_text(f"{TOLD} 2 notices on this time")
    await expect(page.get_by_label("Time, 24 hours")).to_be_focused()
    request = await asked.value
    sent = await request.all_headers()
    assert sent["x-csrf-token"] == "c5rf"
    assert "14:00" in unquote(request.post_data or "")
