"""A school with its live door open: the real SFU, real sockets, and a desk that hands out tickets."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, cast

import aioice.ice
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient

from signaling import Admitted, Attendance, Leases, Live, LiveSettings, OnEvent, Role
from signaling.media import Media, Sink
from signaling.sfu import Sfu, SfuSettings
from tests.signaling.parts import admitted
from tests.support import SettableClock

ORIGIN = "https://school.example"
PATIENCE = 10
OFFER = (Path(__file__).parent / "sfu" / "offers" / "chromium.sdp").read_bytes().decode()

Connect: TypeAlias = Callable[[web.Application], Awaitable[TestClient[web.Request, web.Application]]]
Message: TypeAlias = dict[str, Any]


class Person:
    """One socket and what came through it."""

    def __init__(self, ws: ClientWebSocketResponse) -> None:
        self.ws = ws
        self.seq = 0
        self.heard: list[Message] = []

    async def say(self, kind: str, /, **fields: object) -> None:
        await self.ws.send_json({"type": kind, **fields})

    async def next(self) -> Message | None:
        """The next message; none when the socket has ended."""
        frame = await self.ws.receive(timeout=PATIENCE)
        if frame.type is not WSMsgType.TEXT:
            return None
        message: Message = frame.json()
        self.seq = message["seq"]
        self.heard.append(message)
        return message

    async def hear(self, kind: str, /, **facts: object) -> Message:
        """Reads until a message of that type, with those facts, comes."""
        while message := await self.next():
            if message["type"] == kind and facts.items() <= message.items():
                return message
        raise AssertionError(f"closed with {self.ws.close_code}, and no {kind} in {self.heard}")

    async def rest(self) -> int | None:
        """Reads to the end; gives the close code."""
        while await self.next():
            pass
        return self.ws.close_code

    def last(self) -> Message:
        return self.heard[-1]


@dataclass
class School:
    """The application of a test, and everything around it."""

    live: Live
    sfu: Sfu
    client: TestClient[web.Request, web.Application]
    clock: SettableClock
    tickets: dict[str, Admitted]
    attendance: list[Attendance] = field(default_factory=list)

    async def door(self, lesson: str = "lesson", origin: str | None = ORIGIN) -> Person:
        return Person(await self.client.ws_connect(f"/live/{lesson}/ws", origin=origin, max_msg_size=0))

    def ticket(self, name: str, role: Role = Role.STUDENT) -> str:
        ticket = f"ticket-{len(self.tickets)}"
        self.tickets[ticket] = admitted(name, role)
        return ticket

    async def enter(self, name: str, role: Role = Role.STUDENT) -> Person:
        person = await self.door()
        await person.say("hello", ticket=self.ticket(name, role))
        await person.hear("welcome")
        return person

    async def resume(self, secret: str, seq: int) -> Person:
        person = await self.door()
        await person.say("hello", resume={"secret": secret, "seq": seq})
        await person.next()
        return person


OpenSchool: TypeAlias = Callable[..., Awaitable[School]]


@pytest.fixture(autouse=True)
def _loopback_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets aioice gather 127.0.0.1, which it leaves out otherwise."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])


def carried_here(sink: Sink) -> Media:
    """The SFU in this process."""
    return Sfu(SfuSettings(udp_port=0, announced_addresses=("127.0.0.1",), engine="plain"), sink)


@pytest.fixture
def open_school(aiohttp_client: Connect, clock: SettableClock) -> OpenSchool:
    """Opens a school with the media plane and the limits that a test wants."""

    async def opened(
        media: Callable[[Sink], Media] = carried_here,
        leases: Leases | None = None,
        on_event: OnEvent | None = None,
        **limits: Any,  # noqa: ANN401 - the limits have types of their own
    ) -> School:
        tickets: dict[str, Admitted] = {}
        attendance: list[Attendance] = []

        async def admit(ticket: str) -> Admitted | None:
            await asyncio.sleep(0)
            return tickets.pop(ticket, None)

        async def admit_bearer(request: web.Request) -> Admitted:
            return tickets[request.headers["Authorization"]]

        settings = LiveSettings(allowed_origins=(ORIGIN,), **limits)
        hears = on_event or attendance.append
        live = Live(media=media, admit=admit, settings=settings, clock=clock, on_event=hears, leases=leases)
        app = web.Application()
        app.add_subapp("/live", live.app())
        app.add_routes(live.streams(admit_bearer))
        sfu = cast("Sfu", live._hub.media)
        return School(live, sfu, await aiohttp_client(app), clock, tickets, attendance)

    return opened


@pytest.fixture
async def school(open_school: OpenSchool) -> School:
    return await open_school()
