"""Find a time for one lesson: every start in the window, the best first, with who is missing and why."""

from collections.abc import Iterator
from functools import cache
from itertools import islice

from schedules.slots.boards import Boards
from schedules.slots.comfort import gentlest
from schedules.slots.grid import Grid, apart, by_number, positions, tally
from schedules.slots.model import Query, Slot
from vclass.core import zones
from vclass.core.zones import Fold, Instant, WallTime

__all__ = ["find"]


def find(query: Query, most: int = 10, *, overlapping: bool = True) -> list[Slot]:
    """The best times for a lesson, at most so many; on request none that overlaps a better one.

    First come those at which the fewest of the required people and needed things are missing, then those at which
    the most people come, then those that are gentlest to the one who has it worst, then the earliest. So where nothing
    suits everybody, the best partial answers lead.
    """
    grid = Grid.between(query.first, query.last - query.seconds)
    boards = Boards.of(query, grid, query.last)
    ranked = _ranked(boards) if overlapping else apart(_ranked(boards), query.seconds)
    return [_slot(boards, position, comfort) for position, comfort in islice(ranked, most)]


def _ranked(boards: Boards) -> Iterator[tuple[int, int]]:
    """Positions and their comfort, in order of preference."""
    comfort = boards.comfort()
    worse = cache(comfort.worse)
    there, people = tally(boards.essentials()), tally(board.free for board in boards.people)
    for _, fullest in by_number(there, boards.grid.all):
        for _, most in by_number(people, fullest):
            for level, best in gentlest(most, comfort.levels, worse):
                yield from ((position, level) for position in positions(best))


def _slot(boards: Boards, position: int, comfort: int) -> Slot:
    query, starts = boards.query, boards.grid.at(position)
    local = zones.local(starts, query.zone)
    return Slot(
        starts=starts,
        ends=starts + query.seconds,
        local=local,
        fold=_fold(local, query.zone, starts),
        comfort=comfort,
        people=boards.presences(starts),
        choices=boards.choices(starts),
    )


def _fold(local: WallTime, zone: str, starts: Instant) -> int | None:
    found = zones.resolve(local, zone)
    return found.instants.index(starts) if isinstance(found, Fold) else None
