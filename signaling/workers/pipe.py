"""One stream between supervisor and worker: messages in and out, and word when it is lost."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, Generic, TypeVar, cast

import msgspec

from signaling.workers.seal import NoSeal, Seal
from signaling.workers.wire import FrameError, FromWorker, Inbox, ToWorker, encode, framed

logger: Final = logging.getLogger(__name__)

T = TypeVar("T")

MOST_WAITING: Final = 8 << 20
"""So many octets may wait for the other side; one that lets more wait is as good as dead."""


class Pipe(asyncio.Protocol, Generic[T]):
    """One end: `receive` gets each message, `lost` is called once, at once when the other side is gone."""

    def __init__(
        self, decoder: msgspec.msgpack.Decoder[T], receive: Callable[[T], None], lost: Callable[[], None]
    ) -> None:
        self.seal: Seal | NoSeal = NoSeal()
        self._inbox = Inbox(decoder, self._unseal)
        self._receive = receive
        self._tell_lost = lost
        self._transport: asyncio.Transport | None = None
        self._over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own doesn't inherit from it

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._inbox.feed(data):
                self._take(message)
        except FrameError as error:
            logger.error("x pipe: %s", error)  # noqa: TRY400 - what came is known, our own trace is not of interest
            self.abort()

    def eof_received(self) -> None:
        self._lost()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        self._lost()

    def send(self, message: ToWorker | FromWorker) -> None:
        """Sends unless the other side is gone; never waits."""
        if self._over or self._transport is None:
            return
        self._transport.write(framed(self.seal.close(encode(message))))
        if self._transport.get_write_buffer_size() > MOST_WAITING:
            logger.error("x pipe: too much waits for the other side")
            self.abort()

    def close(self) -> None:
        """Ends when all that was sent has left."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Ends at once."""
        if self._transport is not None:
            self._transport.abort()
        self._lost()

    def _unseal(self, sealed: bytes) -> bytes:
        return self.seal.open(sealed)

    def _take(self, message: T) -> None:
        """One message's fault must not cost the others."""
        try:
            self._receive(message)
        except Exception:
            logger.exception("x pipe: %s", type(message).__name__)

    def _lost(self) -> None:
        if not self._over:
            self._over = True
            self._tell_lost()
