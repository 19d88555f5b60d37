"""Five hundred people with personal links, ten lessons full, all within a minute or within five seconds.

Each opens the link, with no cookie from before, presses Join, gets the page of the lesson, opens its WebSocket and is
welcomed. The page of the link is served in the storm, too, but not timed: people have it open before they press. The
time of a visitor is that from the POST behind Join to `welcome`. All come from one address, as behind a university's
NAT. The mails of the bookings are made before the first storm; the load and the server share the machine.
"""

import asyncio
import datetime as dt
import html
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self

import aiohttp

from config import read_or_make
from schedules import lessons_between, token_of
from tests.benchmarks.product import Product
from vclass.core.db import Database
from vclass.demo.cast import LEADER
from vclass.people import actor_by_id, people_by_email

LESSONS = 10
GUESTS = 49
HOUR = 3600
STEP = 300
"""Lessons start at full five minutes; the door of the next is open."""
IDLE_SHARE = 0.03
PATIENCE = 60.0
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
DATA = re.compile(r'id="classroom-data">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Gathering:
    """How long each waited to be welcomed, and when all may go."""

    waits: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Storm(AbstractAsyncContextManager["Storm"]):
    """The lessons are booked on entering."""

    def __init__(self, there: Product) -> None:
        self._there = there
        self._links: list[str] = []

    async def __aenter__(self) -> Self:
        headers = {"Authorization": f"Bearer {self._there.token_of(LEADER)}"}
        async with aiohttp.ClientSession(self._there.url, headers=headers) as session:
            booked = [await self._book(session, number) for number in range(LESSONS)]
        self._links = await asyncio.to_thread(self._find_links, booked)
        await self._until_idle()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._links.clear()

    async def _book(self, session: aiohttp.ClientSession, number: int) -> str:
        start = dt.datetime.fromtimestamp(time.time() // STEP * STEP + STEP, dt.UTC).replace(tzinfo=None)
        body = {
            "title": f"Storm {number}",
            "zone": "UTC",
            "start": start.isoformat(timespec="minutes"),
            "minutes": 120,
            "rooms": [],
            "teachers": [LEADER],
            "transparent": True,
            "attendees": [{"email": f"guest{guest}@storm{number}.example"} for guest in range(GUESTS)],
        }
        async with session.post("/api/v1/lessons", json=body) as answer:
            if answer.status != HTTPStatus.CREATED:
                raise SystemExit(await answer.text())
            return str((await answer.json())["id"])

    def _find_links(self, booked: list[str]) -> list[str]:
        """What the mails say: the tokens are derived from the secret."""
        keyring = read_or_make(self._there.folder / "secret")
        database = Database(f"sqlite:///{self._there.folder / 'vclass.db'}")
        with database.engine.connect() as connection:
            leader = actor_by_id(connection, people_by_email(connection, [LEADER])[LEADER].id)
            assert leader is not None
            now = int(time.time())
            lessons = lessons_between(connection, leader, now - HOUR, now + HOUR)
        database.engine.dispose()
        found = [each for lesson in lessons if lesson.public_id in booked for each in lesson.present]
        return [f"{self._there.url}/join/{token_of(keyring, each)}" for each in found]

    async def _until_idle(self) -> None:
        async with asyncio.timeout(PATIENCE):
            share = 1.0
            while share > IDLE_SHARE:
                before = self._there.cpu_seconds()
                await asyncio.sleep(1)
                share = self._there.cpu_seconds() - before

    async def p99(self, seconds: float) -> float:
        """Milliseconds of the slowest but one in a hundred, of visitors spread evenly over so many seconds."""
        gathering = Gathering()
        async with asyncio.TaskGroup() as group:
            for place, link in enumerate(self._links):
                pause = place * seconds / len(self._links)
                group.create_task(self._attend(link, pause, gathering))
            spent = sorted([await gathering.waits.get() for _ in self._links])
            gathering.over.set()
        return 1000 * spent[int(len(spent) * 0.99)]

    async def _attend(self, link: str, pause: float, gathering: Gathering) -> None:
        await asyncio.sleep(pause)
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            token = await self._open_page(session, link)
            began = time.monotonic()
            data = await self._press_join(session, link, token)
            async with self._welcomed(session, data) as socket:
                gathering.waits.put_nowait(time.monotonic() - began)
                listening = asyncio.create_task(self._listen(socket))
                await gathering.over.wait()
                await socket.send_json({"type": "bye"})
                await listening

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Reads until the server closes, as whoever doesn't read answers no ping and is let go."""
        async for _ in socket:
            pass

    async def _open_page(self, session: aiohttp.ClientSession, link: str) -> str:
        """The token of the form behind Join."""
        async with session.get(link) as page:
            page.raise_for_status()
            return html.unescape(CSRF.findall(await page.text())[-1])

    async def _press_join(self, session: aiohttp.ClientSession, link: str, token: str) -> dict[str, str]:
        form = {"csrf": token, "name": "Guest"}
        async with session.post(link, data=form, headers={"Sec-Fetch-Site": "same-origin"}) as classroom:
            classroom.raise_for_status()
            found = DATA.search(await classroom.text())
        assert found is not None, "no classroom"
        return dict(json.loads(html.unescape(found[1])))

    @asynccontextmanager
    async def _welcomed(
        self, session: aiohttp.ClientSession, data: dict[str, str]
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        url = self._there.url + data["ws_url"]
        async with session.ws_connect(url, origin=self._there.url) as socket:
            await socket.send_json({"type": "hello", "ticket": data["ticket"]})
            assert (await socket.receive_json())["type"] == "welcome"
            yield socket
