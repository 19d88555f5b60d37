"""What every engine offers: it reads sockets, notes what arrived of each source, and carries copies out."""

import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeAlias

from signaling.media import MOST_TEMPORAL
from signaling.sfu import vp8
from signaling.sfu.engine.outlet import Outlet
from signaling.sfu.engine.sieve import Origin
from signaling.sfu.paths import Address, Link, Path
from signaling.sfu.srtp import MAX_PACKET, Cell, Keys, protect

HISTORY = 512
MOST_GAPS = 64
UNKNOWN_TYPE = -1
DRIP = struct.Struct("=dH")
"""What stands before a packet out of a tap: when it was sent on, by the monotonic clock, and its length."""

Take: TypeAlias = Callable[[Link, Address, int], None]
"""Takes what an engine read: the way it came, and how much of it stands in the cell."""


@dataclass(slots=True)
class Counts:
    """What an engine did since start; the compiled core keeps the same names in a struct."""

    sent: int = 0
    dropped: int = 0
    received: int = 0
    refused: int = 0


@dataclass(slots=True)
class Tally:
    """The numbers of one source, its newest packet's among them; the compiled core keeps the same names in a struct.

    `layer_octets` are those of `octets` in each temporal layer. `highest` and `base` count once something was received;
    `muted`, `waiting` and `payload_type` say what becomes of packets: those of a muted source are only noted, and while
    a slot waits for a start, each packet must be looked at, as must one of another payload type than the last.
    """

    base: int = 0
    highest: int = 0
    cycles: int = 0
    received: int = 0
    jitter: float = 0.0
    transit: float = float("nan")
    timestamp: int = 0
    picture: int = 0
    tl0: int = 0
    forwarded: int = 0
    octets: int = 0
    layer_octets: list[int] = field(default_factory=lambda: [0] * (MOST_TEMPORAL + 1))
    muted: int = 0
    waiting: int = 0
    payload_type: int = UNKNOWN_TYPE


@dataclass(frozen=True, slots=True)
class Source:
    """What an engine must know of a source: its clock, whether it is video, and the codec of each payload type."""

    clock: int
    video: bool
    codecs: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Gap:
    """So many packets after one weren't there when a later one came."""

    after: int
    missing: int
    at: float


class Arrival(IntEnum):
    """What a packet is to its source's stream."""

    REPEATED = 0
    LATE = 1
    NEWEST = 2


class Stream(ABC):
    """One source's packets: which came, which are kept to be sent again, and the receivers of copies."""

    tally: Any  # a `Tally`, or the core's struct of the same names

    def index_of(self, sequence: int) -> int:
        """The number that a sequence number stands for when wraps are counted: the one nearest to the newest."""
        highest: int = self.tally.highest
        step = ((sequence - highest + 0x8000) & 0xFFFF) - 0x8000
        return int(self.tally.cycles) + highest + step

    @abstractmethod
    def note(self, packet: bytes, now: float) -> Arrival:
        """Notes a packet that came and keeps it, if it is video."""

    @abstractmethod
    def send(self, packet: bytes, descriptor: vp8.Descriptor, arrival: Arrival) -> None:
        """Counts a packet as forwarded and sends its copies; a late one only to those who had begun when it was due.

        Who goes without it gets the later ones with numbers that close up.
        """

    @abstractmethod
    def take_gaps(self) -> tuple[Iterable[Gap], bool]:
        """The gaps since the last call, and whether there were more than that."""

    @abstractmethod
    def holds(self, sequence: int) -> bool:
        """Whether a packet came lately; only video is kept."""

    @abstractmethod
    def recall(self, sequence: int) -> bytes | None:
        """A packet that came lately, unless it is too long to be sent."""

    @abstractmethod
    def tap(self, octets: int) -> None:
        """Keeps a plain copy of what is sent on from now on, up to so many octets between two calls of `tapped`."""

    @abstractmethod
    def tapped(self) -> tuple[bytes, int]:
        """What was kept since the last call, and how many packets found no room.

        Before each packet stand its time and its length, as in `DRIP`.
        """

    @abstractmethod
    def untap(self) -> None:
        """Keeps no copies any more."""

    @abstractmethod
    def begin(self, outlet: Outlet) -> None:
        """Sends copies to an outlet from now on."""

    @abstractmethod
    def update(self, outlet: Outlet) -> None:
        """Takes what changed in an outlet that flows: where it sends, or its temporal layers."""

    @abstractmethod
    def account(self, outlet: Outlet) -> None:
        """Brings the numbers of an outlet that flows up to date."""

    @abstractmethod
    def origin(self, outlet: Outlet, sequence: int) -> Origin | None:
        """The source's packet that went to an outlet under this number, if it can be told still."""

    @abstractmethod
    def end(self, outlet: Outlet) -> None:
        """Sends nothing more to an outlet, whose numbers are up to date then."""


class Inlet:
    """A peer's way in, as far as the engine walks it alone; one in Python doesn't, and hands everything up."""

    path: Path | None = None
    heard = 0.0

    def settle(self, path: Path) -> None:
        """From now on the engine may take packets of known sources itself that come over this path."""

    def leave(self) -> None:
        """Everything goes up again."""

    def route(self, streams: Mapping[int, Stream], wide_id: int, level_id: int) -> None:
        """Says which source feeds which stream, and the ids of the header extensions that matter."""

    def take_arrivals(self) -> Iterable[tuple[int, int]]:
        """Transport-wide sequence numbers and their arrival in microseconds, since the last call."""
        return ()

    def take_levels(self) -> bytes:
        """Audio levels since the last call."""
        return b""


class Engine(ABC):
    """Reads datagrams, carries packets out, and counts them."""

    name: str

    def __init__(self) -> None:
        self.counts: Any = Counts()
        self._scratch = Cell()

    @abstractmethod
    def prepare(self) -> None:
        """Loads what costs time and memory, before the first peer; may run in a thread."""

    @abstractmethod
    def receive(self, link: Link, cell: Cell, take: Take, take_opened: Take) -> None:
        """Reads what waits at a socket and hands up what it doesn't deal with itself, each datagram in the cell.

        `take` gets datagrams as they came, `take_opened` RTP that the engine decrypted.
        """

    @abstractmethod
    def stream(self, source: Source) -> Stream:
        """A stream for a source that is about to be heard."""

    def inlet(self, keys: Keys) -> Inlet:
        """The way in of a peer whose keys are known."""
        del keys
        return Inlet()

    def destination(self, address: Address) -> object:
        """An address in the form in which a path keeps it for `Stream.send`."""
        return address

    def send(self, path: Path, data: bytes | memoryview) -> None:
        """Sends one datagram at once; a full or broken way drops it, as the network would."""
        try:
            path.link.send(path.address, data)
        except OSError:
            self.counts.dropped += 1
        else:
            self.counts.sent += 1

    def send_rtp(self, keys: Keys, path: Path, packet: bytes) -> None:
        """Encrypts and sends one packet that is already as its receiver gets it."""
        cell, size = self._scratch, len(packet)
        if size > MAX_PACKET:
            self.counts.dropped += 1
            return
        cell.view[:size] = packet
        cell.length[0] = size
        if not protect(keys.outbound, cell.data, cell.length):
            self.send(path, cell.view[: cell.length[0]])
