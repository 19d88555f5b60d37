"""Carries out what the rooms want done: messages to sockets, commands to the media plane, news to the application."""

import itertools
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from signaling.codec import encode, numbered
from signaling.effects import Close, Effect, Measure, Replay, Report, Send, Tell
from signaling.media import Command
from signaling.model import Attendance, SocketId
from signaling.protocol import Report as PageReport
from signaling.protocol import ToClient
from signaling.room import Room

logger: Final = logging.getLogger(__name__)

OnEvent: TypeAlias = Callable[[Attendance], None]


class Outlet(Protocol):
    """The way to one client; none of these waits."""

    def post(self, *frames: bytes) -> None:
        """Queues frames, as one delivery."""

    def finish(self, frame: bytes | None, code: int) -> None:
        """Queues a last frame, after which the socket is closed with that code."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where effects go.

    Attributes:
        sockets: Each socket's room and outlet; one that is closed is taken out.
        command: Takes commands to the media plane.
        on_event: Hears who came and went.
        measure: Counts what pages report.
        emptied: Hears of a room that nobody sits in any more.
    """

    sockets: dict[SocketId, tuple[Room, Outlet]]
    command: Callable[[Command], None]
    on_event: OnEvent
    measure: Callable[[PageReport], None]
    emptied: Callable[[Room], None]


class Dispatcher:
    """Does what rooms want, one list of effects after the other."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._agenda: deque[tuple[Room, list[Effect]]] = deque()
        self._doers: dict[type, Callable[[Any, _Encoded], None]] = {
            Send: self._send,
            Replay: self._replay,
            Close: self._close,
            Tell: lambda effect, _: ways.command(effect.command),
            Report: lambda effect, _: ways.on_event(effect.event),
            Measure: lambda effect, _: ways.measure(effect.report),
        }

    def carry_out(self, room: Room, effects: list[Effect]) -> None:
        """Does what a room wants, in order, even if doing it makes the media plane report news at once."""
        self._agenda.append((room, effects))
        if len(self._agenda) > 1:
            return
        while self._agenda:
            self._do_all(*self._agenda[0])
            self._agenda.popleft()

    def _do_all(self, room: Room, effects: list[Effect]) -> None:
        encoded = _Encoded()
        for effect in effects:
            try:
                self._doers[type(effect)](effect, encoded)
            except Exception:  # one client's or the media plane's fault must not stop the others' news
                logger.exception("x effect=%s lesson=%s", type(effect).__name__, room.lesson.id)
        if not room.seats:
            self._ways.emptied(room)

    def _send(self, effect: Send, encoded: "_Encoded") -> None:
        if outlet := self._outlet(effect.socket):
            logger.debug("> %s socket=%d seq=%d", type(effect.message).__name__, effect.socket, effect.seq)
            outlet.post(encoded(effect.message, effect.seq))

    def _replay(self, effect: Replay, encoded: "_Encoded") -> None:
        if outlet := self._outlet(effect.socket):
            numbers = itertools.count(effect.first)
            outlet.post(*(encoded(event, next(numbers)) for event in effect.messages))

    def _close(self, effect: Close, encoded: "_Encoded") -> None:
        _, outlet = self._ways.sockets.pop(effect.socket, (None, None))
        if outlet:
            outlet.finish(encoded(effect.message, effect.seq), effect.code)

    def _outlet(self, socket: SocketId) -> Outlet | None:
        return self._ways.sockets[socket][1] if socket in self._ways.sockets else None


class _Encoded:
    """Encodes each message of one list of effects once, however many it goes to."""

    def __init__(self) -> None:
        self._bodies: dict[int, tuple[ToClient, bytes]] = {}

    def __call__(self, message: ToClient, seq: int) -> bytes:
        entry = self._bodies.get(id(message)) or (message, encode(message))
        self._bodies[id(message)] = entry
        return numbered(entry[1], seq)
