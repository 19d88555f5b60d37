"""A lesson on loopback for every engine."""

import functools
from collections.abc import AsyncIterator

import pytest

from signaling.sfu import EngineWish, SfuSettings
from signaling.sfu.engine.base import Engine
from signaling.sfu.engine.choice import choose
from signaling.sfu.engine.core import build as core
from tests.needs import unavailable
from tests.signaling.sfu.clients import Lesson


@pytest.fixture(params=["pump", "mmsg", "plain"])
def engine_name(request: pytest.FixtureRequest) -> EngineWish:
    """Each engine in turn; the compiled one is built from the present sources first."""
    name: EngineWish = request.param
    if name == "pump":
        build_core()
    return name


@functools.cache
def build_core() -> None:
    try:
        if not core.is_current():
            core.build()
    except core.CannotBuildError as error:
        unavailable(f"the compiled core can't be built here: {error}")


@pytest.fixture
def engine(engine_name: EngineWish) -> Engine:
    engine = choose(engine_name)
    assert engine.name == engine_name
    engine.prepare()
    return engine


@pytest.fixture
def settings(engine_name: EngineWish) -> SfuSettings:
    return SfuSettings(udp_port=0, announced_addresses=("127.0.0.1",), engine=engine_name)


@pytest.fixture
async def lesson(settings: SfuSettings) -> AsyncIterator[Lesson]:
    lesson = Lesson(settings)
    await lesson.sfu.open()
    yield lesson
    await lesson.close()
