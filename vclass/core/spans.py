"""Interval algebra on UTC seconds. A span is `(starts, ends)`, half-open: it doesn't hold its end.

Lists that come back are sorted and their spans neither overlap nor touch; empty spans vanish.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

__all__ = ["Load", "Span", "above", "intersect", "merge", "overlaps", "peak", "subtract", "total"]

Span: TypeAlias = tuple[int, int]
"""Start and end in UTC seconds."""

Load: TypeAlias = tuple[int, int, int]
"""Start, end, and how much of something is taken between them."""

BOTH: Final = 2


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a moment; one that ends when the other starts doesn't."""
    return max(one[0], other[0]) < min(one[1], other[1])


def merge(spans: Iterable[Span]) -> list[Span]:
    """The union of spans."""
    merged: list[Span] = []
    for starts, ends in sorted(spans):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        elif starts < ends:
            merged.append((starts, ends))
    return merged


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What remains of `spans` outside `holes`."""
    edges = [(starts, ends, 1) for starts, ends in merge(spans)]
    edges += [(starts, ends, -1) for starts, ends in merge(holes)]
    return _where(edges, lambda level: level == 1)


def intersect(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """What two unions of spans share."""
    edges = [(starts, ends, 1) for side in (one, other) for starts, ends in merge(side)]
    return _where(edges, lambda level: level == BOTH)


def above(loads: Iterable[Load], most: int) -> list[Span]:
    """When more than `most` is taken: too much for another two where there are `most` + 2."""
    return _where([load for load in loads if load[0] < load[1]], lambda level: level > most)


def total(spans: Iterable[Span]) -> int:
    """Seconds covered by the union of spans."""
    return sum(ends - starts for starts, ends in merge(spans))


def peak(loads: Iterable[Load], starts: int, ends: int) -> int:
    """The most that is taken at any one moment of the span from `starts` to `ends`."""
    steps: list[tuple[int, int]] = []
    for begin, finish, quantity in loads:
        first, last = max(begin, starts), min(finish, ends)
        if first < last:
            steps += (first, quantity), (last, -quantity)
    steps.sort()  # at one moment returns (negative) sort before takings
    level = highest = 0
    for _, change in steps:
        level += change
        highest = max(highest, level)
    return highest


def _where(edges: list[Load], holds: Callable[[int], bool]) -> list[Span]:
    """The spans in which something holds of the sum of all edges."""
    steps = sorted(step for starts, ends, change in edges for step in ((starts, change), (ends, -change)))
    found: list[Span] = []
    level = since = 0
    for moment, change in steps:
        if holds(level) and since < moment:
            found.append((since, moment))
        level += change
        since = moment
    return merge(found)
