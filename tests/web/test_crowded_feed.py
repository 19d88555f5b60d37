"""A calendar of ten thousand lessons is served while others are: the event loop never waits for it.

How late a beat is on a machine of its own is measured by the benchmark ``calendar``; here others may be at work.
"""

import asyncio
import gc
import gzip
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.web.api import Api
from tests.web.crowd import multiply
from tests.web.dav import program
from vclass.server import settle

LESSONS = 10_000
BEAT = 0.002
USUALLY = 0.020

pytestmark = [pytest.mark.alone, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@asynccontextmanager
async def undisturbed() -> AsyncIterator[None]:
    """Fail if the event loop usually beats late, or once by a good part of the whole time."""
    usual = sys.getswitchinterval()
    settle()
    loop = asyncio.get_running_loop()
    late: list[float] = []

    def beat(due: float) -> None:
        late.append(loop.time() - due)
        following[0] = loop.call_later(BEAT, beat, loop.time() + BEAT)

    began = loop.time()
    following = [loop.call_later(BEAT, beat, began + BEAT)]
    yield
    following[0].cancel()
    gc.unfreeze()
    sys.setswitchinterval(usual)
    assert statistics.median(late) < USUALLY
    assert max(late) < (loop.time() - began) / 3


async def test_r31_50_ten_thousand_lessons_are_served_without_holding_anybody_up(api: Api) -> None:
    await api.booked()
    await api.database.write(multiply, LESSONS - 1)
    feed = (await api.ask("POST", "/feeds", {"kind": "person"})).body
    async with undisturbed():
        path = feed["url"].removeprefix("http://vclass.example")
        response = await api.client.get(path, auto_decompress=False)
        packed = await response.read()
    assert gzip.decompress(packed).count(b"BEGIN:VEVENT") == LESSONS


async def test_r31_50_a_program_catches_up_with_ten_thousand_lessons(api: Api) -> None:
    mine = await program(api)
    await api.booked()
    await api.database.write(multiply, LESSONS - 1)
    async with undisturbed():
        told = await mine.sync(mine.lessons)
    assert len(told.present) == LESSONS
