"""What the reading process is asked and what it answers, and the limits of both."""

from typing import Final, Literal, TypeAlias

import msgspec

from vclass.core.spans import Span
from vclass.core.zones import Instant

LARGEST: Final = 1024 * 1024
MOST_EVENTS: Final = 5000
MOST_OCCURRENCES: Final = 20_000
MOST_EXAMPLES: Final = 3
LONGEST_EXAMPLE: Final = 80
DAY: Final = 86400
WINDOW: Final = 400 * DAY
"""How far ahead busy times are looked for: what is further ahead comes into view as time goes by."""

Reason: TypeAlias = Literal[
    "outside",
    "free",
    "cancelled",
    "declined",
    "ours",
    "replaced",
    "no_start",
    "unknown_zone",
    "broken",
    "too_frequent",
    "too_many",
    "too_slow",
    "cut_off",
]
"""Why an event takes no time of ours, or why it could not be read."""

HARMLESS: Final[frozenset[Reason]] = frozenset({"outside", "free", "cancelled", "declined", "ours", "replaced"})
"""Reasons for which nothing is amiss."""

Note: TypeAlias = Literal["clipped", "unknown_clock", "this_and_following"]
"""What was read otherwise than it is written."""

Unreadable: TypeAlias = Literal["not_a_calendar", "too_large", "too_many_events", "too_slow"]
"""Why nothing at all was read."""


class Task(msgspec.Struct, frozen=True):
    """What to read, for whom.

    Attributes:
        content: the file as it came.
        zone: the owner's zone, for whole days and for times without one.
        now: the busy times of the 400 days from here on are wanted.
        owners: addresses of the owner; what they declined takes no time.
        domain: events whose UID ends in this are lessons of ours, which are known already.
    """

    content: bytes
    zone: str
    now: Instant
    owners: tuple[str, ...] = ()
    domain: str = ""


class Example(msgspec.Struct, frozen=True):
    """A line of the file, by its number; never one that holds a title, a place or a person."""

    line: int
    text: str


class Skipped(msgspec.Struct, frozen=True):
    """How many events were left out for one reason, with the first few of them."""

    reason: Reason
    number: int
    examples: tuple[Example, ...] = ()


class Noted(msgspec.Struct, frozen=True):
    """How often something was read otherwise than it is written, with the first few lines."""

    note: Note
    number: int
    examples: tuple[Example, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """What became of the events of a calendar: ``events`` is ``taken`` and all that is ``skipped``."""

    events: int
    taken: int
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Noted, ...] = ()


class Reading(msgspec.Struct, frozen=True, tag=True):
    """The busy times, in order and apart, and what became of the events."""

    spans: tuple[Span, ...]
    report: Report


class Failure(msgspec.Struct, frozen=True, tag=True):
    """Nothing was read."""

    why: Unreadable


Outcome: TypeAlias = Reading | Failure
