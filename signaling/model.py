"""Who is in a live lesson and by what right: values that know no socket and no media."""

from enum import StrEnum
from typing import Final, Literal, NewType, Protocol, TypeAlias

import msgspec

from config.settings import Turn

ParticipantId = NewType("ParticipantId", str)
SocketId = NewType("SocketId", int)


class Role(StrEnum):
    """What a participant is in this lesson."""

    GUEST = "guest"
    ROOM = "room"
    STUDENT = "student"
    TEACHER = "teacher"
    HOST = "host"


RANK: Final[dict[Role, int]] = {Role.GUEST: 0, Role.ROOM: 1, Role.STUDENT: 1, Role.TEACHER: 2, Role.HOST: 3}


class Institution(msgspec.Struct, frozen=True):
    """The institution a participant sits at, as it is shown beside the name."""

    code: str
    name: str
    hue: int


class LessonFacts(msgspec.Struct, frozen=True):
    """The lesson, as far as those inside need it; `starts` and `ends` are epoch seconds, UTC.

    Who is in a `relayed` lesson reaches it through a relay alone, so that no address of theirs goes any further.
    """

    id: str
    title: str
    starts: int
    ends: int
    relayed: bool = False


class Admitted(msgspec.Struct, frozen=True):
    """What a ticket stands for: one person's right to be in one lesson.

    `identity` is the same each time the same attendee is admitted: the second admission takes over the seat
    of the first. `sponsor` is the attendee by whose right somebody else is here, such as a codec: it leaves
    with the right.
    """

    lesson: LessonFacts
    identity: str
    name: str
    role: Role
    institution: Institution | None = None
    language: str = "en"
    sponsor: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """Whose withdrawal ends the visit."""
        return self.identity, self.sponsor


LeftReason: TypeAlias = Literal["bye", "lost", "removed", "ended", "restart"]


class Came(msgspec.Struct, frozen=True, tag="came"):
    """For attendance: somebody took a seat; `at` is in epoch seconds, UTC."""

    lesson: str
    identity: str
    at: int


class Went(msgspec.Struct, frozen=True, tag="went"):
    """For attendance: somebody's seat is free again; `at` is when they were last connected."""

    lesson: str
    identity: str
    at: int
    reason: LeftReason


Attendance: TypeAlias = Came | Went

RecordingAction: TypeAlias = Literal["start", "pause", "resume", "stop"]


class RecordingWish(msgspec.Struct, frozen=True):
    """The host wants the lesson recorded, or what is recorded paused, resumed or stopped."""

    lesson: str
    identity: str
    action: RecordingAction
    recording: str = ""


class ConsentAnswer(msgspec.Struct, frozen=True):
    """Somebody agreed to be recorded, or did not, or does no longer, after reading that version of the notice."""

    lesson: str
    recording: str
    version: str
    identity: str
    name: str
    given: bool


class RecordingOrder(msgspec.Struct, frozen=True):
    """The leave to record: the recording's id, the folder for its files, and the version of the notice."""

    id: str
    folder: str
    version: str


class RecordingOver(msgspec.Struct, frozen=True):
    """Nothing more is written to a recording; `failure` says why it ended, if nobody wanted it to."""

    recording: str
    failure: str = ""


class Archive(Protocol):
    """Who may record what, and what became of it: the application's part."""

    async def direct(self, wish: RecordingWish) -> RecordingOrder | None:
        """Notes what the host wants; gives the order when it is a start.

        Raises:
            Refusal: It may not be.
        """

    async def consent(self, answer: ConsentAnswer) -> None:
        """Keeps an answer: only then it counts."""

    def over(self, over: RecordingOver) -> None:
        """Hears that a recording's files are closed; must not block."""


Code: TypeAlias = Literal[
    "malformed",
    "unknown_type",
    "hello_first",
    "hello_twice",
    "hello_late",
    "bad_ticket",
    "resume_expired",
    "room_full",
    "elsewhere",
    "forbidden",
    "no_participant",
    "no_track",
    "no_media",
    "offer_refused",
    "media_unavailable",
    "recording_refused",
    "too_fast",
    "internal",
]
Retry: TypeAlias = Literal["ticket", "later", "resume"]
State: TypeAlias = Literal["connecting", "live", "stale", "away"]


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """Why a message was not obeyed: what the client is told, and what to do about it."""

    def __init__(
        self,
        code: Code,
        sentence: str,
        *,
        field: str | None = None,
        retry: Retry | None = None,
        cause: str | None = None,
        ref: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code: Final = code
        self.sentence: Final = sentence
        self.field: Final = field
        self.retry: Final = retry
        self.cause: Final = cause
        self.ref = ref


class LiveSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of the live lesson; the defaults are those of `docs/protocol.md`."""

    allowed_origins: tuple[str, ...] = ()
    participants: int = 60
    sockets: int = 2000
    audio_slots: int = 8
    video_slots: int = 8
    chat_lines: int = 100
    replay_events: int = 256
    resume_seconds: int = 30
    hello_seconds: float = 10
    answer_seconds: float = 10
    heartbeat_seconds: float = 20
    close_seconds: float = 2
    message_bytes: int = 65_536
    messages_per_second: float = 20
    burst: int = 60
    offers_per_second: float = 0.5
    offers_at_once: int = 12
    errors: int = 3
    errors_seconds: float = 10
    queue_messages: int = 64
    queue_bytes: int = 262_144
    turn: Turn = Turn()
