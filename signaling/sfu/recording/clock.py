"""When a frame was taken, by the server's clock: from sender reports (RFC 3550 6.4.1), or else from its arrival.

A sender's reports put the clocks of its sources on one clock of its own. How far that one is from ours is the least
that lies between a report's time and its arrival: what is more was spent on the way.
"""

from collections import deque
from dataclasses import dataclass, field

NTP_UNIT = 2.0**32
REPORTS = 24
NEAR_ENOUGH = 0.04
SAME = 0.005
MOST_DELAY = 10.0
PATIENCE = 2.5


@dataclass(frozen=True, slots=True)
class Told:
    """A sender report: the sender's time (NTP), the source's timestamp at that time, and when the report came."""

    ntp: int
    timestamp: int
    at: float


@dataclass(slots=True)
class SenderClock:
    """How far a sender's clock is from ours, in seconds."""

    offset: float | None = None
    _seen: deque[float] = field(default_factory=lambda: deque(maxlen=REPORTS))

    def hear(self, seconds: float, at: float) -> float:
        """Takes a report's time and its arrival; gives the offset that holds now."""
        apart = at - seconds
        if self.offset is not None and abs(apart - self.offset) > MOST_DELAY:  # the sender's clock was set
            self._seen.clear()
        self._seen.append(apart)
        least = min(self._seen)
        if self.offset is None or abs(least - self.offset) > NEAR_ENOUGH:
            self.offset = least
        return self.offset


class SourceClock:
    """One source's timestamps on the server's monotonic clock."""

    def __init__(self, rate: int, sender: SenderClock) -> None:
        self.rate = rate
        self._sender = sender
        self._anchor: tuple[int, float] | None = None
        self._told: Told | None = None

    def tell(self, told: Told, ticks: int) -> None:
        """Takes a report, with its timestamp's wraps counted; small corrections aren't worth a leap."""
        if told == self._told or not told.ntp:
            return
        self._told = told
        seconds = told.ntp / NTP_UNIT
        shown = seconds + self._sender.hear(seconds, told.at)
        if self._anchor is None or abs(self._of(ticks, self._anchor) - shown) > SAME:
            self._anchor = ticks, shown

    def time(self, ticks: int, at: float, now: float) -> float | None:
        """When a frame was taken that was sent on at a time; none while a report may yet tell.

        Never later than it came, nor much earlier, whatever the sender says.
        """
        if self._anchor is None:
            if now - at < PATIENCE:
                return None
            self._anchor = ticks, at
        return min(at, max(at - MOST_DELAY, self._of(ticks, self._anchor)))

    def _of(self, ticks: int, anchor: tuple[int, float]) -> float:
        return anchor[1] + (ticks - anchor[0]) / self.rate
