"""What is asked of the slot finder, and what it answers."""

from dataclasses import dataclass
from typing import Final

from schedules.slots.timetable import Reason, Timetable
from vclass.core.hours import Opening
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime

__all__ = [
    "MOST_PEOPLE",
    "MOST_WEEKS",
    "Candidate",
    "Choice",
    "Need",
    "Person",
    "Presence",
    "Query",
    "Slot",
    "Week",
    "WeeklySlot",
]

MOST_PEOPLE: Final = 12
MOST_WEEKS: Final = 53
MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who should come; without a person who is required a lesson cannot be.

    On public ``holidays`` a lesson is uncomfortable.
    """

    key: str
    timetable: Timetable
    busy: tuple[Span, ...] = ()
    required: bool = True
    holidays: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A room that would do, or kit with as many free as are wanted outside of ``busy``.

    The lesson itself must be within the openings; with so many seconds of setup and teardown it must not touch what is
    busy, whose own setup and teardown are counted in.
    """

    key: str
    zone: str
    openings: tuple[Opening, ...] = ()
    busy: tuple[Span, ...] = ()
    setup: int = 0
    teardown: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """A thing that a lesson cannot be without, a room at one institution, say: any one of the candidates."""

    key: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A lesson of so many minutes that begins and ends between two instants.

    It begins on a quarter of an hour, as clocks show it in the anchor zone and, in our time, in every other one.
    """

    zone: str
    minutes: int
    first: Instant
    last: Instant
    people: tuple[Person, ...] = ()
    needs: tuple[Need, ...] = ()

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError(f"a lesson of {self.minutes} minutes cannot be")

    @property
    def seconds(self) -> int:
        return self.minutes * MINUTE


@dataclass(frozen=True, slots=True)
class Presence:
    """One person at one time: what the clock shows there, and why it cannot be, if it cannot.

    ``comfort`` is by how many minutes the lesson would have to move to lie between 08:00 and 18:00 there, on a public
    holiday a whole day.
    """

    key: str
    required: bool
    zone: str
    local: WallTime
    comfort: int
    reasons: tuple[Reason, ...] = ()

    @property
    def comes(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates that are free for a need, in the order in which they were given."""

    key: str
    free: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time for one lesson.

    Attributes:
        starts: the instant of its start.
        ends: that of its end.
        local: its start in the anchor zone.
        fold: which of two equal times that is, where the clocks show it twice.
        comfort: the worst of those who come; 0 is best.
        people: everybody, in the order in which they were given.
        choices: the same for needs.
    """

    starts: Instant
    ends: Instant
    local: WallTime
    fold: int | None
    comfort: int
    people: tuple[Presence, ...]
    choices: tuple[Choice, ...]

    @property
    def missing(self) -> tuple[Presence, ...]:
        return tuple(each for each in self.people if not each.comes)

    @property
    def complete(self) -> bool:
        """Whether it can be booked as it stands: all who are required come, and nothing needed is missing."""
        return not any(each.required for each in self.missing) and all(each.free for each in self.choices)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a weekly lesson in which somebody or something is missing.

    Attributes:
        number: 1 is the first week.
        local: the start in the anchor zone; with no ``starts``, the clocks skip it.
        starts: its instant.
        works: whether the lesson can be all the same.
        missing: who cannot come.
        choices: needs for which the weekly choice isn't free, with the candidates that are.
    """

    number: int
    local: WallTime
    starts: Instant | None
    works: bool
    missing: tuple[Presence, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class WeeklySlot:
    """The same wall time in the anchor zone, week after week; "works in 13 of 15 weeks".

    Attributes:
        local: the start in the first week.
        starts: its instant.
        weeks: how many were asked for.
        works: in how many all who are required come and one choice for each need is free.
        fold: 0 where the clocks show the start of some week twice; the earlier of both is meant.
        comfort: the worst of all who come, in all weeks.
        people: everybody as they are in the first week.
        choices: the candidates free in every week that works; all of them where none does.
        odd: the weeks in which somebody or something is missing.
    """

    local: WallTime
    starts: Instant
    weeks: int
    works: int
    fold: int | None
    comfort: int
    people: tuple[Presence, ...]
    choices: tuple[Choice, ...]
    odd: tuple[Week, ...]
