"""The API of rooms over HTTP with two houses, real sign-in tokens and the real middlewares; all that the desk tells."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sqlalchemy as sa
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

import rooms.blockings
import rooms.web
from config import Keyring, Settings
from rooms import (
    BLOCK,
    DESK,
    RESOURCE_CHANGE,
    UNBLOCK,
    BlockClerk,
    BookingWish,
    Clerk,
    Desk,
    ResourceChangeClerk,
    Result,
    Settled,
    UnblockClerk,
    Want,
    Wish,
)
from rooms.store.tables import claim
from rooms.waiting import WAITING_LIST, WaitingList
from tests.houses import World
from tests.rooms.house import HOUR, PlainClerk
from tests.support import SATURDAY
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.keys import CLOCK, DATABASE, KEYRING, SETTINGS
from vclass.web import middlewares

Client: TypeAlias = TestClient[web.Request, web.Application]
Serve: TypeAlias = Callable[[web.Application], Awaitable[Client]]
ADMIN = "room_admin"


@dataclass
class Door:
    """Asks as somebody: ``ask("teacher", "GET", "/rooms")``; at Vienna unless told otherwise."""

    client: Client
    world: World
    told: list[Settled] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.client.app[DATABASE]

    async def ask(self, role: str, method: str, path: str, place: str = "vienna", **more: Any) -> ClientResponse:  # noqa: ANN401  aiohttp's own
        headers = {"Authorization": f"Bearer {self.world.tokens[role, place]}", **more.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    async def made(self, path: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401  any field
        """What an administrator of Vienna creates."""
        response = await self.ask(ADMIN, "POST", path, json=body)
        assert response.status == 201, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer

    async def change(self, path: str, version: int = 1, **patch: Any) -> ClientResponse:  # noqa: ANN401  any field
        return await self.ask(ADMIN, "PATCH", path, json=patch, headers={"If-Match": f'"v{version}"'})

    async def retire(self, path: str, version: int = 1) -> ClientResponse:
        return await self.ask(ADMIN, "DELETE", path, headers={"If-Match": f'"v{version}"'})

    async def book(self, resource_id: int, at: int = 0, *, hours: int = 1, quantity: int = 1) -> Result:
        """Book for Vienna's teacher, from ``at`` hours after Saturday's ten o'clock on."""
        starts = SATURDAY + at * HOUR
        wanted = BookingWish("1", starts, starts + hours * HOUR, (Want(resource_id, quantity),))
        vienna, teacher = self.world.institutions["vienna"], self.world.person_ids["teacher", "vienna"]
        return await self.submit(Wish("test", vienna, teacher, (wanted,), now=SATURDAY))

    async def submit(self, wish: Wish) -> Result:
        result = await self.client.app[DESK].submit(wish)
        assert isinstance(result, Result)
        return result

    async def id_of(self, public_id: str) -> int:
        found = sa.text("select id from resource where public_id = :name")
        return await self.database.read(lambda c: int(c.execute(found, {"name": public_id}).scalar_one()))

    async def held(self) -> list[tuple[int, int, bool]]:
        """Resource, quantity and exclusiveness of every claim."""
        found = sa.select(claim.c.resource_id, claim.c.quantity, claim.c.exclusive).order_by(claim.c.starts, claim.c.id)
        return await self.database.read(lambda c: [(row[0], row[1], row[2]) for row in c.execute(found)])


async def opened(serve: Serve, database: Database, clock: Clock, keyring: Keyring, world: World) -> Door:
    app = web.Application()
    told: list[Settled] = []
    clerks: dict[str, Clerk] = {
        "test": PlainClerk(),
        RESOURCE_CHANGE: ResourceChangeClerk(),
        BLOCK: BlockClerk(),
        UNBLOCK: UnblockClerk(),
    }
    app[DATABASE], app[CLOCK] = database, clock
    app[DESK] = Desk(database, clerks, lambda _connection, changes: told.extend(changes))
    app[WAITING_LIST] = WaitingList(database, app[DESK], clock)
    app[KEYRING], app[SETTINGS] = keyring, Settings()
    app.add_routes(rooms.web.routes.table())
    app.add_routes(rooms.blockings.routes.table())
    middlewares.install(app)
    return Door(await serve(app), world, told)
