"""Code in titles, descriptions and names runs on no page of the real application, nor in its mails (rule F6)."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser

from tests.support import SettableClock
from tests.web.pages.campus import ANNA, Campus, Visitor, furnish, settings
from tests.web.pages.test_join import NOW_OPEN, links
from vclass.app import Demonstration, create_app
from vclass.core.keys import DATABASE
from vclass.web.limits import Limits

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAYLOADS = (
    "<script>window.ran=1</script>",
    '"><img src=x onerror="window.ran=1">',
    "</textarea></title></script><svg onload=window.ran=1>",
    '" autofocus onfocus="window.ran=1" x="',
)
FOUND = """[window.ran ?? null, document.querySelector('img[src="x"], svg[onload], [onfocus]')?.outerHTML ?? null]"""
"""What ran, and what would have run but for the policy."""

ALONE = {"room": "", "partner": "", "partner_room": "", "partner_teacher": ""}


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Campus]:
    """The campus as a demo, whose outbox shows the mails."""
    app = create_app(settings(folder), clock=SettableClock(), demonstration=Demonstration(dict), limits=Limits.lifted())
    async with TestServer(app) as server, contextlib.AsyncExitStack() as stack:

        async def browser(_server: object) -> object:
            return await stack.enter_async_context(TestClient(server))

        yield Campus(server, await app[DATABASE].write(furnish), SettableClock(), browser)  # type: ignore[arg-type]  # a client


async def pages_of(campus: Campus, anna: Visitor) -> list[str]:
    """Everything that shows a payload."""
    found = ["/", "/lessons/new"]
    for number, payload in enumerate(PAYLOADS):
        texts = {"title": payload, "description": payload, "guests": f"g{number}@asl.example", "key": str(number)}
        short = {"time": f"11:{5 * number:02}", "minutes": "5"}  # one after the other, all doors open
        lesson = await campus.booked(anna, **ALONE, **(NOW_OPEN | short), **texts)
        link = (await links(campus, lesson))[f"g{number}@asl.example"]
        await anna.get(link)
        await anna.post(link, {"name": payload})
        found += [lesson, link]
    return found + [f"/dev/outbox/{number}{kind}" for number in range(2, 8) for kind in ("", ".html")]


async def test_f6_what_people_type_runs_nowhere(chromium: Browser, built: Path, template: Path, tmp_path: Path) -> None:
    del built
    shutil.copyfile(template, tmp_path / "vclass.db")
    async with opened(tmp_path) as campus, await chromium.new_context() as profile:
        anna = await campus.person(ANNA)
        paths = await pages_of(campus, anna)
        jar = anna.client.session.cookie_jar
        await profile.add_cookies([{"name": m.key, "value": m.value, "domain": "127.0.0.1", "path": "/"} for m in jar])
        page = await profile.new_page()
        for path in paths:
            answer = await page.goto(str(campus.server.make_url(path)))
            assert answer is not None
            assert (answer.status, await page.evaluate(FOUND)) == (200, [None, None]), path
