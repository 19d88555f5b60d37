"""Chromium with a fake camera, and a classroom to send it to."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

import hatch_build
from tests.web.client.classroom import ROOT, Classroom, application

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
WAIT_MS = 10_000

Visit = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of a client that is up to date."""
    hatch_build.build_client(ROOT)
    return ROOT / hatch_build.OUTPUT


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = os.environ.get("VCLASS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        await browser.close()


@pytest.fixture
def classroom() -> Classroom:
    return Classroom()


@pytest.fixture
async def serve(built: Path) -> AsyncIterator[Callable[[web.Application], Awaitable[str]]]:
    """Serves applications until the test ends; the address of each is that of the port asked for."""
    del built
    servers: list[TestServer] = []

    async def start(app: web.Application, port: int | None = None) -> str:
        server = TestServer(app, port=port)
        await server.start_server()
        servers.append(server)
        return str(server.make_url("")).rstrip("/")

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
async def origin(classroom: Classroom, serve: Any) -> str:
    """Where the classroom is served."""
    port = unused_port()
    address = f"http://127.0.0.1:{port}"
    return str(await serve(application(classroom, classroom.live(address)), port))


@pytest.fixture
async def visit(chromium: Browser, origin: str) -> AsyncIterator[Visit]:
    """Opens a page in a browser profile of its own. What the console complains of fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "WebSocket" not in message.text:
            complaints.append(message.text)

    async def open_page(path: str, **context: Any) -> Page:
        profile = await chromium.new_context(**context)
        page = await profile.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{origin}{path}")
        return page

    yield open_page
    assert complaints == []
