"""A lesson whose door is open."""

import pytest

from tests.web.api import Api
from tests.web.whip.studio import START, Studio


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: the doors ask nothing of the database that other tests don't ask on both."""
    return sqlite_url


@pytest.fixture
async def studio(api: Api) -> Studio:
    lesson = (await api.booked()).body["id"]
    api.clock.now = START
    return Studio(api, lesson)
