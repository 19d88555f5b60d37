"""The weeks of a term laid over one another, each on the anchor zone's own clock."""

from dataclasses import dataclass
from typing import Self

from schedules.slots.grid import STEP, Grid, Mask
from vclass.core import hours
from vclass.core.zones import Instant

__all__ = ["WEEK", "WEEK_STEPS", "Fold"]

DAY = 86400
WEEK = 7 * DAY
WEEK_STEPS = WEEK // STEP


@dataclass(frozen=True, slots=True)
class _Piece:
    """Steps on the grid, and where they lie in the week."""

    position: int
    steps: Mask
    place: int


@dataclass(frozen=True, slots=True)
class Fold:
    """How the grid's quarters of an hour lie in weeks of the anchor's wall time, the first week from its first start.

    Walls that the clocks skip stay empty; of those that they show twice the earlier counts.
    """

    grid: Grid
    weeks: tuple[tuple[_Piece, ...], ...]

    @classmethod
    def of(cls, grid: Grid, zone: str, weeks: int) -> Self:
        """Lay out so many weeks; the grid must reach beyond the last."""
        clock = list(hours.stretches(zone, grid.origin - DAY, grid.at(grid.count)))
        wall = grid.origin + next(shift for _, ends, shift in clock if ends > grid.origin)
        return cls(grid, tuple(tuple(_pieces(grid, clock, wall + week * WEEK)) for week in range(weeks)))

    def slices(self, mask: Mask) -> list[Mask]:
        """A set of starts week by week; bit 0 is the wall time of the grid's first start."""
        return [sum((mask >> each.position & each.steps) << each.place for each in week) for week in self.weeks]

    def instant(self, week: int, place: int) -> Instant | None:
        """The instant of a place in a week; None if the clocks skip it."""
        for each in self.weeks[week]:
            if 0 <= place - each.place < each.steps.bit_length():
                return self.grid.at(each.position + place - each.place)
        return None


def _pieces(grid: Grid, clock: list[hours.Stretch], monday: int) -> list[_Piece]:
    """The pieces of one week, which begins at a wall time given in seconds."""
    found = []
    shown: Instant = monday
    for starts, ends, shift in clock:
        first, last = max(starts + shift, shown), min(ends + shift, monday + WEEK)
        shown = max(shown, last)
        first = max(first, grid.origin + shift)
        if first < last:
            steps = (1 << (last - first) // STEP) - 1
            found.append(_Piece(grid.index(first - shift), steps, (first - monday) // STEP))
    return found
