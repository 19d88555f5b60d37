"""What the room wants done: values that the shell carries out, in order."""

from dataclasses import dataclass
from typing import TypeAlias

from signaling import protocol
from signaling.media import Command, Offer
from signaling.model import Attendance, ConsentAnswer, ParticipantId, RecordingWish, SocketId
from signaling.protocol import Closed, ToClient


@dataclass(frozen=True, slots=True)
class Send:
    """One message to one socket."""

    socket: SocketId
    seq: int
    message: ToClient


@dataclass(frozen=True, slots=True)
class Replay:
    """What a socket missed, as one delivery; the first message has number `first`."""

    socket: SocketId
    first: int
    messages: tuple[ToClient, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """The last message to a socket, which is closed after it."""

    socket: SocketId
    seq: int
    message: Closed
    code: int


@dataclass(frozen=True, slots=True)
class Tell:
    """A command to the media plane."""

    command: Command


@dataclass(frozen=True, slots=True)
class Negotiate:
    """An offer to the media plane; the answer comes back to the room."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the application; its answer comes back to the room."""

    participant: ParticipantId
    question: RecordingWish | ConsentAnswer


@dataclass(frozen=True, slots=True)
class Report:
    """News for attendance."""

    event: Attendance


@dataclass(frozen=True, slots=True)
class Measure:
    """Figures of a connection, to be counted."""

    report: protocol.Report


Effect: TypeAlias = Send | Replay | Close | Tell | Negotiate | Ask | Report | Measure
