"""Every real page in one of two looks, judged by axe and by what the browser says of it.

With invented data, in every state, they are judged in `tests/web/test_gallery.py`.
"""

import json
from dataclasses import dataclass
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.journeys.conftest import Theatre
from tests.journeys.pictures import VIEWS, Sight, before, name_of
from tests.journeys.sight import PICTURES
from tests.judges.node import node_module_path
from tests.web.gallery import Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400), pytest.mark.asyncio(loop_scope="module")]

TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS: Final = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "iframes": False}
JUDGE: Final = f"axe.run(document, {json.dumps(OPTIONS)}).then(found => found.violations)"
SERIOUS: Final = ("serious", "critical")
LOOKS: Final = (Look("desktop", "light", "en"), Look("phone", "dark", "uk"))
REFUSED: Final = "Failed to load resource: the server responded with a status of 4"
"""What Chromium says of a page that is answered as 403, 404, 409, 410 or 422: so these pages are."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with one page."""

    serious: list[str]
    said: list[str]


async def judge(sight: Sight, name: str) -> Judgement:
    said: list[str] = []

    def listen(page: Page) -> None:
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))

    sight.page.context.once("page", listen)
    await sight.see(name)
    return Judgement(await faults(sight.page), [text for text in said if not text.startswith(REFUSED)])


async def faults(page: Page) -> list[str]:
    """What axe finds serious or critical. It comes by the driver, which the page's policy doesn't bind."""
    await page.evaluate((node_module_path("axe-core") / "axe.min.js").read_text())
    found = await page.evaluate(JUDGE)
    serious = [each for each in found if each["impact"] in SERIOUS]
    return [f"{each['id']}: {node['html'][:120]}" for each in serious for node in each["nodes"]]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=LOOKS, ids=name_of)
async def judgements(theatre: Theatre, request: pytest.FixtureRequest) -> dict[str, Judgement]:
    look: Look = request.param
    names = [name for name in VIEWS if name not in PICTURES][LOOKS.index(look) :: len(LOOKS)]
    async with before(theatre.browser, theatre.there, theatre.term, look, settled="load") as sight:
        return {name: await judge(sight, name) for name in names}


async def test_axe_finds_nothing_serious(judgements: dict[str, Judgement]) -> None:
    assert {name: each.serious for name, each in judgements.items() if each.serious} == {}


async def test_scripts_run_clean_under_the_content_policy(judgements: dict[str, Judgement]) -> None:
    assert {name: each.said for name, each in judgements.items() if each.said} == {}


async def test_axe_would_see_a_fault(theatre: Theatre) -> None:
    page = await theatre.seat()
    await page.goto("data:text/html,<html lang=en><title>x</title><main><h1>x</h1><img src=x>")
    assert [fault.split(":")[0] for fault in await faults(page)] == ["image-alt"]
