"""A joint lesson whose door is open, and what encoders and players ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from signaling.protocol import Participant
from tests.signaling.sfu.offers import SMALL
from tests.web.api import TEACHER, Api, Json
from vclass.web.pages.keys import LIVE

Who: TypeAlias = tuple[str, str]

START = 1_796_115_600
"""2026-12-01T09:00:00Z, when the lesson of ``Api.lesson`` begins."""

PUBLISHES = SMALL.replace("a=recvonly", "a=sendonly").replace("\n", "\r\n")
PLAYS = SMALL.replace("a=sendonly", "a=recvonly").replace("\n", "\r\n")
OFFERS = {"whip": PUBLISHES, "whep": PLAYS}
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
TRICKLED = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
RESTARTED = "a=ice-ufrag:efgh\r\na=ice-pwd:efghijklmnopqrstuvwxyz\r\n"
STUDENT: Who = ("student", "kyiv")


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: Mapping[str, str]
    text: str
    problem: Json = field(default_factory=dict)

    @property
    def told(self) -> tuple[int, str]:
        """The status, and the kind of problem."""
        return self.status, self.problem["type"]


@dataclass
class Studio:
    """Asks as the teacher in Vienna, who hosts the lesson, unless told otherwise."""

    api: Api
    lesson: str

    async def ask(
        self, method: str, path: str, body: str | bytes = "", who: Who | str | None = TEACHER, **headers: str
    ) -> Reply:
        """Send a request as somebody, or with a token; headers are named with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            sent["Authorization"] = f"Bearer {who if isinstance(who, str) else self.api.world.tokens[who]}"
        response = await self.api.client.request(method, path, data=body, headers=sent)
        is_problem = response.content_type == "application/problem+json"
        assert response.ok != is_problem or method == "HEAD", await response.text()
        problem: Json = await response.json(content_type=None) if is_problem else {}
        return Reply(response.status, response.headers, await response.text(), problem)

    async def post(self, door: str = "whip", body: str | bytes | None = None, **more: Any) -> Reply:  # noqa: ANN401  see `ask`
        """Post an offer, by default one that this door takes."""
        sent = OFFERS[door] if body is None else body
        return await self.ask("POST", f"/{door}/{self.lesson}", sent, **{"Content_Type": SDP, **more})

    async def begun(self, door: str = "whip", **more: Any) -> Reply:  # noqa: ANN401  see `ask`
        reply = await self.post(door, **more)
        assert reply.status == 201, reply
        return reply

    async def patch(self, session: Reply, body: str = TRICKLED, **more: Any) -> Reply:  # noqa: ANN401  see `ask`
        return await self.ask("PATCH", session.headers["Location"], body, **{"Content_Type": FRAGMENT, **more})

    async def delete(self, session: Reply, **more: Any) -> Reply:  # noqa: ANN401  see `ask`
        return await self.ask("DELETE", session.headers["Location"], **more)

    async def device(self, name: str = "Hall 3", who: Who = TEACHER) -> str:
        """A device's token."""
        reply = await self.api.ask("POST", f"/lessons/{self.lesson}/devices", {"name": name}, who)
        assert reply.status == 201, reply.body
        return str(reply.body["token"])

    def roster(self) -> tuple[Participant, ...]:
        found = self.api.client.app[LIVE].snapshot(self.lesson)
        return found.participants if found else ()

    def there(self) -> list[tuple[str, str]]:
        """Who is in the lesson, and as what."""
        return [(each.name, each.role.value) for each in self.roster()]
