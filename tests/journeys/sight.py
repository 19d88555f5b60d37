"""What looks at the pages: a browser before the stage, and the list of all views."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.journeys.stage import Stage, Term
from tests.web.gallery import Look, context
from vclass.core.keys import DATABASE
from vclass.people import change_language

expect.set_options(timeout=20_000)

Settled: TypeAlias = Literal["load", "networkidle"]
"""How long to wait for a page."""


@dataclass(slots=True)
class Sight:
    """A browser in front of the stage, with a second profile for somebody else."""

    page: Page
    there: Stage
    term: Term
    look: Look
    second: BrowserContext
    settled: Settled

    async def see(self, name: str) -> None:
        """Look at a page as somebody who has just come."""
        await self.second.clear_cookies()
        for page in self.second.pages:
            await page.close()
        profile, last = self.page.context, self.page
        await profile.clear_cookies()
        self.page = await profile.new_page()
        await last.close()
        await VIEWS[name](self)

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.there.url}{path}", wait_until=self.settled)

    async def be(self, email: str) -> None:
        """Sign in as somebody who reads the language of the picture."""
        actor = await self.there.actor(email)
        await self.there.app[DATABASE].write(change_language, actor, self.look.language)
        await self.there.sign_in(self.page.context, email)


View: TypeAlias = Callable[[Sight], Awaitable[None]]
VIEWS: Final[dict[str, View]] = {}
PICTURES: Final[set[str]] = set()
"""The views that are there for the pictures alone."""


def view(function: View) -> View:
    """Register a page under its function's name."""
    VIEWS[function.__name__.replace("_", "-")] = function
    return function


def picture(function: View) -> View:
    """The same for a page that is judged with invented data only, in both looks."""
    PICTURES.add(function.__name__.replace("_", "-"))
    return view(function)


@asynccontextmanager
async def before(
    browser: Browser, there: Stage, term: Term, look: Look, settled: Settled = "networkidle"
) -> AsyncIterator[Sight]:
    """Open two browser profiles in front of the stage."""
    first, second = await context(browser, look), await context(browser, look)
    try:
        yield Sight(await first.new_page(), there, term, look, second, settled)
    finally:
        await first.close()
        await second.close()


def name_of(look: Look) -> str:
    return f"{look.language}-{look.device}-{look.scheme}"
