"""Screenshots of every page: phone and desktop, light and dark, in every language.

``python -m tests.web.gallery FOLDER [NAME ...]`` renders the samples, serves them under the real content
policy and takes a picture of each with Chromium.
"""

import argparse
import asyncio
import functools
import os
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, ViewportSize, async_playwright

from config.settings import Server
from tests.web.mail_samples import mails
from tests.web.showcase import samples
from vclass.web import headers
from vclass.web.i18n import LANGUAGES
from vclass.web.rendering import STATIC_FOLDER, Renderer

MAIL_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
CHROMIUM_ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESKTOP: Final[ViewportSize] = {"width": 1440, "height": 900}
WHOLE: Final = frozenset({"classroom"})


def chromium() -> str:
    """The browser's path; VCLASS_CHROMIUM names another.

    Raises:
        FileNotFoundError: There is none.
    """
    names = (os.environ.get("VCLASS_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    for name in names:
        if name and (path := shutil.which(name)):
            return path
    raise FileNotFoundError("Install Chromium or name it in VCLASS_CHROMIUM.")


Scheme: TypeAlias = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    device: str
    scheme: Scheme
    language: str

    @property
    def viewport(self) -> ViewportSize:
        return PHONE if self.device == "phone" else DESKTOP


def looks(languages: Iterable[str] = LANGUAGES) -> list[Look]:
    return [
        Look(device, scheme, language)
        for language in languages
        for scheme in SCHEMES
        for device in ("phone", "desktop")
    ]


def pages() -> list[str]:
    """The name of every sample but the fragments, which are part of other pages."""
    return [name for name in samples() if not name.startswith("fragment-")]


@asynccontextmanager
async def gallery() -> AsyncIterator[str]:
    """Serves the samples; gives the address, to which `/LANGUAGE/NAME` is added.

    The classroom and the connection test have tests of their own: here they stay pages. (The server leaves their
    scripts out: a browser that answers in the server's place keeps nothing in its cache, and every page takes twice as
    long.)
    """
    renderer, known, written = Renderer(), samples(), functools.cache(mails)

    async def show(request: web.Request) -> web.Response:
        sample = known[request.match_info["name"]]
        text = renderer.page(sample.frame(request.match_info["language"]), sample.page)
        return web.Response(text=text, content_type="text/html")

    async def show_mail(request: web.Request) -> web.Response:
        text = written(request.match_info["language"])[request.match_info["name"]].html
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": MAIL_POLICY})

    async def nothing(_request: web.Request) -> web.Response:
        return web.Response(content_type="text/javascript")

    app = web.Application()
    app.on_response_prepare.append(headers.signal(Server()))
    app.router.add_get("/mail/{name}-{language}.html", show_mail)
    app.router.add_get("/{language}/{name}", show)
    app.router.add_get("/static/dist/{name:(?:classroom|connection)-.*}", nothing)
    app.router.add_static("/static/", STATIC_FOLDER)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGUMENTS))
        try:
            yield opened
        finally:
            await opened.close()


async def context(opened: Browser, look: Look) -> BrowserContext:
    return await opened.new_context(
        viewport=look.viewport,
        color_scheme=look.scheme,
        locale={"en": "en-GB"}.get(look.language, look.language),
        reduced_motion="reduce",
    )


def address_of(address: str, look: Look, name: str) -> str:
    """Where a sample is shown; mails are named `mail-NAME`."""
    if name.startswith("mail-"):
        return f"{address}/mail/{name.removeprefix('mail-')}-{look.language}.html"
    return f"{address}/{look.language}/{name}"


async def photograph(folder: Path, names: Iterable[str]) -> None:
    """Takes a picture of each page in each look into `FOLDER/NAME-LANGUAGE-DEVICE-SCHEME.png`."""
    async with gallery() as address, browser() as opened:
        for look in looks():
            shown = await context(opened, look)
            page = await shown.new_page()
            for name in names:
                await page.goto(address_of(address, look, name), wait_until="networkidle")
                path = folder / f"{name}-{look.language}-{look.device}-{look.scheme}.png"
                await page.screenshot(path=path, full_page=name not in WHOLE)
            await shown.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Take a picture of every page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="samples; all when none is named")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(photograph(arguments.folder, arguments.names or [*pages(), *(f"mail-{name}" for name in mails("en"))]))


if __name__ == "__main__":
    main()
