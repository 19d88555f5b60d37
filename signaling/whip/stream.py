"""One encoder or player in a lesson: to the hub an outlet like a browser's socket, with HTTP behind it."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Mapping
from typing import Final

from signaling.hub import Hub
from signaling.media import Kind
from signaling.model import Admitted, Refusal, SocketId
from signaling.pace import Bucket
from signaling.protocol import Answer, Bye, ClientMessage, Mute, Offer
from signaling.whip.fragment import Fragment
from signaling.whip.listener import Listener
from signaling.whip.offers import Purpose, StreamOffer
from signaling.whip.refusals import UnavailableError, of_room
from vclass.core.tokens import new_id

logger: Final = logging.getLogger(__name__)

PATCHES_PER_SECOND: Final = 50 / 60
PATCHES_AT_ONCE: Final = 50


class Stream:
    """A session of WHIP or WHEP; it implements `dispatcher.Outlet`.

    `offer` and `revision` are those of the ICE session that stands: a restart that fails changes neither.
    """

    def __init__(self, hub: Hub, purpose: Purpose, holder: str, streams: dict[str, "Stream"]) -> None:
        self.id: Final = new_id()
        self.purpose: Final = purpose
        self.holder: Final = holder
        self.lesson = ""
        self.revision = 0
        self.offer = ""
        self._offers = itertools.count(1)
        self._hub = hub
        self._streams = streams
        self._mids: Mapping[Kind, tuple[str, ...]] = {}
        self._socket: SocketId | None = None
        self._listener = Listener(self._twins)
        self._loop = asyncio.get_running_loop()
        self._pace = Bucket(PATCHES_PER_SECOND, PATCHES_AT_ONCE, self._loop.time())

    @property
    def participant(self) -> str:
        return self._listener.me

    def take(self, offer: StreamOffer) -> None:
        """Takes the offer that is to be brought into the room."""
        self.offer, self._mids = offer.text, offer.mids
        if self.purpose == "whep":
            self._listener.programme.slots = offer.mids

    async def begin(self, lesson: str, admitting: Awaitable[Admitted]) -> str:
        """Takes a seat, and brings in the offer that `admitting` has taken; gives the SDP answer.

        Raises:
            Refusal: Of `vclass.core`; the seat, if there was one, is free again.
        """
        self.lesson, self._streams[self.id] = lesson, self
        try:
            self._socket = await self._hub.seat(lesson, admitting, self)
            answer = await self._negotiate(self.offer)
            if self.purpose == "whip":
                await self._unmute()
        except Refusal as refusal:
            self.leave()
            raise of_room(refusal) from None
        except BaseException:
            self.leave()
            raise
        return answer.sdp

    async def restart(self, fragment: Fragment) -> str:
        """Restarts ICE with the client's new credentials; gives the SDP answer, of which only those matter."""
        try:
            return (await self._negotiate(fragment.applied(self.offer))).sdp
        except Refusal as refusal:
            raise of_room(refusal) from None

    def may_patch(self) -> bool:
        """Counts one more fragment; false if they are too many (rule E1)."""
        return self._pace.take(self._loop.time())

    def leave(self) -> None:
        """Gives the seat up at once."""
        self._say(Bye())
        self._end()

    # -- what the hub tells

    def post(self, *frames: bytes) -> None:
        """Reads messages; what there is to say to them waits until the hub is through with its own."""
        for frame in frames:
            for reply in self._listener.hear(frame):
                self._loop.call_soon(self._say, reply)

    def finish(self, _frame: bytes | None, _code: int) -> None:
        """The seat is gone."""
        self._end()

    # -- parts of the above

    async def _negotiate(self, sdp: str) -> Answer:
        number = next(self._offers)
        await self._hub.obey(self._seat(), Offer(sdp=sdp, rev=number))
        answer = self._listener.answer
        if answer is None or answer.rev != number:
            raise UnavailableError("The seat was given up meanwhile. Post a new offer.")
        self.offer, self.revision = sdp, number
        return answer

    async def _unmute(self) -> None:
        """A codec has no button for it: what it publishes is seen and heard at once."""
        for kind, mids in self._mids.items():
            if mids:
                await self._hub.obey(self._seat(), Mute(kind=kind, muted=False))

    def _seat(self) -> SocketId:
        if self._socket is None:
            raise UnavailableError("The seat was given up meanwhile. Post a new offer.")
        return self._socket

    def _say(self, message: ClientMessage) -> None:
        """Says what needs no answer; a track that has just left is no longer to be had."""
        if self._socket is None:
            return
        try:
            self._hub.do(self._socket, message)
        except Refusal as refusal:
            logger.debug("x stream=%s code=%s", self.id, refusal.code)

    def _end(self) -> None:
        self._socket = None
        self._streams.pop(self.id, None)

    def _twins(self) -> set[str]:
        """The participants that the same token has in the room."""
        return {each.participant for each in self._streams.values() if each.holder == self.holder}
