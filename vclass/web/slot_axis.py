"""Slots on one axis, a lane for each day: thirteen hours in quarters, read by two rulers.

Pure geometry like `axis.py`: instants in, numbers of columns out. All lanes begin at the same hour of the reader's
clock; where the other side's clock comes to read differently, the rulers are written anew. Hours that are uncomfortable
on a side are shaded on its half of the lane.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from vclass.core import zones
from vclass.core.spans import Span, overlaps
from vclass.web.axis import COLUMNS, HOURS, QUARTER, WIDEST, Ruler, ruler, start_of_day

__all__ = ["Lane", "SlotAxis", "Stretch", "slot_axis"]

GENTLE: Final = (8, 18)
Block: TypeAlias = tuple[int, int]
"""Column and width."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A slot on its lane; ``slot`` counts those that were handed in."""

    column: int
    width: int
    slot: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a day; ``starts`` is an instant of it. A day whose slots overlap has several, ``first`` is the upper.

    ``poor`` and ``poor_below`` are the uncomfortable hours of the reader and of the other side.
    """

    starts: zones.Instant
    slots: tuple[Stretch, ...]
    poor: tuple[Block, ...]
    poor_below: tuple[Block, ...]
    first: bool = True


@dataclass(frozen=True, slots=True)
class SlotAxis:
    """Neighbouring lanes under the same two rulers; the lower is None where both sides have one clock."""

    upper: Ruler
    lower: Ruler | None
    lanes: tuple[Lane, ...]


def slot_axis(spans: Sequence[Span], zone: str, other_zone: str) -> tuple[SlotAxis, ...]:
    """The axis of all days with a slot; a slot that doesn't fit on the thirteen hours is left to the list."""
    hour = _first_hour(spans, zone)
    days = sorted({zones.local(starts, zone).date for starts, _ in spans})
    drawn = [(start_of_day(day, zone, hour), day) for day in days]
    groups = itertools.groupby(drawn, key=lambda pair: _rulers(pair[0], zone, other_zone))
    return tuple(
        SlotAxis(*rulers, tuple(lane for start, day in group for lane in _lanes(start, day, spans, zone, other_zone)))
        for rulers, group in groups
    )


def _first_hour(spans: Iterable[Span], zone: str) -> int:
    """Eight, or earlier or later where more slots are on the axis then."""
    hours = [(zones.local(starts, zone).time.hour, -(-(ends - starts) // 3600)) for starts, ends in spans]

    def shown(first: int) -> int:
        return sum(first <= hour and hour + length <= first + HOURS for hour, length in hours)

    return max(range(24 - HOURS + 1), key=lambda first: (shown(first), -abs(first - GENTLE[0])))


def _rulers(start: zones.Instant, zone: str, other_zone: str) -> tuple[Ruler, Ruler | None]:
    upper, lower = ruler(start, zone), ruler(start, other_zone)
    return upper, None if upper.ticks == lower.ticks else lower


def _lanes(start: zones.Instant, day: dt.date, spans: Iterable[Span], zone: str, other_zone: str) -> Iterator[Lane]:
    window = start, start + COLUMNS * QUARTER
    rows: list[list[tuple[Span, int]]] = [[]]
    for number, span in enumerate(spans):
        if zones.local(span[0], zone).date != day or span[0] < window[0] or span[1] > window[1]:
            continue
        row = next((row for row in rows if not any(overlaps(span, other) for other, _ in row)), None)
        if row is None:
            rows.append(row := [])
        row.append((span, number))
    poor, below = _poor(start, zone), _poor(start, other_zone)
    for place, row in enumerate(rows):
        slots = tuple(Stretch(*_block(start, span), number) for span, number in sorted(row))
        yield Lane(start, slots, poor, below if zone != other_zone else (), first=not place)


def _block(start: zones.Instant, span: Span) -> Block:
    column = (span[0] - start) // QUARTER
    return column, min(-((start - span[1]) // QUARTER) - column, WIDEST)


def _poor(start: zones.Instant, zone: str) -> tuple[Block, ...]:
    """The stretches outside of the gentle hours, none wider than the style sheet can draw."""
    hours = (zones.local(start + column * QUARTER, zone).time.hour for column in range(COLUMNS))
    found: list[Block] = []
    for is_poor, run in itertools.groupby(enumerate(hours), key=lambda pair: not GENTLE[0] <= pair[1] < GENTLE[1]):
        columns = [column for column, _ in run]
        if is_poor:
            found += [(first, min(WIDEST, columns[-1] + 1 - first)) for first in columns[::WIDEST]]
    return tuple(found)
