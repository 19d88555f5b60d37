"""Sets of starts as bits of an integer: one bit for each quarter of an hour.

Whole weeks of a person are joined with another's in one operation, and many sets are counted at once with one bit
plane for each binary digit of the count.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from vclass.core.spans import Span
from vclass.core.zones import Instant

__all__ = ["STEP", "Grid", "Mask", "Planes", "apart", "by_number", "positions", "tally", "union"]

STEP: Final = 900
"""Every zone's clocks are whole quarters of an hour from UTC, so that this is a grid on all walls."""

Mask: TypeAlias = int
Planes: TypeAlias = list[Mask]


@dataclass(frozen=True, slots=True)
class Grid:
    """Starts at ``origin`` and every quarter of an hour after it, ``count`` in all."""

    origin: Instant
    count: int

    @classmethod
    def between(cls, first: Instant, last: Instant) -> Self:
        """All quarters of an hour from `first` to `last`, both included."""
        origin = -(-first // STEP) * STEP
        return cls(origin, max(0, (last - origin) // STEP + 1))

    @property
    def all(self) -> Mask:
        return (1 << self.count) - 1

    def at(self, position: int) -> Instant:
        return self.origin + STEP * position

    def index(self, instant: Instant) -> int:
        """The position of the first start at or after an instant."""
        return -((self.origin - instant) // STEP)

    def touching(self, blocks: Iterable[Span], seconds: int) -> Mask:
        """The starts from which a lesson of so many seconds would touch one of the blocks."""
        found, origin, count = 0, self.origin, self.count
        for starts, ends in blocks:
            after = (starts - seconds - origin) // STEP + 1
            before = -((origin - ends) // STEP)
            after = after if after > 0 else 0  # noqa: FURB136  max() is several times as slow, and this is the hot loop
            before = before if before < count else count  # noqa: FURB136  likewise
            if after < before:
                found |= ((1 << before - after) - 1) << after
        return found


def union(masks: Iterable[Mask]) -> Mask:
    """The starts that are in any of the sets."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def positions(mask: Mask) -> Iterator[int]:
    """Where the bits of a set are, in order."""
    bits = f"{mask:b}"[::-1]
    position = bits.find("1")
    while position >= 0:
        yield position
        position = bits.find("1", position + 1)


def apart(ranked: Iterable[tuple[int, int]], seconds: int) -> Iterator[tuple[int, int]]:
    """Of positions in order of preference those from which lessons of so many seconds overlap none before them."""
    steps, kept = -(-seconds // STEP), list[int]()
    for position, rank in ranked:
        if all(abs(position - other) >= steps for other in kept):
            kept.append(position)
            yield position, rank


def tally(masks: Iterable[Mask]) -> Planes:
    """In how many sets each start is: plane 0 holds the ones of the count, plane 1 the twos, and so on."""
    planes: Planes = []
    for carry in masks:
        for digit, plane in enumerate(planes):
            planes[digit], carry = plane ^ carry, plane & carry  # noqa: PLW2901  a full adder's carry
        if carry:
            planes.append(carry)
    return planes


def by_number(planes: Sequence[Mask], among: Mask) -> Iterator[tuple[int, Mask]]:
    """The starts `among` which to look, by their count, the highest first."""
    if not among:
        return
    if not planes:
        yield 0, among
        return
    *rest, highest = planes
    for number, found in by_number(rest, among & highest):
        yield number + (1 << len(rest)), found
    yield from by_number(rest, among & ~highest)
