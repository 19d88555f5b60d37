"""Find a time for a weekly lesson: the same wall time in the anchor zone, in as many weeks of a term as possible.

A lesson keeps its rooms from week to week, so a week counts only where the same choice of rooms is free.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

from schedules.slots.boards import Boards
from schedules.slots.comfort import gentlest
from schedules.slots.fold import WEEK, Fold
from schedules.slots.grid import Grid, Mask, apart, by_number, positions, tally, union
from schedules.slots.model import Choice, Query, Week, WeeklySlot
from schedules.slots.term import Term
from vclass.core import zones
from vclass.core.zones import Instant, WallTime

__all__ = ["weekly"]

MARGIN = 26 * 3600  # an anchor zone may leap over a whole day


def weekly(query: Query, weeks: int, most: int = 10, *, overlapping: bool = True) -> list[WeeklySlot]:
    """The best times for a lesson that meets so many weeks in a row, at most so many; see ``find``.

    The first lesson lies in the query's window, of which the first seven days count. First come the times that work in
    the most weeks, then those to which the most people come, all weeks together, then those that are gentlest to the
    one who has it worst, then the earliest.
    """
    if weeks < 1:
        raise ValueError(f"a lesson in {weeks} weeks cannot be")
    horizon = query.last + (weeks - 1) * WEEK + MARGIN
    grid = Grid.between(query.first, horizon - query.seconds)
    term = Term.of(Boards.of(query, grid, horizon), Fold.of(grid, query.zone, weeks))
    ranked = _ranked(term) if overlapping else apart(_ranked(term), query.seconds)
    return [_slot(term, place, comfort) for place, comfort in islice(ranked, most)]


def _ranked(term: Term) -> Iterator[tuple[int, int]]:
    """Places in the week and their comfort, in order of preference."""
    boards, fold = term.boards, term.fold
    comfort = boards.comfort()
    worse = cache(lambda level: union(fold.slices(comfort.worse(level))))
    attendance = tally(week for board in boards.people for week in fold.slices(board.free))
    for group in _by_working_weeks(term):
        for _, most in by_number(attendance, group):
            for level, best in gentlest(most, comfort.levels, worse):
                yield from ((place, level) for place in positions(best))


def _by_working_weeks(term: Term) -> Iterator[Mask]:
    """Places in the week by the number of weeks that work, the most first.

    With another room each time no fewer weeks work than with one choice. So a place is looked at closely, which is
    slow, only when its turn would come with the former.
    """
    query = term.boards.query
    window = term.fold.slices(Grid.between(query.first, query.last - query.seconds).all)[0]
    at_most = dict(by_number(tally(term.whole), window))
    exactly: dict[int, Mask] = defaultdict(int)
    for number in range(len(term.whole), -1, -1):
        group = at_most.get(number, 0)
        steady = term.steady(group)
        for place in positions(group & ~steady):
            exactly[term.working(place).bit_count()] |= 1 << place
        yield steady | exactly[number]


def _slot(term: Term, place: int, comfort: int) -> WeeklySlot:
    instants = [term.fold.instant(week, place) for week in range(len(term.whole))]
    starts, working = instants[0], term.working(place)
    assert starts is not None, "the window has no start that clocks skip"
    local, choices = zones.local(starts, term.boards.query.zone), term.choices(place, working)
    weeks = (
        _week(term.boards, local.plus_days(7 * number), instant, choices, number, works=bool(working >> number & 1))
        for number, instant in enumerate(instants)
    )
    return WeeklySlot(
        local=local,
        starts=starts,
        weeks=len(instants),
        works=working.bit_count(),
        fold=0 if _is_ever_shown_twice(local, len(instants), term.boards.query.zone) else None,
        comfort=comfort,
        people=term.boards.presences(starts),
        choices=choices,
        odd=tuple(week for week in weeks if week.missing or not week.works),
    )


def _week(
    boards: Boards, local: WallTime, starts: Instant | None, weekly: Iterable[Choice], before: int, *, works: bool
) -> Week:
    missing = boards.missing(starts) if starts is not None else ()
    lacking = _lacking(boards.choices(starts), weekly) if starts is not None and not works else ()
    return Week(before + 1, local, starts, works, missing, lacking)


def _lacking(here: Sequence[Choice], weekly: Iterable[Choice]) -> tuple[Choice, ...]:
    """The needs for which nothing of the weekly choice is free this week, with what is."""
    pairs = zip(here, weekly, strict=True)
    return tuple(this_week for this_week, always in pairs if not set(this_week.free) & set(always.free))


def _is_ever_shown_twice(first: WallTime, weeks: int, zone: str) -> bool:
    return any(isinstance(zones.resolve(first.plus_days(7 * week), zone), zones.Fold) for week in range(weeks))
