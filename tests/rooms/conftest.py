"""A furnished house and a desk over it; the API of rooms with two houses."""

from collections.abc import AsyncIterator

import pytest

from config import Keyring
from rooms import Desk
from tests.houses import two_houses
from tests.rooms.door import Door, Serve, opened
from tests.rooms.house import House, PlainClerk, furnish
from tests.support import SettableClock
from vclass.core.db import Database


@pytest.fixture
async def house(database: Database) -> House:
    return await database.write(furnish)


@pytest.fixture
def clerk() -> PlainClerk:
    return PlainClerk()


@pytest.fixture
async def desk(database: Database, clerk: PlainClerk) -> AsyncIterator[Desk]:
    standing = Desk(database, {"test": clerk})
    yield standing
    await standing.close()


@pytest.fixture
async def door(aiohttp_client: Serve, database: Database, clock: SettableClock, keyring: Keyring) -> Door:
    return await opened(aiohttp_client, database, clock, keyring, await database.write(two_houses))
