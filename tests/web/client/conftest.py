"""Chromium with a fake camera, and a classroom to send it to."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

import hatch_build
from signaling import Live
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
PROVOKED = ("WebSocket", "status of 4")
"""Console errors of the browser itself about what a test does on purpose."""

Visit = Callable[[str], Awaitable[Page]]
Serve = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of a client that is up to date."""
    hatch_build.build_client(ROOT)
    return ROOT / hatch_build.OUTPUT


@pytest.fixture
def chromium_args() -> list[str]:
    """Modules override this for another kind of browser."""
    return CHROMIUM_ARGS


@pytest.fixture
async def chromium(chromium_args: list[str]) -> AsyncIterator[Browser]:
    path = os.environ.get("VCLASS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=chromium_args)
        yield browser
        await browser.close()


@pytest.fixture
def classroom() -> Classroom:
    return Classroom()


@pytest.fixture
async def serve(built: Path) -> AsyncIterator[Serve]:
    """Serves applications until the test ends and tells their addresses."""
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
def port() -> int:
    return unused_port()


@pytest.fixture
def live(classroom: Classroom, port: int) -> Live:
    return classroom.live(f"http://127.0.0.1:{port}")


@pytest.fixture
async def origin(classroom: Classroom, live: Live, serve: Serve, port: int) -> str:
    """Where the classroom is served."""
    return await serve(application(classroom, live), port)


@pytest.fixture
async def browse(chromium: Browser) -> AsyncIterator[Visit]:
    """Opens an address in a browser profile of its own. What the console complains of fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(fault in message.text for fault in PROVOKED):
            complaints.append(message.text)

    async def open_page(address: str) -> Page:
        profile = await chromium.new_context()
        page = await profile.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(address)
        return page

    yield open_page
    assert complaints == []


@pytest.fixture
def visit(browse: Visit, origin: str) -> Visit:
    """Opens a path of the classroom's server."""

    def open_path(path: str) -> Awaitable[Page]:
        return browse(f"{origin}{path}")

    return open_path
