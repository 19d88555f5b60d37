"""Attributes with code in them, as an attacker would smuggle in, run nothing."""

import pytest
from playwright.async_api import Browser, expect

from tests.web.client.conftest import Serve
from tests.web.client.test_page import Office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_code_in_attributes_does_not_run(chromium: Browser, serve: Serve) -> None:
    page = await chromium.new_page()
    await page.goto(await serve(Office().app()))
    await page.click("#evil")
    await page.click("#save")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert await page.evaluate("window.ran") is None
