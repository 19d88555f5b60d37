"""Three houses and an office that books lessons in them."""

from collections.abc import AsyncIterator

import pytest

from config import Keyring
from tests.houses import World, three_houses
from tests.schedules.office import Office
from tests.support import SettableClock
from vclass.core.db import Database


@pytest.fixture
async def world(database: Database) -> World:
    return await database.write(three_houses)


@pytest.fixture
async def office(database: Database, world: World, keyring: Keyring, clock: SettableClock) -> AsyncIterator[Office]:
    opened = Office(database, world, keyring, clock)
    yield opened
    await opened.desk.close()
