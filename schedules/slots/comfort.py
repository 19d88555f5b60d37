"""How gentle a time is: by how many minutes it would have to move to lie in everybody's day."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from schedules.slots.grid import STEP, Grid, Mask
from vclass.core.hours import Stretch
from vclass.core.zones import WallTime

__all__ = ["HOLIDAY", "Clock", "Comfort", "gentlest", "minutes_off"]

DAY_BEGINS: Final = 8 * 60
DAY_ENDS: Final = 18 * 60
MINUTES_A_DAY: Final = 1440
HOLIDAY: Final = MINUTES_A_DAY
"""A public holiday is a whole day off: worse than any night, and still to be had."""

STEP_MINUTES: Final = STEP // 60
STEPS_A_DAY: Final = MINUTES_A_DAY // STEP_MINUTES

Clock: TypeAlias = Sequence[Stretch]


def minutes_off(local: WallTime, minutes: int) -> int:
    """The least way, to an earlier or a later time, into the day from 08:00 to 18:00."""
    return _off(60 * local.time.hour + local.time.minute, minutes)


def gentlest(among: Mask, levels: Iterable[int], worse: Callable[[int], Mask]) -> Iterator[tuple[int, Mask]]:
    """The starts `among` which to look, by their comfort, the best first."""
    for level in levels:
        found = among & ~worse(level)
        if found:
            yield level, found
            among &= ~found
        if not among:
            return


class Comfort:
    """What is how uncomfortable for those who come, given the starts at which somebody of a zone does.

    ``holidays`` are the starts at which somebody comes on a public holiday.
    """

    def __init__(self, grid: Grid, minutes: int, coming: Iterable[tuple[Clock, Mask]], holidays: Mask = 0) -> None:
        self._holidays = holidays
        self._coming = [(tuple(_pieces(grid, clock)), mask) for clock, mask in coming]
        self._days = grid.count // STEPS_A_DAY + 3
        self._day = _day(minutes)
        self.levels = sorted({*self._day, *([HOLIDAY] if holidays else [])})

    def worse(self, level: int) -> Mask:
        """The starts that are worse than a level for somebody who comes."""
        day = sum(1 << step for step, minutes in enumerate(self._day) if minutes > level)
        always = day * _repeated(self._days)
        found = self._holidays if level < HOLIDAY else 0
        for pieces, coming in self._coming:
            for position, count, turn in pieces:
                found |= coming & ((always >> turn & (1 << count) - 1) << position)
        return found


def _off(minute: int, minutes: int) -> int:
    if minute >= DAY_BEGINS and minute + minutes <= DAY_ENDS:
        return 0
    return min((DAY_BEGINS - minute) % MINUTES_A_DAY, (minute + minutes - DAY_ENDS) % MINUTES_A_DAY)


@functools.lru_cache(maxsize=64)
def _day(minutes: int) -> tuple[int, ...]:
    """The comfort of each quarter of an hour of a day."""
    return tuple(_off(STEP_MINUTES * step, minutes) for step in range(STEPS_A_DAY))


@functools.lru_cache(maxsize=64)
def _repeated(days: int) -> Mask:
    """A bit at each midnight."""
    return sum(1 << STEPS_A_DAY * day for day in range(days))


def _pieces(grid: Grid, clock: Clock) -> Iterator[tuple[int, int, int]]:
    """Where on the grid a clock goes evenly: position, count, and the step of its day at the beginning."""
    for starts, ends, shift in clock:
        first, last = max(0, grid.index(starts)), min(grid.count, grid.index(ends))
        if first < last:
            yield first, last - first, (grid.at(first) + shift) // STEP % STEPS_A_DAY
