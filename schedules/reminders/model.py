"""When a reminder leaves and until when it is of use, and what somebody wants of them."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import msgspec

from vclass.core.zones import Instant

KIND: Final = "reminder"
Which: TypeAlias = Literal["day", "soon"]

MINUTE: Final = 60
LEADS: Final[dict[Which, int]] = {"day": 24 * 60 * MINUTE, "soon": 15 * MINUTE}
AHEAD: Final = 10 * MINUTE
"""So long before they leave they are written: a lesson that changes meanwhile takes them back."""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which reminders somebody wants: one a day before each lesson, one a quarter of an hour before, or none."""

    day: bool = True
    soon: bool = True

    def wants(self, which: Which) -> bool:
        return self.day if which == "day" else self.soon


NONE: Final = Choice(day=False, soon=False)


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder of one meeting that is to be written."""

    which: Which
    lesson_id: int
    booking_id: int
    occurrence: str
    starts: Instant

    @property
    def leaves(self) -> Instant:
        return self.starts - LEADS[self.which]

    @property
    def useful_until(self) -> Instant:
        """The last moment at which it may leave, however late: before the next one speaks, or the lesson begins."""
        return self.starts - (LEADS["soon"] if self.which == "day" else 1)
