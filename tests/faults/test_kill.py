"""``kill -9`` loses no acknowledged booking and no mail."""

from pathlib import Path

import pytest

from tests.faults.kill import LOSSES, play

KILLS = 3


@pytest.mark.timeout(300)
async def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    figures = await play(tmp_path, KILLS, seed=1, clients=2)
    assert figures["acknowledged"] > KILLS
    assert figures["mails"] >= 2 * figures["acknowledged"]
    assert {name: figures[name] for name in LOSSES} == dict.fromkeys(LOSSES, 0)
