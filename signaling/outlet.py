"""The way out to one client: a bounded queue, one writer, and an end that never waits for long."""

import asyncio
import contextlib
from collections import deque
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from signaling.model import LiveSettings

TOO_SLOW: Final = 4408


class SocketOutlet:
    """The way out to one client: a bounded queue and the one task that writes."""

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.Transport | None, limits: LiveSettings) -> None:
        self._ws = ws
        self._transport = transport
        self._limits = limits
        self._queue: deque[tuple[bytes, ...]] = deque()
        self._octets = 0
        self._ready = asyncio.Event()
        self._last: int | None = None
        self._over: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def ending(self) -> bool:
        return self._last is not None or self._over.done()

    def post(self, *frames: bytes) -> None:
        """Queues frames as one delivery; a client that lets too many wait is given up."""
        if self.ending:
            return
        size = sum(map(len, frames))
        full = len(self._queue) >= self._limits.queue_messages or self._octets + size > self._limits.queue_bytes
        if full and self._queue:
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
        """The client is gone: nothing more to write."""
        self._end(int(WSCloseCode.OK))

    async def run(self) -> None:
        """Writes until the end, then closes the socket; a client that doesn't read is cut off."""
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write())
            code = await self._over
            writer.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.close_seconds):
                await self._ws.close(code=code, drain=code != TOO_SLOW)
        if self._transport and (code == TOO_SLOW or self._ws.close_code == WSCloseCode.ABNORMAL_CLOSURE):
            self._transport.abort()

    def _end(self, code: int) -> None:
        if not self._over.done():
            self._over.set_result(code)

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
