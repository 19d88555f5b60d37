"""A few seconds of people who come and go; ``python -m tests.faults.churn`` takes ten minutes for it."""

from pathlib import Path

import pytest

from tests.faults.churn import WarmUp, bad, play
from tests.faults.visitor import Going

SECONDS = 8.0
LESSONS = 20


@pytest.mark.timeout(240)
async def test_whoever_comes_and_goes_in_whatever_way_leaves_nothing_behind(tmp_path: Path) -> None:
    figures = await play(tmp_path, SECONDS, 2026, WarmUp(4.0, (Going.BYE,)), LESSONS)
    assert figures["visits"] == 40
    assert figures["packets_received"] > 0
    assert bad(figures) == {}
