"""Lessons that a change of clock law moved."""

from dataclasses import dataclass
from typing import ClassVar

from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class ClockLine:
    """What a clock showed at the start of a lesson's first date that moved, and shows now."""

    zone: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A lesson that people know at its old time: the first of the dates that moved, and on whose clocks."""

    id: str
    title: str
    first: Instant
    number: int
    invited: int
    clocks: tuple[ClockLine, ...]


@dataclass(frozen=True, slots=True)
class ClocksPage:
    """What moved, and the one press that tells everybody."""

    template: ClassVar[str] = "clocks.html"

    lessons: tuple[MovedLine, ...]
