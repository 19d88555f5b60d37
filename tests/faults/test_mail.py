"""However servers die and the mail server behaves, mail arrives, in order, and hardly ever twice."""

import asyncio

import pytest

from tests.faults import away
from tests.faults.mail import LOSSES, run
from tests.needs import need_postgresql

pytestmark = pytest.mark.alone


@pytest.mark.timeout(300)
async def test_r25_r26_cases_52_53_killed_servers_and_a_difficult_mail_server_lose_nothing() -> None:
    need_postgresql()
    figures = await asyncio.to_thread(run, 300, 1, 2)
    assert {name: figures[name] for name in LOSSES} == dict.fromkeys(LOSSES, 0)
    assert figures["delivered"] >= 276


@pytest.mark.timeout(300)
async def test_r26_a_mail_server_that_is_away_for_an_hour_gets_everything_once_in_order_after_it() -> None:
    need_postgresql()
    figures = await asyncio.to_thread(away.run, 6, 1)
    assert {name: figures[name] for name in LOSSES} == dict.fromkeys(LOSSES, 0)
    assert figures["delivered"] == 6
    assert 5 <= figures["least_tries"] <= figures["most_tries"] <= 7
    assert figures["minutes_after"] <= 45
