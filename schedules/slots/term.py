"""A term folded to one week: for each place in the week, in which weeks people and rooms are free."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from schedules.slots.boards import Boards
from schedules.slots.fold import Fold
from schedules.slots.grid import Mask, union
from schedules.slots.model import Choice

__all__ = ["Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """The boards, folded: sets of places in the week, one set for each week.

    ``whole`` has the weeks in which nothing is missing that a lesson needs, be it with another room each time;
    ``rooms`` those of each candidate for each need.
    """

    boards: Boards
    fold: Fold
    whole: tuple[Mask, ...]
    rooms: tuple[tuple[tuple[Mask, ...], ...], ...]

    @classmethod
    def of(cls, boards: Boards, fold: Fold) -> Self:
        whole = boards.grid.all
        for there in boards.essentials():
            whole &= there
        rooms = tuple(tuple(tuple(fold.slices(room.free)) for room in rooms) for rooms in boards.needs)
        return cls(boards, fold, tuple(fold.slices(whole)), rooms)

    def steady(self, among: Mask) -> Mask:
        """The places `among` which to look where one choice of rooms is free in all weeks that are whole."""
        for rooms in self.rooms:
            among &= union(_all_weeks(room, self.whole) for room in rooms)
        return among

    def working(self, place: int) -> int:
        """The weeks that work with the best choice of rooms, as bits; of equally many, the earlier ones."""
        reach = {_weeks(self.whole, place)}
        for rooms in self.rooms:
            reach = _widest({weeks & _weeks(room, place) for weeks in reach for room in rooms} or {0})
        return max(reach, key=lambda weeks: (weeks.bit_count(), -weeks))

    def choices(self, place: int, working: int) -> tuple[Choice, ...]:
        """For each need, the candidates that are free in every week that works."""
        pairs = zip(self.boards.query.needs, self.rooms, strict=True)
        return tuple(
            Choice(
                need.key,
                tuple(
                    candidate.key
                    for candidate, weeks in zip(need.candidates, rooms, strict=True)
                    if not working & ~_weeks(weeks, place)
                ),
            )
            for need, rooms in pairs
        )


def _all_weeks(room: Sequence[Mask], whole: Sequence[Mask]) -> Mask:
    """The places where a room is free in all weeks that are whole."""
    found = -1
    for free, needed in zip(room, whole, strict=True):
        found &= free | ~needed
    return found


def _weeks(sets: Iterable[Mask], place: int) -> int:
    """The weeks whose sets have a place."""
    return sum((each >> place & 1) << number for number, each in enumerate(sets))


def _widest(sets: Iterable[int]) -> set[int]:
    """Those that aren't part of another one."""
    found: set[int] = set()
    for each in sorted(sets, key=int.bit_count, reverse=True):
        if not any(each & wider == each for wider in found):
            found.add(each)
    return found
