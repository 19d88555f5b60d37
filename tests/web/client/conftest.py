"""Chromium with a fake camera, and a classroom to send it to."""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

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
    "--use-fake-device-for-media-stream",
]
WAIT_MS = 15_000
PROVOKED = ("WebSocket", "status of 4")
"""Console errors of the browser itself about what a test does on purpose."""

expect.set_options(timeout=WAIT_MS)

Visit = Callable[[str], Awaitable[Page]]
Serve = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of a client that is up to date."""
    hatch_build.build_client(ROOT)
    return ROOT / hatch_build.OUTPUT


@contextlib.asynccontextmanager
async def launched(*flags: str) -> AsyncIterator[Browser]:
    path = os.environ.get("VCLASS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGS, *flags])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def allowing() -> AsyncIterator[Browser]:
    """A browser in which every page may use the camera and the microphone."""
    async with launched("--use-fake-ui-for-media-stream") as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def refusing() -> AsyncIterator[Browser]:
    """A browser in which no page may until somebody allows it."""
    async with launched() as browser:
        yield browser


@pytest.fixture
def chromium(allowing: Browser) -> Browser:
    return allowing


@pytest.fixture
def classroom() -> Classroom:
    return Classroom()


@pytest_asyncio.fixture(loop_scope="session")
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


@pytest_asyncio.fixture(loop_scope="session")
async def origin(classroom: Classroom, live: Live, serve: Serve, port: int) -> str:
    """Where the classroom is served."""
    return await serve(application(classroom, live), port)


@pytest_asyncio.fixture(loop_scope="session")
async def browse(chromium: Browser, serve: Serve) -> AsyncIterator[Visit]:
    """Opens an address in a browser profile of its own. What the console complains of fails the test."""
    del serve  # pages are left before the servers end: else these wait for them
    complaints: list[str] = []
    profiles: list[BrowserContext] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(fault in message.text for fault in PROVOKED):
            complaints.append(message.text)

    async def open_page(address: str) -> Page:
        profile = await chromium.new_context()
        profiles.append(profile)
        page = await profile.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(address)
        return page

    yield open_page
    for profile in profiles:
        await profile.close()
    assert complaints == []


@pytest.fixture
def visit(browse: Visit, origin: str) -> Visit:
    """Opens a path of the classroom's server."""

    def open_path(path: str) -> Awaitable[Page]:
        return browse(f"{origin}{path}")

    return open_path
