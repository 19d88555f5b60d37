"""``kill -9`` loses no acknowledged booking and no mail."""

import asyncio

import pytest

from tests.faults.kill import LOSSES, run
from tests.needs import need_postgresql

pytestmark = pytest.mark.alone
KILLS = 3


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("database", "processes"), [("sqlite", 1), ("postgres", 3)])
async def test_a_killed_server_loses_nothing_that_it_acknowledged(database: str, processes: int) -> None:
    if database == "postgres":
        need_postgresql()
    figures = await asyncio.to_thread(run, KILLS, 1, database, processes, 2)
    assert figures["acknowledged"] > KILLS
    assert figures["mails"] >= 2 * figures["acknowledged"]
    assert {name: figures[name] for name in LOSSES} == dict.fromkeys(LOSSES, 0)
