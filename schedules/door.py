"""When a lesson's door is open: a pure rule on the lesson's meetings and the present instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from schedules.model import Held, Lesson
from vclass.core.zones import Instant

OPENS_BEFORE = 15 * 60
CLOSES_AFTER = 30 * 60


class DoorState(StrEnum):
    """What somebody finds who holds a valid link."""

    EARLY = "early"
    OPEN = "open"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Meets(Protocol):
    """Whatever begins and ends."""

    @property
    def starts(self) -> Instant: ...

    @property
    def ends(self) -> Instant: ...


M = TypeVar("M", bound=Meets)


@dataclass(frozen=True, slots=True)
class Door(Generic[M]):
    """The state of a lesson's door, the occurrence it is about, and the one that follows."""

    state: DoorState
    occurrence: M
    following: M | None

    @property
    def opens(self) -> Instant:
        return self.occurrence.starts - OPENS_BEFORE

    @property
    def closes(self) -> Instant:
        return self.occurrence.ends + CLOSES_AFTER

    def is_over(self, now: Instant) -> bool:
        """Whether nothing is to come: the door won't open again."""
        return self.state is DoorState.ENDED or (self.state is DoorState.CANCELLED and self.closes <= now)


def door(lesson: Lesson, now: Instant) -> Door[Held]:
    """A lesson's door at an instant."""
    return door_of(lesson.occurrences, now, cancelled=lesson.cancelled)


def door_of(meetings: Sequence[M], now: Instant, *, cancelled: bool) -> Door[M]:
    """The door at an instant: open from 15 minutes before a meeting to 30 minutes after its end.

    Between two meetings it is early for the next; where two overlap, the running one counts.
    """
    if cancelled:
        coming = [each for each in meetings if each.ends > now]
        return Door(DoorState.CANCELLED, (coming or list(meetings))[0], None)
    index = next((i for i, each in enumerate(meetings) if now <= _closes(meetings, i)), None)
    if index is None:
        return Door(DoorState.ENDED, meetings[-1], None)
    following = meetings[index + 1] if index + 1 < len(meetings) else None
    state = DoorState.OPEN if now >= meetings[index].starts - OPENS_BEFORE else DoorState.EARLY
    return Door(state, meetings[index], following)


def is_over(lesson: Lesson, now: Instant) -> bool:
    """Whether nothing of the lesson is to come."""
    return door(lesson, now).is_over(now)


def _closes(meetings: Sequence[Meets], index: int) -> Instant:
    """The end of a meeting's door: it gives way when the next one's opens."""
    closes = meetings[index].ends + CLOSES_AFTER
    if index + 1 < len(meetings):
        return max(meetings[index].ends, min(closes, meetings[index + 1].starts - OPENS_BEFORE - 1))
    return closes
