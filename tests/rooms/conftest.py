"""A furnished house and a desk over it."""

from collections.abc import AsyncIterator

import pytest

from rooms import Desk
from tests.rooms.house import House, PlainClerk, furnish
from vclass.core.db import Database


@pytest.fixture
async def house(database: Database) -> House:
    return await database.write(furnish)


@pytest.fixture
def clerk() -> PlainClerk:
    return PlainClerk()


@pytest.fixture
async def desk(database: Database, clerk: PlainClerk) -> AsyncIterator[Desk]:
    opened = Desk(database, {"test": clerk})
    yield opened
    await opened.close()
