"""What supervisor and worker say to one another, as frames: four octets of length, then one msgpack value.

Commands and events of `signaling.media` travel as they are; what stands here is what the pipe needs besides. The same
frames go over a socketpair and over TCP.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeAlias, TypeVar

import msgspec

from signaling.media import Answer, Command, Event, Figures, Offer, Refused

T = TypeVar("T")

LENGTH: Final = 4
MOST_OCTETS: Final = 1 << 20
"""Far more than any answer needs; a longer frame is none of ours."""


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """An offer; the `Reply` of the same number answers it."""

    number: int
    offer: Offer


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Asks for a `Pulse`."""


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """Says goodbye to every peer and ends."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The worker receives media at these addresses; the first message of a good start."""

    addresses: tuple[tuple[str, int], ...]
    engine: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The worker can't start; the sentence says why and what to do."""

    sentence: str


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """What became of the offer of that number."""

    number: int
    answer: Answer | Refused


class Pulse(msgspec.Struct, frozen=True, tag="pulse"):
    """The worker lives; its counters, its share of a core since the last pulse, and how many tasks it runs."""

    figures: Figures
    share: float
    tasks: int = 0


class Draining(msgspec.Struct, frozen=True, tag="draining"):
    """The worker was asked to end: its rooms are to move, and no other may come."""


ToWorker: TypeAlias = Command | Ask | Ping | Stop
FromWorker: TypeAlias = Event | Ready | Failed | Reply | Pulse | Draining

TO_WORKER: Final[msgspec.msgpack.Decoder[ToWorker]] = msgspec.msgpack.Decoder(ToWorker)
FROM_WORKER: Final[msgspec.msgpack.Decoder[FromWorker]] = msgspec.msgpack.Decoder(FromWorker)

_encoder: Final = msgspec.msgpack.Encoder()


class FrameError(Exception):
    """What came is no frame of ours; the connection is of no use any more."""


def encode(message: ToWorker | FromWorker) -> bytes:
    """The body of a message's frame."""
    return _encoder.encode(message)


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(LENGTH, "big") + body


class Frames:
    """Cuts a stream of octets into the bodies of frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that are complete with these octets.

        Raises:
            FrameError: A frame is empty or too long.
        """
        self._buffer += data
        bodies = []
        while (body := self._next()) is not None:
            bodies.append(body)
        return bodies

    def _next(self) -> bytes | None:
        if len(self._buffer) < LENGTH:
            return None
        size = int.from_bytes(self._buffer[:LENGTH], "big")
        if not 0 < size <= MOST_OCTETS:
            raise FrameError(f"a frame of {size} octets")
        if len(self._buffer) < LENGTH + size:
            return None
        body = bytes(self._buffer[LENGTH : LENGTH + size])
        del self._buffer[: LENGTH + size]
        return body


class Inbox(Generic[T]):
    """Reads messages of one direction out of a stream."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[T], unseal: Callable[[bytes], bytes] = bytes) -> None:
        self._decoder = decoder
        self._frames = Frames()
        self._unseal = unseal

    def feed(self, data: bytes) -> list[T]:
        """The messages that are complete with these octets.

        Raises:
            FrameError: They are none.
        """
        return [self._read(self._unseal(body)) for body in self._frames.feed(data)]

    def _read(self, body: bytes) -> T:
        try:
            return self._decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise FrameError(f"no message of ours: {error}") from None
