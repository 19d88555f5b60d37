"""A lesson on loopback for both engines."""

from collections.abc import AsyncIterator

import aioice.ice
import pytest

from signaling.sfu import SfuSettings
from tests.signaling.sfu.clients import Lesson


@pytest.fixture(autouse=True)
def _loopback_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets aioice gather 127.0.0.1, which it leaves out otherwise."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])


@pytest.fixture(params=["mmsg", "plain"])
def settings(request: pytest.FixtureRequest) -> SfuSettings:
    return SfuSettings(udp_port=0, announced_addresses=("127.0.0.1",), engine=request.param)


@pytest.fixture
async def lesson(settings: SfuSettings) -> AsyncIterator[Lesson]:
    lesson = Lesson(settings)
    await lesson.sfu.open()
    yield lesson
    await lesson.close()
