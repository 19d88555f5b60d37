"""Recordings of lessons: what one is, what may be said of it, and why one may not be made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import msgspec

from vclass.core.refusals import Refusal

NOTICE_VERSION: Final = "2026-11"
"""The version of the text that people read before they agree (`recording_notice` in the client); it is kept with each
answer. Whoever changes that text changes this, too."""

State: TypeAlias = Literal["running", "ready", "failed", "deleted"]
JoinState: TypeAlias = Literal["none", "due", "running", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as its row has it; instants are epoch seconds."""

    id: int
    public_id: str
    lesson_id: int
    begun_at: int
    ended_at: int | None
    state: State
    failure: str
    seconds: int
    octets: int
    expires_at: int
    joined: JoinState
    progress: int


class RecordingView(msgspec.Struct, frozen=True):
    """A recording as its lesson's people see it; `joined` is the state of the view with everybody in it."""

    id: str
    begun_at: str
    ended_at: str | None
    state: State
    failure: str
    seconds: int
    octets: int
    expires_at: str
    joined: JoinState
    progress: int
    files: tuple["FileView", ...] = ()


class FileView(msgspec.Struct, frozen=True):
    """A file to download: one publisher's, or the joined view."""

    name: str
    publisher: str
    url: str
    seconds: float
    octets: int


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing more need be said: `{}`."""


class Direction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to become of a recording that runs."""

    action: Literal["pause", "resume", "stop"]


class Switch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether lessons in which an institution takes part may be recorded."""

    allowed: bool


class NotAllowedError(Refusal):
    """Some institutions of the lesson have not said yes to recordings."""

    slug = "recording-not-allowed"

    def __init__(self, houses: Sequence[str]) -> None:
        listed = ", ".join(houses)
        super().__init__(
            f"Recording is switched off at {listed}. Ask an administrator there to allow it; every institution of the "
            "lesson must.",
            institutions=list(houses),
        )


class WithMinorsError(Refusal):
    """Lessons with minors aren't recorded (rule K6)."""

    slug = "recording-minors"

    def __init__(self) -> None:
        super().__init__("Minors take part in this lesson, so it isn't recorded.")


class RecordingStateError(Refusal):
    """The recording, or the lesson, is in no state for that; the sentence says in which."""

    slug = "recording-state"


class StillRunningError(Refusal):
    """What is still recorded can't be deleted or joined."""

    slug = "still-running"

    def __init__(self) -> None:
        super().__init__("The lesson is still being recorded. Stop the recording first.")
