"""What was recorded of a lesson, for its people."""

from dataclasses import dataclass
from typing import ClassVar

from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file to load: one person's, or with no ``name`` the view with everybody in it."""

    name: str
    url: str
    seconds: int
    octets: int


@dataclass(frozen=True, slots=True)
class RecordingCard:
    """One recording; ``joined`` is the state of the view with everybody in it, ``progress`` in percent."""

    id: str
    begun: Instant
    state: str
    seconds: int
    expires: Instant
    joined: str
    progress: int
    files: tuple[FileLine, ...]
    failed: bool = False


@dataclass(frozen=True, slots=True)
class RecordingsPage:
    """All recordings of a lesson, the newest first."""

    template: ClassVar[str] = "recordings.html"

    lesson: str
    title: str
    recordings: tuple[RecordingCard, ...]
    may_delete: bool = False
