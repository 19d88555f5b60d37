"""The `Media` interface between the room logic and whatever carries the pictures.

Every value is a frozen, tagged msgspec struct that encodes to JSON, so that the SFU may stand in this
process, behind a pipe or on another machine without a change for its callers. A *peer* is one
PeerConnection of one participant, a *room* is one live lesson, a *track* is what a peer sends, a *slot* is
one m-section in which a peer receives. The SFU knows no names and no lessons: the caller maps its
participants to peers.
"""

from collections.abc import Callable
from typing import Final, Literal, NewType, Protocol, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

__all__ = [
    "MOST_TEMPORAL",
    "Answer",
    "CloseRoom",
    "Command",
    "EndRecording",
    "Event",
    "Figures",
    "Kind",
    "Leave",
    "Media",
    "Moved",
    "Mute",
    "NeedSlots",
    "Offer",
    "PeerId",
    "PeerPhase",
    "PeerState",
    "Quality",
    "Record",
    "Recorded",
    "Refused",
    "RoomId",
    "Sink",
    "Slot",
    "SlotWish",
    "SlotsChanged",
    "Speaker",
    "Take",
    "Track",
    "TrackId",
    "TracksChanged",
    "Unavailable",
    "Want",
    "WorkerPhase",
    "WorkerState",
]

PeerId = NewType("PeerId", str)
RoomId = NewType("RoomId", str)
TrackId = NewType("TrackId", str)

Kind: TypeAlias = Literal["audio", "video"]
Quality: TypeAlias = Literal["q", "h", "f"]
PeerPhase: TypeAlias = Literal["connecting", "live", "stale", "gone"]
MOST_TEMPORAL: Final = 3
"""The highest temporal layer that a VP8 descriptor can name."""
WorkerPhase: TypeAlias = Literal["up", "draining", "down"]


class Offer(msgspec.Struct, frozen=True, tag="offer"):
    """A client's offer: its first, one with more sections, or an ICE restart (new ufrag and password).

    Attributes:
        pointer: By which name the peer may point at pictures; without one it may not.
    """

    peer: PeerId
    room: RoomId
    sdp: str
    revision: int = 1
    pointer: str = ""


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """The SDP answer to the offer with the same revision."""

    peer: PeerId
    revision: int
    sdp: str


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Why an offer was not taken: a stable code, the field at fault, and a sentence that says the way out."""

    peer: PeerId
    revision: int
    code: str
    field: str
    sentence: str


class SlotWish(msgspec.Struct, frozen=True):
    """Which track a peer wants in one of its sections: none leaves it empty, unset leaves the choice to the room.

    `quality` is the encoding that it wants where there are several, `temporal` the highest temporal layer of it.
    """

    mid: str
    track: TrackId | UnsetType | None = UNSET
    quality: Quality = "f"
    temporal: int = MOST_TEMPORAL


class Want(msgspec.Struct, frozen=True, tag="want"):
    """What a peer wants in the named slots, instead of all that it wanted before; the others are the room's."""

    peer: PeerId
    slots: tuple[SlotWish, ...] | None = None


class Mute(msgspec.Struct, frozen=True, tag="mute"):
    """Stops or resumes forwarding all tracks of one kind of a peer, whatever its browser sends."""

    peer: PeerId
    kind: Kind
    muted: bool


class Leave(msgspec.Struct, frozen=True, tag="leave"):
    """Ends a peer and frees all it held."""

    peer: PeerId


class CloseRoom(msgspec.Struct, frozen=True, tag="close_room"):
    """Ends every peer of a room, and its recordings."""

    room: RoomId


class Take(msgspec.Struct, frozen=True):
    """As what a peer is recorded: in which recording, whose folder that is, and what its manifest says of the peer.

    A publisher that comes back, as another peer, goes on in the same file while the same process writes it.
    """

    recording: str
    folder: str
    publisher: str
    name: str
    consent: str = ""


class Record(msgspec.Struct, frozen=True, tag="record"):
    """Records what a peer sends from now on; without a take, no more."""

    peer: PeerId
    take: Take | None = None


class EndRecording(msgspec.Struct, frozen=True, tag="end_recording"):
    """Ends a room's recording; `Recorded` tells when its files are closed."""

    room: RoomId
    recording: str


Command: TypeAlias = Want | Mute | Leave | CloseRoom | Record | EndRecording


class PeerState(msgspec.Struct, frozen=True, tag="peer_state"):
    """A peer went from one phase to another; `gone` is the last event about it."""

    peer: PeerId
    state: PeerPhase


class Track(msgspec.Struct, frozen=True):
    """One audio or video stream that a live peer sends."""

    id: TrackId
    kind: Kind
    muted: bool = False


class TracksChanged(msgspec.Struct, frozen=True, tag="tracks_changed"):
    """Tracks of a peer came, went or were muted; a track in `added` that is known already is an update."""

    room: RoomId
    peer: PeerId
    added: tuple[Track, ...] = ()
    removed: tuple[TrackId, ...] = ()


class Slot(msgspec.Struct, frozen=True):
    """What a receiving section shows now: a track and the peer that owns it, or nothing.

    `lacks` names the codec of the track when the receiving peer can't decode it: nothing is sent then.
    Nor is it while `paused`: the peer's way down is too narrow for the picture.
    """

    mid: str
    kind: Kind
    track: TrackId | None = None
    owner: PeerId | None = None
    lacks: str | None = None
    paused: bool = False


class SlotsChanged(msgspec.Struct, frozen=True, tag="slots_changed"):
    """All slots of a peer, in the order of its sections."""

    peer: PeerId
    slots: tuple[Slot, ...]


class NeedSlots(msgspec.Struct, frozen=True, tag="need_slots"):
    """More tracks wait than the peer has slots: so many more of each kind would show all that aren't muted."""

    peer: PeerId
    audio: int
    video: int


class Speaker(msgspec.Struct, frozen=True, tag="speaker"):
    """Who speaks in a room now; none when it went quiet."""

    room: RoomId
    peer: PeerId | None = None


class Moved(msgspec.Struct, frozen=True, tag="moved"):
    """A room lives on another worker from now on: every peer it had is gone, without an event for each.

    Attributes:
        linger: For so many milliseconds at most the former worker still forwards, to whom has nothing new yet.
    """

    room: RoomId
    linger: int = 0


class Recorded(msgspec.Struct, frozen=True, tag="recorded"):
    """A recording is over and its files are closed, or it could not go on, for the given reason."""

    recording: str
    failure: str = ""


Event: TypeAlias = PeerState | TracksChanged | SlotsChanged | NeedSlots | Speaker | Moved | Recorded
Sink: TypeAlias = Callable[[Event], None]


class Figures(msgspec.Struct, frozen=True, tag="figures"):
    """Counters since start and gauges of this moment, for metrics."""

    rooms: int = 0
    peers: int = 0
    live: int = 0
    tracks: int = 0
    slots_in_use: int = 0
    packets_in: int = 0
    packets_out: int = 0
    packets_dropped: int = 0
    packets_refused: int = 0
    nacks_sent: int = 0
    nacks_received: int = 0
    retransmitted: int = 0
    plis_sent: int = 0
    recordings: int = 0
    recorded_peers: int = 0
    recorder_dropped: int = 0


class WorkerState(msgspec.Struct, frozen=True, tag="worker_state"):
    """A worker at this moment: what lives on it, how often it was started again, its share of a core, its tasks."""

    name: str
    phase: WorkerPhase
    rooms: int = 0
    peers: int = 0
    restarts: int = 0
    share: float = 0.0
    figures: Figures = Figures()
    tasks: int = 0


class Unavailable(Exception):  # noqa: N818 - a state of affairs, not a fault of the caller
    """Nobody can answer this offer now; a new one may be answered in a moment."""


class Media(Protocol):
    """What the room logic may ask of the media plane.

    Events go to the `Sink` given at construction, which must not block.
    """

    async def open(self) -> None:
        """Binds the sockets; raises `OSError` with a sentence when it can't."""

    async def close(self) -> None:
        """Ends every peer and frees every socket and task."""

    def warm(self) -> None:
        """Somebody is about to offer: gets ready in the background what the first offer would wait for."""

    async def negotiate(self, offer: Offer) -> Answer | Refused:
        """Answers an offer: the first of a peer, a later one with other sections, or an ICE restart.

        Raises:
            Unavailable: The worker that had the offer is gone.
        """

    def command(self, command: Command) -> None:
        """Takes a command; in order; one for an unknown peer is ignored."""

    def home(self, room: RoomId) -> str:
        """The name of the worker that carries a room; nothing where none does, or this process itself."""

    def figures(self) -> Figures:
        """The latest counters."""

    def workers(self) -> tuple[WorkerState, ...]:
        """Each worker process; none where media is carried in this process."""
