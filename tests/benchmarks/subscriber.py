"""A server with a feed of ten thousand events, a program that fetches it, and the mails of some series.

How late the event loop is meanwhile is measured in the loop itself; the program is a process of its own.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import sqlalchemy as sa
from aiohttp import web

from config import Settings
from config.settings import Database, Mail, Media, Server
from schedules import LESSON_MAIL, NewLesson, Repeat
from schedules.web import LESSONS
from tests.benchmarks import desk
from tests.mail_server import free_port
from tests.support import SATURDAY
from vclass import people
from vclass.app import create_app
from vclass.core import outbox
from vclass.core.keys import DATABASE, Actor
from vclass.core.outbox import Leased
from vclass.mail import POSTMAN
from vclass.server import settle

OWN_LESSONS, OWN_WEEKS = 334, 30
"""In Cairo's zone, which programs misread by rules alone: each of the ten thousand dates is an event of its own."""
JOINT_LESSONS, JOINT_WEEKS = 20, 15
LEAST: Final = 10_000
FETCHES: Final = 3
TIMES: Final = 5
TICK_SECONDS: Final = 0.001
FETCH: Final = """
import gzip, sys, urllib.request
for _ in range(int(sys.argv[3])):
    asked = urllib.request.Request(sys.argv[1], headers={"Accept-Encoding": sys.argv[2]})
    body = urllib.request.urlopen(asked).read()
print((gzip.decompress(body) if sys.argv[2] == "gzip" else body).count(b"BEGIN:VEVENT"))
"""


@dataclass(frozen=True, slots=True)
class House:
    """The whole application in this process, and the people and rooms in it."""

    app: web.Application
    url: str
    campus: desk.Campus

    @property
    def reader(self) -> Actor:
        return self.campus.teachers[0][0]


async def one_round() -> dict[str, float]:
    """A fresh installation, filled, asked for its feed, and its mails written."""
    async with serving() as house:
        await fill(house)
        await house.app[POSTMAN].deliver_due()  # so that nothing else is done while the feed is fetched
        feed = await subscribed(house)
        settle()
        lags = [desk.percentile(await lags_while_fetching(feed, encoding)) for encoding in ("identity", "gzip")]
        return {"loop_stall_ms_p99": max(lags), "mail_cpu_ms": await mail_cpu_ms(house)}


@asynccontextmanager
async def serving() -> AsyncIterator[House]:
    """On a database and a port of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url, port = f"sqlite:///{folder}/vclass.db", free_port()
        database, campus = await desk.furnished(url)
        await database.close()
        settings = Settings(
            server=Server(port=port, secret_file=str(Path(folder) / "secret")),
            database=Database(url),
            mail=Mail(smtp_url="outbox:", sender="vclass <lessons@vclass.example>"),
            media=Media(udp_port=0, announced_addresses=("127.0.0.1",)),
        )
        runner = web.AppRunner(create_app(settings, clock=lambda: SATURDAY), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            yield House(runner.app, settings.server.public_url, campus)
        finally:
            await runner.cleanup()


async def fill(house: House) -> None:
    """The reader's lessons, and joint series of the others."""
    often = Repeat("week", count=OWN_WEEKS)
    own = NewLesson("Office hours", "Africa/Cairo", "2026-12-01T10:00", 60, repeat=often, transparent=True)
    joint = desk.bodies(house.campus, JOINT_LESSONS, weeks=JOINT_WEEKS)
    asked = [*[(house.reader, own)] * OWN_LESSONS, *joint]
    for first in range(0, len(asked), desk.WRITERS):
        some = asked[first : first + desk.WRITERS]
        await asyncio.gather(*(house.app[LESSONS].create(actor, body) for actor, body in some))


async def subscribed(house: House) -> str:
    """The link of a feed of the reader's own lessons."""
    token = await house.app[DATABASE].write(people.make_token, house.reader.person_id or 0, "benchmark", SATURDAY)
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{house.url}/api/v1/feeds", json={"kind": "person"}) as answer,
    ):
        answer.raise_for_status()
        return str((await answer.json())["url"])


async def lags_while_fetching(feed: str, encoding: str) -> list[float]:
    """Milliseconds by which the loop was late at each tick, from the program's start to its end."""
    lags: list[float] = []
    ticker = asyncio.create_task(_tick(lags))
    command = (sys.executable, "-c", FETCH, feed, encoding, str(FETCHES))
    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    events, _ = await program.communicate()
    ticker.cancel()
    if int(events) < LEAST:
        raise SystemExit(f"the feed has {int(events)} events, not {LEAST}")
    return lags


async def _tick(lags: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        lags.append(1000 * (time.perf_counter() - began - TICK_SECONDS))


async def mail_cpu_ms(house: House) -> float:
    """The median of all mails, each at its quickest: compiling templates is no part of it."""
    rows = await house.app[DATABASE].read(joint_mails)
    return await asyncio.to_thread(lambda: statistics.median(_cpu_ms(house, each) for each in rows))


def joint_mails(connection: sa.Connection) -> list[Leased]:
    """The newest invitations: those of the joint series."""
    rows = [each.leased for each in outbox.listing(connection, 2 * JOINT_LESSONS)]
    return [each for each in rows if each.kind == LESSON_MAIL]


def _cpu_ms(house: House, row: Leased) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.thread_time()
        house.app[POSTMAN].compose(row)
        taken.append(1000 * (time.thread_time() - began))
    return min(taken)
