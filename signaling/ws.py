"""The WebSocket door of a live lesson: who may open it, and bounds on everything that comes in."""

import asyncio
import logging
from typing import Final

from aiohttp import WSMessage, WSMsgType, web
from msgspec import UNSET

from signaling.codec import decode, encode, numbered
from signaling.connection import TOO_SLOW, Connection
from signaling.hub import Hub
from signaling.model import Code, Refusal, SocketId
from signaling.pace import Bucket, Strikes
from signaling.protocol import ClientMessage, Error, Hello
from vclass.core.wire import guarded

logger: Final = logging.getLogger(__name__)

GOING_AWAY: Final = 1001
POLICY: Final = 1008
CLOSE_AFTER: Final[dict[Code, int]] = {
    "bad_ticket": 4401,
    "resume_expired": 4401,
    "room_full": 4429,
    "elsewhere": 4421,
    "hello_late": TOO_SLOW,
}
NO_FAULT: Final[frozenset[Code]] = frozenset({"no_participant", "no_track", "media_unavailable", "internal"})


class Visit:
    """One socket from its first message to its last."""

    def __init__(self, hub: Hub, lesson: str, connection: Connection) -> None:
        self._hub = hub
        self._lesson = lesson
        self._connection = connection
        self._socket: SocketId | None = None
        self._limits = limits = hub.settings
        self._time = asyncio.get_running_loop().time
        self._bucket = Bucket(limits.messages_per_second, limits.burst, self._time())
        self._strikes = Strikes(limits.errors, limits.errors_seconds)

    async def run(self) -> None:
        try:
            await self._begin()
            while await self._next():
                pass
        finally:
            if self._socket is not None:
                self._hub.hang_up(self._socket)
            self._connection.hang_up()

    async def _begin(self) -> None:
        try:
            async with asyncio.timeout(self._limits.hello_seconds):
                while self._socket is None and await self._next():
                    pass
        except TimeoutError:
            sentence = f"No hello within {self._limits.hello_seconds:g} seconds. Open a new socket."
            self._refuse(Refusal("hello_late", sentence))

    async def _next(self) -> bool:
        """Takes one frame; false when the socket has ended."""
        frame = await self._connection.receive()
        if frame is None:
            return False
        if self._connection.ending:
            return True
        try:
            await self._take(frame)
        except Refusal as refusal:
            self._refuse(refusal)
        except Exception:  # one message's fault must not end the visit
            logger.exception("x socket=%s lesson=%s", self._socket, self._lesson)
            self._refuse(Refusal("internal", "Something went wrong on our side. Try again in a moment.", retry="later"))
        return True

    async def _take(self, frame: WSMessage) -> None:
        if not self._bucket.take(self._time()):
            pace = f"{self._limits.messages_per_second:g} messages a second"
            raise Refusal("too_fast", f"Slow down: at most {pace}. This one was dropped.", retry="later")
        if frame.type is not WSMsgType.TEXT:
            raise Refusal("malformed", "Send text frames with JSON, not binary ones.")
        message = decode(frame.data)
        logger.debug("< %s socket=%s octets=%d", type(message).__name__, self._socket, len(frame.data))
        try:
            await self._obey(message)
        except Refusal as refusal:
            refusal.ref = message.id
            raise

    async def _obey(self, message: ClientMessage) -> None:
        if self._socket is not None:
            await self._hub.obey(self._socket, message)
        elif isinstance(message, Hello):
            self._socket = await self._hub.greet(self._lesson, message, self._connection)
            logger.info("- socket=%s lesson=%s seated", self._socket, self._lesson)
        else:
            raise Refusal("hello_first", "Say hello first, with a ticket or a resume secret.")

    def _refuse(self, refusal: Refusal) -> None:
        """Tells the sender, and nobody else (rule D3)."""
        logger.debug("x socket=%s code=%s field=%s", self._socket, refusal.code, refusal.field)
        frame = numbered(encode(error_of(refusal)), self._hub.seq(self._socket))
        if refusal.code in CLOSE_AFTER:
            self._connection.finish(frame, CLOSE_AFTER[refusal.code])
            return
        self._connection.post(frame)
        if refusal.code not in NO_FAULT and self._strikes.out(self._time()):
            self._connection.finish(None, POLICY)


class Door:
    """The route, and all sockets behind it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._limits = hub.settings
        self._connections: set[Connection] = set()

    @guarded(action="lesson.join")
    async def handle(self, request: web.Request) -> web.StreamResponse:
        self._check(request)
        ws = web.WebSocketResponse(
            timeout=self._limits.close_seconds,
            heartbeat=self._limits.heartbeat_seconds,
            max_msg_size=self._limits.message_bytes,
            compress=False,
            decode_text=False,
        )
        await ws.prepare(request)
        lesson, connection = request.match_info["lesson"], Connection(ws, request.transport, self._limits)
        self._connections.add(connection)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(connection.write())
                await Visit(self._hub, lesson, connection).run()
            await connection.close()
        finally:
            self._connections.discard(connection)
            logger.info("- closed lesson=%s code=%s", lesson, connection.close_code)
        return ws

    def close_all(self) -> None:
        """Ends every socket; those with a seat learn that the server restarts."""
        self._hub.end_all()
        for connection in self._connections:
            connection.finish(None, GOING_AWAY)

    def _check(self, request: web.Request) -> None:
        if request.headers.get("Origin") not in self._limits.allowed_origins:
            raise web.HTTPForbidden(text="This page may not open a live lesson here: its origin isn't allowed.")
        if len(self._connections) >= self._limits.sockets:
            raise web.HTTPServiceUnavailable(
                text="Too many connections. Try again in a moment.", headers={"Retry-After": "5"}
            )


def error_of(refusal: Refusal) -> Error:
    """A refusal as the client gets it."""
    return Error(
        code=refusal.code,
        message=refusal.sentence,
        field=refusal.field or UNSET,
        re=refusal.ref or UNSET,
        cause=refusal.cause or UNSET,
        retry=refusal.retry or UNSET,
    )
