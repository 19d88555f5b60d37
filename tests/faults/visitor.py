"""Somebody who comes into a lesson over real sockets, stays for some seconds, and goes in one of several ways."""

import asyncio
import random
import socket
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import aiohttp

from tests.benchmarks.load import BrowserLike, Clip, Endpoint
from tests.visits import greeted, open_link, press_join

STAY_SECONDS: Final = (1.0, 8.0)
PATIENCE: Final = 30.0


class Going(StrEnum):
    """How a visit ends."""

    BYE = "bye"
    """With a word."""
    DROPPED = "dropped"
    """The socket is gone, and the connection was closed: the seat is kept for a while."""
    VANISHED = "vanished"
    """Nothing more comes, on either way."""
    RETURNED = "returned"
    """The socket is lost, another resumes, and then a word."""
    ABANDONED = "abandoned"
    """An offer was answered, and never a check came."""


@dataclass
class Tally:
    """What became of the visits."""

    goings: Counter[str] = field(default_factory=Counter)
    packets: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass
class Venue:
    """Where they come, what publishers show, and what became of the visits."""

    url: str
    clip: Clip
    tally: Tally = field(default_factory=Tally)


class Visitor:
    """Somebody in a lesson, from the link to the end."""

    def __init__(self, venue: Venue, session: aiohttp.ClientSession, going: Going, chance: random.Random) -> None:
        self._venue, self._session, self._going = venue, session, going
        self._stay = chance.uniform(*STAY_SECONDS)
        self._publishes = chance.random() < 0.5
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._seq = 0

    async def visit(self, link: str) -> None:
        """Comes, stays and goes."""
        data = await press_join(self._session, link, await open_link(self._session, link))
        ticket = str(data["ticket"])
        async with greeted(self._session, self._venue.url, data["ws_url"], ticket=ticket) as (ws, welcome):
            assert welcome["type"] == "welcome", welcome
            await self._stay_in(ws)
        if self._going is Going.RETURNED:
            await self._return(data["ws_url"], welcome["resume"]["secret"])
        self._venue.tally.goings[self._going] += 1

    async def _stay_in(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        listening = asyncio.create_task(self._listen(ws))
        try:
            await self._carry(ws)
            if self._going is Going.BYE:
                await ws.send_json({"type": "bye"})
                await asyncio.wait([listening], timeout=PATIENCE)
        finally:
            listening.cancel()
            (heard,) = await asyncio.gather(listening, return_exceptions=True)
        if isinstance(heard, Exception):
            raise heard
        if self._going is not Going.BYE:
            tear(ws)

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Reads all that comes, as whoever doesn't is let go."""
        async for frame in ws:
            message = frame.json()
            self._seq = message["seq"]
            if message["type"] == "answer":
                self._answers.put_nowait(message["sdp"])
            assert message["type"] != "error", message

    async def _carry(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Media for a while."""

        async def negotiate(sdp: str) -> str:
            await ws.send_json({"type": "offer", "sdp": sdp, "rev": 1, "fresh": True})
            async with asyncio.timeout(PATIENCE):
                return await self._answers.get()

        endpoint = Endpoint("sendonly") if self._publishes else BrowserLike("recvonly")
        silently = self._going in {Going.VANISHED, Going.ABANDONED}
        try:
            if self._going is Going.ABANDONED:
                await negotiate(endpoint.offer())
            else:
                await endpoint.join(negotiate)
                await self._talk(ws, endpoint)
        finally:
            await (endpoint.vanish() if silently else endpoint.close())
            self._venue.tally.packets += endpoint.received

    async def _talk(self, ws: aiohttp.ClientWebSocketResponse, endpoint: Endpoint) -> None:
        if self._publishes:
            await ws.send_json({"type": "mute", "kind": "video", "muted": False})
            endpoint.play(self._venue.clip)
        await ws.send_json({"type": "chat", "text": "Good morning"})
        await asyncio.sleep(self._stay)

    async def _return(self, path: str, secret: str) -> None:
        """Another socket takes the seat up again, and gives it back."""
        resume = {"secret": secret, "seq": self._seq}
        async with greeted(self._session, self._venue.url, path, resume=resume) as (ws, answer):
            assert answer["type"] in {"resumed", "welcome"}, answer
            await ws.send_json({"type": "bye"})
            async for _ in ws:
                pass


def tear(ws: aiohttp.ClientWebSocketResponse) -> None:
    """Ends the connection below the socket, without its goodbye."""
    ws.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


async def come_and_go(venue: Venue, link: str, going: Going, chance: random.Random) -> None:
    """One visit; what goes wrong in it is counted."""
    try:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            await Visitor(venue, session, going, chance).visit(link)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one of the figures
        venue.tally.failures.append(f"{going}: {error!r}")
