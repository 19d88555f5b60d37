"""R23: whatever is sent, the server answers in time, without an error of its own, and stays well meanwhile."""

import asyncio
from typing import Final

import pytest

from tests.faults.imports import everything, run
from tests.icsreader.bombs import BOMBS
from tests.icsreader.corpus import NUMBER, files

pytestmark = pytest.mark.alone
SHORT: Final = 12
"""Every so many-th file; the bombs all come."""


def test_the_wheels_bring_their_calendars() -> None:
    assert len(files()) == NUMBER


@pytest.mark.timeout(300)
async def test_r23_strangers_calendars_do_not_harm_the_server() -> None:
    calendars = dict(list(everything().items())[:NUMBER:SHORT]) | BOMBS
    figures = await asyncio.to_thread(run, calendars)
    assert figures["files"] == len(calendars)
    assert (figures["server_errors"], figures["other"]) == (0, 0), figures
    assert float(figures["slowest_seconds"]) < 5, figures
    assert float(figures["healthz_p99_ms"]) < 50, figures
    assert 0 < float(figures["reader_mib"]) < 300, figures
    assert float(figures["server_mib"]) < 300, figures
