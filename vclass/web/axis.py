"""One day on one axis: thirteen hours in quarters, read by two rulers.

Pure geometry: instants in, column numbers out. The style sheet has classes ``c0`` to ``c52`` and ``w1`` to
``w24``, since the page policy forbids style attributes. The axis counts seconds that pass, not wall hours,
so days with 23 or 25 hours are drawn at their length and rulers read what clocks really show.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from vclass.core import zones
from vclass.core.spans import Span

__all__ = ["COLUMNS", "HOURS", "QUARTER", "WIDEST", "DayAxis", "Ruler", "Tick", "day_axis", "ruler", "start_of_day"]

HOURS: Final = 13
QUARTER: Final = 900
COLUMNS: Final = HOURS * 4
WIDEST: Final = 24
USUAL_START: Final = 8
LATEST_START: Final = 24 - HOURS


@dataclass(frozen=True, slots=True)
class Tick:
    """An hour on a ruler; ``width`` is what remains for its label."""

    column: int
    width: int
    label: str


@dataclass(frozen=True, slots=True)
class Ruler:
    """The hours of one zone."""

    zone: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class DayAxis:
    """An axis with its two rulers; the lower is None where both zones agree.

    ``blocks`` gives column and width for each span that was handed in, in its order.
    """

    upper: Ruler
    lower: Ruler | None
    blocks: tuple[tuple[int, int], ...]
    now: int | None


def day_axis(now: zones.Instant, zone: str, other_zone: str, spans: Iterable[Span]) -> DayAxis:
    """The axis of the day on which ``now`` falls in ``zone``, moved so that the earliest span is on it."""
    spans = tuple(spans)
    first_hours = [zones.local(starts, zone).time.hour for starts, _ in spans]
    hour = min([USUAL_START, *first_hours])
    if any(ends > _start(now, zone, hour) + COLUMNS * QUARTER for _, ends in spans):
        hour = min([LATEST_START, *first_hours])
    start = _start(now, zone, hour)
    agree = all(
        zones.local(start + step * 3600, zone) == zones.local(start + step * 3600, other_zone) for step in (0, HOURS)
    )
    column = (now - start + QUARTER // 2) // QUARTER
    return DayAxis(
        upper=ruler(start, zone),
        lower=None if agree else ruler(start, other_zone),
        blocks=tuple(_block(start, span) for span in spans),
        now=column if 0 <= column < COLUMNS else None,
    )


def _start(now: zones.Instant, zone: str, hour: int) -> zones.Instant:
    return start_of_day(zones.local(now, zone).date, zone, hour)


def start_of_day(date: dt.date, zone: str, hour: int) -> zones.Instant:
    """Where the axis of a day begins: that hour, or what clocks show instead of it."""
    wall = zones.WallTime(date, dt.time(hour))
    instant = zones.resolve(wall, zone, fold=0)
    if isinstance(instant, int):
        return instant
    assert isinstance(instant, zones.Gap)
    after = zones.resolve(instant.readings[1], zone, fold=0)
    assert isinstance(after, int)
    return after


def ruler(start: zones.Instant, zone: str) -> Ruler:
    """What the clocks of a zone show along an axis."""
    quarters = range(COLUMNS)
    shown = [(column, zones.local(start + column * QUARTER, zone).time) for column in quarters]
    ticks = [Tick(column, min(4, COLUMNS - column), str(time.hour)) for column, time in shown if not time.minute]
    return Ruler(zone, tuple(ticks))


def _block(start: zones.Instant, span: Span) -> tuple[int, int]:
    first = min(max((span[0] - start) // QUARTER, 0), COLUMNS - 1)
    last = min(max(-((start - span[1]) // QUARTER), first + 1), COLUMNS)
    return first, min(last - first, WIDEST)
