"""The whole application behind HTTP, and short ways to ask its API."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from config.settings import Database as DatabaseSettings
from config.settings import Mail, Media, Server, Settings
from tests.houses import World
from tests.support import SettableClock
from vclass.core.db import Database
from vclass.core.keys import DATABASE

Json = dict[str, Any]
TEACHER = ("teacher", "vienna")


def settings(folder: Path, url: str = "", addresses: tuple[str, ...] = ("127.0.0.1",)) -> Settings:
    """An installation in a folder, with the database there or another; no addresses: those of the machine."""
    return Settings(
        server=Server(base_url="http://vclass.example", secret_file=str(folder / "secret")),
        database=DatabaseSettings(url=url or f"sqlite:///{folder / 'vclass.db'}"),
        mail=Mail(smtp_url="outbox:", sender="vclass <lessons@vclass.example>"),
        media=Media(udp_port=0, announced_addresses=addresses),
    )


@dataclass(frozen=True)
class Reply:
    """An answer, decoded."""

    status: int
    body: Json
    headers: Mapping[str, str]

    @property
    def fields(self) -> list[str]:
        """The wrong fields of a 422."""
        assert (self.status, self.body["type"]) == (422, "invalid"), self.body
        return [each["field"] for each in self.body["errors"]]


@dataclass
class Api:
    """Asks as the teacher in Vienna unless told otherwise."""

    client: TestClient[web.Request, web.Application]
    world: World
    clock: SettableClock

    @property
    def database(self) -> Database:
        return self.client.app[DATABASE]

    async def ask(
        self, method: str, path: str, body: object = None, who: tuple[str, str] | None = TEACHER, **headers: str
    ) -> Reply:
        """Send a request; headers are named with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            sent["Authorization"] = f"Bearer {self.world.tokens[who]}"
        more: Json = {} if body is None else {"json": body}
        response = await self.client.request(method, f"/api/v1{path}", headers=sent, **more)
        kind = "application/json" if response.ok else "application/problem+json"
        assert response.content_type == kind, await response.text()
        return Reply(response.status, await response.json(content_type=None), response.headers)

    def hall(self, place: str) -> str:
        return self.world.halls[place].public_id

    def lesson(self, **changes: object) -> Json:
        """A joint lesson in both halls, as a body."""
        return {
            "title": "Joint seminar",
            "zone": "Europe/Vienna",
            "start": "2026-12-01T10:00",
            "minutes": 90,
            "rooms": [self.hall("vienna"), self.hall("kyiv")],
            "teachers": ["teacher@vienna.example", "teacher@kyiv.example"],
            "attendees": [{"email": "student@kyiv.example"}, {"email": "greta@example.org", "name": "Greta"}],
            **changes,
        }

    async def booked(self, **changes: object) -> Reply:
        reply = await self.ask("POST", "/lessons", self.lesson(**changes))
        assert reply.status == 201, reply.body
        return reply
