"""The messages of a live lesson, one struct each; `docs/protocol.md` explains them."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signaling.media import MOST_TEMPORAL, Kind, Quality
from signaling.model import Code, Institution, ParticipantId, RecordingAction, Retry, Role, State
from signaling.relays import IcePolicy, IceServer
from signaling.signal_strength import Strength

SDP_CHARACTERS: Final = 32_768
CHAT_CHARACTERS: Final = 2000

REF: Final = r"\A[A-Za-z0-9_-]{1,64}\Z"
TOKEN: Final = r"\A[A-Za-z0-9_.~-]{1,256}\Z"  # noqa: S105 - the shape of a token, not one
IDENTIFIER: Final = r"\A[!-~]{1,64}\Z"
SDP_TEXT: Final = r"\A[^\x00-\x08\x0b\x0c\x0e-\x1f]+\Z"

Ref: TypeAlias = Annotated[str, Meta(pattern=REF)]
Token: TypeAlias = Annotated[str, Meta(pattern=TOKEN)]
Identifier: TypeAlias = Annotated[str, Meta(pattern=IDENTIFIER)]
Number: TypeAlias = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Revision: TypeAlias = Annotated[int, Meta(ge=1, le=2**31 - 1)]

MediaFate: TypeAlias = Literal["new", "kept"]
RecordingState: TypeAlias = Literal["off", "on", "paused"]
ConsentState: TypeAlias = Literal["asked", "given", "declined"]


# -- from the client


class FromClient(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type"):
    """What every message of a client may carry: its own name for the message."""

    id: Ref | None = None


class Resume(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The right to a seat one had, and the last event one handled."""

    secret: Token
    seq: Number


class Hello(FromClient, frozen=True, tag="hello"):
    """Asks for a seat, with a new ticket or as the one who had it a moment ago."""

    ticket: Token | None = None
    resume: Resume | None = None


class Offer(FromClient, frozen=True, tag="offer"):
    """A complete SDP offer."""

    sdp: Annotated[str, Meta(max_length=SDP_CHARACTERS, pattern=SDP_TEXT)]
    rev: Revision
    fresh: bool = False


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One receive slot: the track that it should carry, unless the server is to choose, and how good a picture."""

    mid: Identifier
    track: Identifier | UnsetType | None = UNSET
    quality: Quality = "f"
    temporal: Annotated[int, Meta(ge=0, le=MOST_TEMPORAL)] = MOST_TEMPORAL


class Want(FromClient, frozen=True, tag="want"):
    """What is wanted in receive slots."""

    slots: Annotated[tuple[Wish, ...], Meta(max_length=32)]


class Mute(FromClient, frozen=True, tag="mute"):
    """Mutes or unmutes one's own microphone or camera."""

    kind: Kind
    muted: bool


class MuteOther(FromClient, frozen=True, tag="mute_other"):
    """Mutes somebody else."""

    kind: Kind
    participant: Identifier


class Say(FromClient, frozen=True, tag="chat"):
    """A line of chat, as the client sends it."""

    text: Annotated[str, Meta(max_length=2 * CHAT_CHARACTERS)]


class Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One direction of a connection since the last report."""

    kilobits: Annotated[float, Meta(ge=0, le=1e6)]
    lost: Share


class Report(FromClient, frozen=True, tag="report"):
    """How one's connection has been for the last seconds."""

    up: Way
    down: Way
    round_trip_ms: Annotated[float, Meta(ge=0, le=60_000)]
    frozen: Share = 0.0
    height: Annotated[int, Meta(ge=0, le=10_000)] = 0


class Record(FromClient, frozen=True, tag="record"):
    """Starts, pauses, resumes or stops the lesson's recording."""

    action: RecordingAction


class Consent(FromClient, frozen=True, tag="consent"):
    """Agrees to be recorded, or does not, or no longer."""

    recording: Identifier
    given: bool


class Ping(FromClient, frozen=True, tag="ping"):
    """Asks whether the server is still there."""


class AskRelays(FromClient, frozen=True, tag="turn"):
    """Asks for fresh credentials of the relays, before they are used once more."""


class Bye(FromClient, frozen=True, tag="bye"):
    """Gives up the seat."""


ClientMessage: TypeAlias = (
    Hello | Offer | Want | Mute | MuteOther | Say | Report | Record | Consent | Ping | AskRelays | Bye
)

# -- to the client


class TrackView(msgspec.Struct, frozen=True):
    """A track that a participant publishes."""

    id: str
    kind: Kind
    muted: bool


class Participant(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody in the lesson sees of a participant."""

    id: ParticipantId
    name: str
    role: Role
    institution: Institution | None
    language: str
    audio: bool
    video: bool
    tracks: tuple[TrackView, ...]
    state: State
    signal: Strength = "good"
    recorded: bool = False


class SlotView(msgspec.Struct, frozen=True):
    """What a receive slot carries now; `lacks` names the codec that its browser can't decode, if so.

    `paused` says that the way to it is too narrow for the picture just now.
    """

    mid: str
    kind: Kind
    participant: ParticipantId | None
    track: str | None
    lacks: str | None = None
    paused: bool = False


class ToClient(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A message of the server; `seq` is added on the way out, since each seat counts on its own."""

    EVENT: ClassVar[bool] = True


class LessonView(msgspec.Struct, frozen=True):
    """The lesson; times in RFC 3339, UTC."""

    id: str
    title: str
    starts: str
    ends: str


class SlotCount(msgspec.Struct, frozen=True):
    """How many receive transceivers of each kind to offer."""

    audio: int
    video: int


class ResumeSecret(msgspec.Struct, frozen=True):
    """What gets the seat back after a lost socket."""

    secret: str


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a client should keep to."""

    message_bytes: int
    sdp_bytes: int = SDP_CHARACTERS
    chat_chars: int = CHAT_CHARACTERS
    participants: int
    messages_per_second: float
    burst: int
    resume_seconds: int


class RecordingView(msgspec.Struct, frozen=True):
    """The lesson's recording as one participant finds it."""

    id: str
    state: RecordingState
    version: str
    consent: ConsentState


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of chat, with what the server knows of its writer."""

    id: str
    sender: ParticipantId = msgspec.field(name="from")
    name: str
    language: str
    text: str
    at: str


class Chat(ToClient, Line, frozen=True, tag="chat"):
    """A line of chat was written."""

    re: str | UnsetType = UNSET


class Welcome(ToClient, frozen=True, kw_only=True, tag="welcome"):
    """The whole state of the lesson, for one participant."""

    EVENT: ClassVar[bool] = False
    epoch: int
    now: str
    me: Participant
    lesson: LessonView
    peers: tuple[Participant, ...]
    chat: tuple[Line, ...]
    speaker: ParticipantId | None
    assigned: tuple[SlotView, ...]
    slots: SlotCount
    media: MediaFate
    resume: ResumeSecret
    recording: RecordingView | None = None
    ice_servers: tuple[IceServer, ...] = ()
    ice_policy: IcePolicy = "all"
    limits: Limits


class Resumed(ToClient, frozen=True, tag="resumed"):
    """The seat is yours again; what you missed follows."""

    EVENT: ClassVar[bool] = False
    media: MediaFate
    missed: int


class Answer(ToClient, frozen=True, tag="answer"):
    """The SDP answer to the offer of that revision."""

    rev: int
    sdp: str


class Joined(ToClient, frozen=True, tag="joined"):
    """Somebody came in, or came back elsewhere."""

    participant: Participant


class Left(ToClient, frozen=True, tag="left"):
    """Somebody is gone."""

    participant: ParticipantId
    reason: str


class Tracks(ToClient, frozen=True, tag="tracks"):
    """Somebody began or stopped to publish tracks."""

    participant: ParticipantId
    added: tuple[TrackView, ...]
    removed: tuple[str, ...]


class Slots(ToClient, frozen=True, tag="slots"):
    """Who is in which of your slots now."""

    slots: tuple[SlotView, ...]


class Muted(ToClient, frozen=True, tag="muted"):
    """A microphone or camera was switched on or off."""

    participant: ParticipantId
    kind: Kind
    muted: bool


class Speaker(ToClient, frozen=True, tag="speaker"):
    """Who speaks."""

    participant: ParticipantId | None


class Recording(ToClient, frozen=True, kw_only=True, tag="recording"):
    """The lesson's recording began, pauses, goes on or is over."""

    id: str
    state: RecordingState
    version: str


class Recorded(ToClient, frozen=True, tag="recorded"):
    """Somebody is recorded from now on, or no longer."""

    participant: ParticipantId
    recorded: bool


class StateChanged(ToClient, frozen=True, tag="state"):
    """A participant's connection changed."""

    participant: ParticipantId
    state: State


class SignalChanged(ToClient, frozen=True, tag="signal"):
    """How well a participant's sound and picture come up."""

    participant: ParticipantId
    signal: Strength


class Moved(ToClient, frozen=True, tag="moved"):
    """The lesson's media goes on elsewhere: everybody needs a new connection; the old one may go on for a moment."""

    epoch: int
    linger: int = 0


class NeedSlots(ToClient, frozen=True, tag="need_slots"):
    """So many more receive slots, besides those that there are, would show more."""

    audio: int
    video: int


class Closed(ToClient, frozen=True, tag="closed"):
    """The last message of a socket, and why."""

    EVENT: ClassVar[bool] = False
    reason: str
    message: str
    retry: Retry | None


class Error(ToClient, frozen=True, tag="error"):
    """A message was not obeyed."""

    EVENT: ClassVar[bool] = False
    code: Code
    message: str
    field: str | UnsetType = UNSET
    re: str | UnsetType = UNSET
    cause: str | UnsetType = UNSET
    retry: Retry | UnsetType = UNSET


class RelayServers(ToClient, frozen=True, tag="turn"):
    """The relays with credentials that last for a while."""

    EVENT: ClassVar[bool] = False
    ice_servers: tuple[IceServer, ...]
    re: str | UnsetType = UNSET


class Pong(ToClient, frozen=True, tag="pong"):
    """The server is there."""

    EVENT: ClassVar[bool] = False
    re: str | UnsetType = UNSET


ServerMessage: TypeAlias = (
    Welcome
    | Resumed
    | Answer
    | Joined
    | Left
    | Tracks
    | Slots
    | Muted
    | Chat
    | Speaker
    | Recording
    | Recorded
    | StateChanged
    | SignalChanged
    | Moved
    | NeedSlots
    | Closed
    | Error
    | RelayServers
    | Pong
)
