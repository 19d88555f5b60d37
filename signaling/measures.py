"""What pages report of their connections, counted into a few histograms: no figure of any one person is kept."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from signaling.protocol import Report

PERCENT: Final = (0.5, 1, 2, 5, 8, 15, 30)
MILLISECONDS: Final = (25, 50, 100, 200, 350, 500, 800, 1500)
KILOBITS: Final = (50, 100, 200, 400, 800, 1500, 3000, 6000)
HEIGHTS: Final = (90, 180, 270, 360, 540, 720, 1080)


class Histogram:
    """How many values were at most each of some bounds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.count = 0
        self.sum = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def add(self, value: float) -> None:
        self._counts[bisect_left(self.bounds, value)] += 1
        self.count += 1
        self.sum += value

    def at_most(self) -> tuple[tuple[float, int], ...]:
        """Each bound, and how many were not above it."""
        sums = [sum(self._counts[: place + 1]) for place in range(len(self.bounds))]
        return tuple(zip(self.bounds, sums, strict=True))


class Measures:
    """The histograms of one server."""

    def __init__(self) -> None:
        self.lost_up, self.lost_down, self.frozen = Histogram(PERCENT), Histogram(PERCENT), Histogram(PERCENT)
        self.kilobits_up, self.kilobits_down = Histogram(KILOBITS), Histogram(KILOBITS)
        self.round_trip = Histogram(MILLISECONDS)
        self.height = Histogram(HEIGHTS)

    def note(self, report: Report) -> None:
        """Counts a report."""
        self.lost_up.add(100 * report.up.lost)
        self.lost_down.add(100 * report.down.lost)
        self.kilobits_up.add(report.up.kilobits)
        self.kilobits_down.add(report.down.kilobits)
        self.round_trip.add(report.round_trip_ms)
        if report.height:
            self.frozen.add(100 * report.frozen)
            self.height.add(report.height)
