"""Connections of the connection test, which only find out whether there is a way: each alone in a room of its own.

Nobody is in that room to see or hear anything, and it ends by itself after some seconds: so anybody may try.
"""

import asyncio
from typing import Final

from signaling.media import CloseRoom, Media, Offer, PeerId, Refused, RoomId, Unavailable
from signaling.whip import OfferRefusedError, UnavailableError
from vclass.core.tokens import new_id

MOST: Final = 60
SECONDS: Final = 20.0
ANSWER_SECONDS: Final = 5.0
BUSY: Final = "Too many people test their connection. Try again in a moment."
SILENT: Final = "The media server doesn't answer. Try again in a moment."


class Probes:
    """The tests that run now."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._running: dict[RoomId, asyncio.TimerHandle | None] = {}

    async def answer(self, sdp: str) -> str:
        """Answers an offer of the connection test.

        Raises:
            OfferRefusedError: It can't be taken.
            UnavailableError: Too many tests run, or the media plane doesn't answer.
        """
        if len(self._running) >= MOST:
            raise UnavailableError(BUSY)
        room = RoomId(f"probe-{new_id()}")
        self._running[room] = None
        try:
            answer = await self._negotiated(Offer(peer=PeerId(room), room=room, sdp=sdp))
        except BaseException:
            self._end(room)
            raise
        self._running[room] = asyncio.get_running_loop().call_later(SECONDS, self._end, room)
        return answer

    def close(self) -> None:
        """Ends all of them."""
        for room in list(self._running):
            self._end(room)

    async def _negotiated(self, offer: Offer) -> str:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reply = await self._media.negotiate(offer)
        except (TimeoutError, Unavailable):
            raise UnavailableError(SILENT) from None
        if isinstance(reply, Refused):
            raise OfferRefusedError(reply.sentence, cause=reply.code, field=reply.field)
        return reply.sdp

    def _end(self, room: RoomId) -> None:
        if timer := self._running.pop(room, None):
            timer.cancel()
        self._media.command(CloseRoom(room))
