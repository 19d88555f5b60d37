"""A room's days as rows of one table: columns are five minutes that pass, rulers read what clocks really show.

Pure geometry: instants in, numbers of columns out, as a table's ``colspan``. All days start at the same hour of the
room's clock; a day on which clocks change is drawn at its length, and rulers are written anew where they differ
from those above. What crosses midnight is drawn on both days.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from vclass.core import zones
from vclass.core.spans import Span, intersect, overlaps, subtract

__all__ = ["Cell", "CellKind", "GridDay", "Hour", "Hours", "Mark", "RoomGrid", "Timetable", "room_grid"]

CellKind: TypeAlias = Literal["free", "past", "closed", "mark", "setup", "teardown", "none"]
Piece: TypeAlias = tuple[Span, CellKind, int]

STEP: Final = 300
HOUR: Final = 3600
DAY_HOURS: Final = 24
USUAL: Final = (8, 18)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the grid: its own span, and seconds of setup and teardown around it."""

    span: Span
    setup: int = 0
    teardown: int = 0

    @property
    def whole(self) -> Span:
        return self.span[0] - self.setup, self.span[1] + self.teardown


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of one row, ``width`` columns wide.

    ``mark`` counts the marks that were handed in; -1 is none. ``wall`` is the room's wall time at the start.
    """

    width: int
    kind: CellKind
    span: Span
    mark: int = -1
    wall: str = ""


@dataclass(frozen=True, slots=True)
class Hour:
    """A cell of a ruler; the first may have no label, where the zone's hours begin later."""

    width: int
    label: str


@dataclass(frozen=True, slots=True)
class Hours:
    """The ruler of one zone."""

    zone: str
    cells: tuple[Hour, ...]


@dataclass(frozen=True, slots=True)
class GridDay:
    """One day: its window, how many hours the whole of it has, and its rows; two marks at once take two rows.

    ``rulers`` is empty where they read as on the day before.
    """

    span: Span
    hours: float
    lanes: tuple[tuple[Cell, ...], ...]
    rulers: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomGrid:
    """All days; ``lines`` are columns at which an hour begins, ``now`` the column of this moment on a single day."""

    columns: int
    days: tuple[GridDay, ...]
    lines: tuple[int, ...]
    now: int | None = None

    @property
    def hours(self) -> int:
        return self.columns * STEP // HOUR


@dataclass(frozen=True, slots=True)
class Timetable:
    """What is drawn: ``marks`` in any order, and ``open_hours`` (None for always).

    ``other_zone`` is the reader's; the room's own gives one ruler. What lies before ``now`` cannot be booked.
    """

    zone: str
    other_zone: str
    marks: Sequence[Mark]
    open_hours: Sequence[Span] | None
    now: zones.Instant


def room_grid(dates: Sequence[dt.date], table: Timetable) -> RoomGrid:
    """The grid of some days in a row, in the room's zone."""
    midnights = [_at(date, 0, table.zone) for date in (*dates, dates[-1] + dt.timedelta(1))]
    whole = list(itertools.pairwise(midnights))
    first, last = _window(whole, table)
    windows = [(_at(date, first, table.zone), _at(date, last, table.zone)) for date in dates]
    columns = max((ends - starts) // STEP for starts, ends in windows)
    starts, ends = windows[0]
    return RoomGrid(
        columns=columns,
        days=tuple(_days(windows, whole, columns, table)),
        lines=tuple(range(0, columns, HOUR // STEP)),
        now=(table.now - starts) // STEP if len(windows) == 1 and starts <= table.now < ends else None,
    )


def _at(date: dt.date, hour: int, zone: str) -> zones.Instant:
    """The instant of a full hour; in a gap the first one after it, of two the first."""
    wall = zones.WallTime(date + dt.timedelta(hour // DAY_HOURS), dt.time(hour % DAY_HOURS))
    instant = zones.resolve(wall, zone, fold=0)
    if isinstance(instant, zones.Gap):
        instant = zones.resolve(instant.readings[1], zone, fold=0)
    assert isinstance(instant, int)
    return instant


def _window(days: Iterable[Span], table: Timetable) -> tuple[int, int]:
    """From which to which hour all days are drawn: the usual ones, and every hour with something in it."""
    first, last = USUAL
    drawn = [*(mark.whole for mark in table.marks), *(table.open_hours or ())]
    for day in days:
        for starts, ends in intersect([day], drawn):
            first = min(first, zones.local(starts, table.zone).time.hour)
            last = max(last, zones.local(ends - 1, table.zone).time.hour + 1)
    return first, last


def _days(windows: Iterable[Span], whole: Iterable[Span], columns: int, table: Timetable) -> Iterator[GridDay]:
    above: tuple[Hours, ...] = ()
    for window, day in zip(windows, whole, strict=True):
        rulers = tuple(_ruler(window, columns, each) for each in dict.fromkeys((table.zone, table.other_zone)))
        lanes = [_lane(window, columns, lane, table) for lane in _lanes(window, table.marks)]
        yield GridDay(window, (day[1] - day[0]) / HOUR, tuple(lanes), () if rulers == above else rulers)
        above = rulers


def _ruler(window: Span, columns: int, zone: str) -> Hours:
    shown = [(column, zones.local(window[0] + column * STEP, zone).time) for column in range(columns)]
    ticks = [(column, f"{time:%H}") for column, time in shown if not time.minute]
    starts = [(0, ""), *ticks] if ticks[0][0] else ticks
    ends = [column for column, _ in starts[1:]] + [columns]
    return Hours(zone, tuple(Hour(end - column, label) for (column, label), end in zip(starts, ends, strict=True)))


def _lanes(window: Span, marks: Iterable[Mark]) -> list[list[tuple[int, Mark]]]:
    """The marks of a day in as few rows as they need; the first row is there without any."""
    lanes: list[list[tuple[int, Mark]]] = [[]]
    here = [(number, mark) for number, mark in enumerate(marks) if overlaps(mark.whole, window)]
    for number, mark in sorted(here, key=lambda pair: pair[1].whole):
        free = (lane for lane in lanes if not lane or lane[-1][1].whole[1] <= mark.whole[0])
        lane = next(free, None)
        if lane is None:
            lanes.append(lane := [])
        lane.append((number, mark))
    return lanes


def _lane(window: Span, columns: int, lane: Iterable[tuple[int, Mark]], table: Timetable) -> tuple[Cell, ...]:
    taken = [piece for number, mark in lane for piece in _parts(window, number, mark)]
    gaps = subtract([window], [span for span, _, _ in taken])
    closed = [] if table.open_hours is None else subtract([window], table.open_hours)
    pieces = [*taken, *_gaps(gaps, closed, table.now)]
    cells = [_cell(window, table.zone, piece) for piece in sorted(pieces)]
    rest = columns - sum(cell.width for cell in cells)
    beyond = [Cell(rest, "none", (window[1], window[1]))] if rest else []
    return tuple(cell for cell in (*cells, *beyond) if cell.width)


def _parts(window: Span, number: int, mark: Mark) -> Iterator[Piece]:
    (begin, end), (first, last) = mark.whole, mark.span
    kinds: tuple[tuple[Span, CellKind], ...] = (
        ((begin, first), "setup"),
        ((first, last), "mark"),
        ((last, end), "teardown"),
    )
    yield from ((part, kind, number) for span, kind in kinds for part in intersect([span], [window]))


def _gaps(gaps: Iterable[Span], closed: Iterable[Span], now: zones.Instant) -> Iterator[Piece]:
    gaps, closed = list(gaps), list(closed)
    is_open = subtract(gaps, closed)
    kinds: tuple[tuple[CellKind, list[Span]], ...] = (
        ("closed", intersect(gaps, closed)),
        ("past", intersect(is_open, [(0, now)])),
        ("free", subtract(is_open, [(0, now)])),
    )
    yield from ((span, kind, -1) for kind, spans in kinds for span in spans)


def _cell(window: Span, zone: str, piece: Piece) -> Cell:
    """A stretch on the raster: both ends are rounded alike, so that neighbours meet."""
    span, kind, mark = piece
    first, last = ((instant - window[0] + STEP - 1) // STEP for instant in span)
    return Cell(last - first, kind, span, mark, str(zones.local(window[0] + first * STEP, zone)))
