"""One client's socket: a bounded queue out, one frame at a time in, and an end that never waits for long."""

import asyncio
import contextlib
import logging
from collections import deque
from typing import Final

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from signaling.model import LiveSettings

logger: Final = logging.getLogger(__name__)

TOO_SLOW: Final = 4408


class Connection:
    """An `Outlet` with a socket behind it."""

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.Transport | None, limits: LiveSettings) -> None:
        self._ws = ws
        self._transport = transport
        self._limits = limits
        self._queue: deque[tuple[bytes, ...]] = deque()
        self._octets = 0
        self._ready = asyncio.Event()
        self._last: int | None = None
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[int] = self._loop.create_future()
        self._listening: asyncio.Timeout | None = None

    @property
    def ending(self) -> bool:
        return self._last is not None or self._over.done()

    @property
    def close_code(self) -> int | None:
        return self._ws.close_code

    def post(self, *frames: bytes) -> None:
        """Queues frames as one delivery; a client that lets too many wait is given up."""
        if self.ending:
            return
        size = sum(map(len, frames))
        crowded = len(self._queue) >= self._limits.queue_messages
        if self._queue and (crowded or self._octets + size > self._limits.queue_bytes):
            logger.info("x too slow: waiting=%d octets=%d", len(self._queue), self._octets)
            self._end(TOO_SLOW)
            return
        self._queue.append(frames)
        self._octets += size
        self._ready.set()

    def finish(self, frame: bytes | None, code: int) -> None:
        """Queues the last frame, if any; after it the socket is closed with that code."""
        if self.ending:
            return
        if frame:
            self._queue.append((frame,))
        self._last = code
        self._ready.set()

    def hang_up(self) -> None:
        """The client is gone, or nobody listens to it any more."""
        self._end(int(WSCloseCode.OK))

    async def receive(self) -> WSMessage | None:
        """The client's next frame; none when the socket has ended, or is to."""
        if self._over.done():
            return None
        try:
            async with asyncio.timeout(None) as self._listening:
                frame = await self._ws.receive()
        except TimeoutError:
            return None
        finally:
            self._listening = None
        return frame if frame.type in (WSMsgType.TEXT, WSMsgType.BINARY) else None

    async def write(self) -> None:
        """Writes what is queued, until the end."""
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write())
            await self._over
            writer.cancel()

    async def close(self) -> None:
        """Closes the socket; to be called where `receive` was, so that the client's own close is waited for.

        A transport closed before that would reset the connection, and the last frame might be lost with it.
        """
        code = self._over.result() if self._over.done() else int(WSCloseCode.INTERNAL_ERROR)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.close_seconds):
                await self._ws.close(code=code, drain=code != TOO_SLOW)
        if self._transport and (code == TOO_SLOW or self._ws.close_code == WSCloseCode.ABNORMAL_CLOSURE):
            self._transport.abort()

    def _end(self, code: int) -> None:
        if self._over.done():
            return
        self._over.set_result(code)
        if self._listening:
            self._listening.reschedule(self._loop.time())

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while self._queue or self._last is None:
                await self._ready.wait()
                await self._flush()
        self._end(self._last or int(WSCloseCode.ABNORMAL_CLOSURE))

    async def _flush(self) -> None:
        self._ready.clear()
        while self._queue:
            frames = self._queue.popleft()
            self._octets -= sum(map(len, frames))
            for frame in frames:
                await self._ws.send_frame(frame, WSMsgType.TEXT)
