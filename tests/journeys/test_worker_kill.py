"""A media worker is drained, then one dies in a lesson of three pages, and then the server.

``python -m tests.journeys.worker_kill`` plays it with eight.
"""

import pytest

from tests.journeys.worker_kill import play

MEDIAN_MS = 1000
WORST_MS = 2000
DRAIN_GAP_MS = 500
BACK_SECONDS = 6
"""After the server serves again: the longest pause between two attempts, and a join."""

pytestmark = [pytest.mark.alone, pytest.mark.browser, pytest.mark.timeout(240)]


async def test_every_page_shows_pictures_again_in_the_same_seat_and_a_worker_that_is_drained_costs_none() -> None:
    told = await play(pages=3, rounds=2)
    assert told["picture_ms_median"] <= MEDIAN_MS
    assert told["picture_ms_worst"] <= WORST_MS
    assert told["drain_gap_ms_worst"] <= DRAIN_GAP_MS
    assert told["server_back_seconds"] - told["server_serves_seconds"] <= BACK_SECONDS
