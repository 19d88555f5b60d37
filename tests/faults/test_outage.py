"""The way to the server is cut, and the client's address changes.

``python -m tests.faults.outage`` plays it with ten seconds and more rounds.
"""

import pytest

from tests.faults.outage import play, steady
from tests.needs import need_namespaces

BACK_MS = 3000


@pytest.mark.namespace
@pytest.mark.alone
@pytest.mark.browser
@pytest.mark.timeout(240)
def test_pages_are_back_within_three_seconds_of_the_return() -> None:
    need_namespaces()
    told = play(rounds=1, seconds=6)
    assert told["outage_back_ms_worst"] <= BACK_MS
    assert told["move_back_ms_worst"] <= BACK_MS


def test_a_page_is_back_with_the_first_picture_after_the_last_stall() -> None:
    flowing = [100.0 * number for number in range(40)]
    assert steady(flowing, 1000) == 1100
    assert steady([*flowing[:15], *(each + 5000 for each in flowing)], 1000) == 5000
    assert steady(flowing[:15], 1000) is None
