"""Server processes that share a database: which of them carries a lesson, and how one ends."""

import asyncio
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest

from signaling.leases import LEASE_SECONDS
from tests import processes
from tests.needs import need_postgresql
from tests.postgres import Cluster
from tests.processes import Installation
from tests.visits import book_open, greeted, open_link, personal_links, press_join

GUEST = "greta@example.org"
LONGEST_END = 25
Inside: TypeAlias = tuple[aiohttp.ClientWebSocketResponse, dict[str, Any]]


class House:
    """An installation of several servers, a lesson that is open, and somebody who has a link to it."""

    def __init__(self, there: Installation, session: aiohttp.ClientSession) -> None:
        self.there, self._session = there, session
        self.servers: list[Process] = []
        self._path = ""

    async def open(self) -> None:
        self.servers = [await processes.start(self.there, number) for number in range(len(self.there.ports))]
        who = self.there.bookers[0]
        headers = {"Authorization": f"Bearer {who.token}"}
        async with aiohttp.ClientSession(self.there.url(0), headers=headers) as session:
            lesson = await book_open(session, "Seminar", who.email, [GUEST])
        secret, url = self.there.folder / "secret", self.there.database_url
        links = await asyncio.to_thread(personal_links, "", secret, url, who.email, [lesson])
        self._path = dict(links)[GUEST]

    async def hello(self, number: int) -> AbstractAsyncContextManager[Inside]:
        """Greta's socket at one of the servers, and what she hears first."""
        url = self.there.url(number)
        link = url + self._path
        data = await press_join(self._session, link, await open_link(self._session, link))
        return greeted(self._session, url, data["ws_url"], ticket=data["ticket"])

    async def welcome(self, number: int) -> dict[str, Any]:
        """Tries again and again, as a page does, until she is welcome; gives that."""
        async with asyncio.timeout(processes.PATIENCE):
            while True:
                async with await self.hello(number) as (_, heard):
                    if heard["type"] == "welcome":
                        return heard
                await asyncio.sleep(0.2)


Open: TypeAlias = Callable[..., Awaitable[House]]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    houses: list[House] = []
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:

        async def make(database_url: str = "", servers: int = 1) -> House:
            there = processes.install(tmp_path, database_url, processes=servers)
            houses.append(House(there, session))
            await houses[-1].open()
            return houses[-1]

        yield make
        for server in [each for house in houses for each in house.servers if each.returncode is None]:
            await processes.end(server)


async def test_a_lesson_is_at_one_server_and_comes_to_the_other_when_that_is_killed(
    opened: Open, cluster: Cluster
) -> None:
    need_postgresql()
    house = await opened(cluster.create("servers", template="pristine"), servers=2)
    async with await house.hello(0) as (_, first):
        assert first["type"] == "welcome"
        async with await house.hello(1) as (socket, error):
            assert (error["code"], error["retry"]) == ("elsewhere", "ticket")
            assert (await socket.receive()).data == 4421
        house.servers[0].kill()
        await house.servers[0].wait()
        killed = time.monotonic()
        second = await house.welcome(1)
    assert second["epoch"] > first["epoch"]
    assert time.monotonic() - killed < LEASE_SECONDS + 2


async def test_a_server_that_is_told_to_end_gives_its_lessons_to_the_next_at_once(
    opened: Open, cluster: Cluster
) -> None:
    need_postgresql()
    house = await opened(cluster.create("ending", template="pristine"), servers=2)
    async with await house.hello(0) as (socket, first):
        ending = asyncio.create_task(processes.end(house.servers[0]))
        closed = await socket.receive_json()
        assert (closed["reason"], closed["retry"]) == ("restart", "resume")
        assert (await socket.receive()).data == 1001
    await ending
    async with await house.hello(1) as (_, second):
        assert (second["type"], second["epoch"] > first["epoch"]) == ("welcome", True)


async def test_a_server_that_was_killed_and_started_again_has_its_lessons_at_once(opened: Open) -> None:
    house = await opened()
    async with await house.hello(0) as (_, first):
        house.servers[0].kill()
        await house.servers[0].wait()
    house.servers[0] = await processes.start(house.there)
    async with await house.hello(0) as (_, second):
        assert (second["type"], second["epoch"] > first["epoch"]) == ("welcome", True)


async def test_told_to_end_it_is_unready_first_and_waits_for_no_request_that_never_ends(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VCLASS_SERVER__UNREADY_SECONDS", "2")
    house = await opened()
    _, writer = await asyncio.open_connection("127.0.0.1", house.there.ports[0])
    writer.write(b"POST /api/v1/lessons HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
    began = time.monotonic()
    ending = asyncio.create_task(processes.end(house.servers[0]))
    async with aiohttp.ClientSession(house.there.url(0)) as session:
        answers = [await _readiness(session)]
        while answers[-1] == (200, "ok"):
            answers.append(await _readiness(session))
    assert answers[-1] == (503, "stopping")
    await ending
    writer.close()
    assert (house.servers[0].returncode, time.monotonic() - began < LONGEST_END) == (0, True)


async def _readiness(session: aiohttp.ClientSession) -> tuple[int, str]:
    async with session.get("/readyz") as answer:
        return answer.status, (await answer.json())["status"]
