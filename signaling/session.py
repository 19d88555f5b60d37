"""One participant's place in a lesson: it outlives the socket, and remembers what the socket missed."""

from collections import deque
from collections.abc import Iterable

from signaling.codec import clean_name
from signaling.media import Kind, PeerId, Track, TrackId
from signaling.model import Admitted, LiveSettings, ParticipantId, SocketId, State
from signaling.pace import Bucket
from signaling.protocol import MediaFate, Participant, SlotView, ToClient, TrackView
from signaling.signal_strength import Signal

KINDS: tuple[Kind, Kind] = ("audio", "video")


class Seat:
    """The participant state machine.

    A seat is *connected* (has a socket) or *away* (since `lost_at`), and beside that its media is `connecting`,
    `live` or `stale`, or isn't there at all (`peer` is none). It ends with the room's removing it.
    """

    def __init__(self, participant: ParticipantId, admitted: Admitted, settings: LiveSettings, now: int) -> None:
        self.id = participant
        self._pace = Bucket(settings.offers_per_second, settings.offers_at_once, now)
        self._seat(admitted)
        self.socket: SocketId | None = None
        self.secret = ""
        self.lost_at = 0
        self.seq = 0
        self.peer: PeerId | None = None
        self.former: PeerId | None = None
        self.signal = Signal()
        self.reported_at = 0
        self.negotiated = False
        self.slots: tuple[SlotView, ...] = ()
        self.recorded = False
        self.consents: dict[str, bool] = {}
        self._peers = 0
        self._media: State = "connecting"
        self._muted: dict[Kind, bool] = dict.fromkeys(KINDS, True)
        self._tracks: dict[TrackId, Kind] = {}
        self._events: deque[ToClient] = deque(maxlen=settings.replay_events)

    @property
    def state(self) -> State:
        return "away" if self.socket is None else self._media

    @property
    def fate(self) -> MediaFate:
        """What a client that comes back should do about its media."""
        return "kept" if self.peer and self.negotiated else "new"

    @property
    def tracks(self) -> tuple[TrackView, ...]:
        return tuple(self._view(track, kind) for track, kind in self._tracks.items())

    def seen(self) -> Participant:
        """What the others see."""
        return Participant(
            id=self.id,
            name=self._name,
            role=self.admitted.role,
            institution=self.admitted.institution,
            language=self.admitted.language,
            audio=self._on("audio"),
            video=self._on("video"),
            tracks=self.tracks,
            state=self.state,
            signal=self.signal.word,
            recorded=self.recorded,
        )

    def may_offer(self, now: int) -> bool:
        """Counts one more offer; false if they are too many, whatever sockets they come over."""
        return self._pace.take(now)

    def begin(self, admitted: Admitted, socket: SocketId, secret: str) -> None:
        """A new visit with a new ticket: nothing to replay, and muted again."""
        self._seat(admitted)
        self.socket, self.secret = socket, secret
        self._events.clear()
        self._muted = dict.fromkeys(KINDS, True)

    def _seat(self, admitted: Admitted) -> None:
        self.admitted = admitted
        self._name = clean_name(admitted.name)  # once, however many are told of it

    def attach(self, socket: SocketId) -> None:
        self.socket = socket

    def detach(self, now: int) -> None:
        self.socket, self.lost_at = None, now

    def lost(self, since: int) -> bool:
        """Whether the socket has been away since that second, or for longer."""
        return self.socket is None and self.lost_at <= since

    def record(self, event: ToClient) -> int:
        """Counts an event and keeps it for a resume; gives its `seq`."""
        self.seq += 1
        self._events.append(event)
        return self.seq

    def missed(self, seq: int) -> tuple[ToClient, ...] | None:
        """The events after `seq`, or none at all when they are no longer kept, or never were."""
        count = self.seq - seq
        if not 0 <= count <= len(self._events):
            return None
        return tuple(self._events)[len(self._events) - count :]

    def new_peer(self) -> PeerId:
        """A name for a new PeerConnection; those of one seat are never used twice."""
        self._peers += 1
        self.peer = PeerId(f"{self.id}.{self._peers}")
        self.negotiated = False
        return self.peer

    def end_media(self) -> tuple[TrackId, ...]:
        """Forgets the peer; gives the tracks that went with it."""
        gone = tuple(self._tracks)
        self.peer, self.negotiated, self._media, self.slots = None, False, "connecting", ()
        self._tracks.clear()
        return gone

    def linger(self) -> None:
        """Ends the media, but remembers the peer that a worker which is to end still carries for a moment."""
        if self.peer is not None and self.negotiated:
            self.former = self.peer
        self.end_media()

    def media_is(self, state: State) -> None:
        self._media = state

    def muted(self, kind: Kind) -> bool:
        return self._muted[kind]

    def mute(self, kind: Kind, *, muted: bool) -> None:
        self._muted[kind] = muted

    def publish(self, tracks: Iterable[Track]) -> tuple[TrackView, ...]:
        """Adds tracks; gives those that are new. What the room says of muting counts, not the track."""
        new = [track for track in tracks if track.id not in self._tracks]
        self._tracks.update((track.id, track.kind) for track in new)
        return tuple(self._view(track.id, track.kind) for track in new)

    def withdraw(self, tracks: Iterable[TrackId]) -> tuple[TrackId, ...]:
        """Removes tracks; gives those that were there."""
        return tuple(track for track in tracks if self._tracks.pop(track, None))

    def owns(self, track: str) -> bool:
        return track in self._tracks

    def _view(self, track: TrackId, kind: Kind) -> TrackView:
        return TrackView(id=track, kind=kind, muted=self._muted[kind])

    def _on(self, kind: Kind) -> bool:
        return not self._muted[kind] and kind in self._tracks.values()
