"""Two servers send each reminder once, and after ``kill -9`` at most one of them again, as the same mail."""

import asyncio

import pytest

from tests.faults.reminders import run
from tests.needs import need_postgresql

REMINDERS = 60


@pytest.mark.timeout(300)
async def test_52_r25_reminders_of_one_second_arrive_once_though_a_server_is_killed() -> None:
    need_postgresql()
    figures = await asyncio.to_thread(run, REMINDERS)
    assert (figures["reminded"], figures["mails_with_two_ids"]) == (REMINDERS, 0)
    assert figures["mails_twice"] <= 1
