"""How fast a client may go, and how often it may err: pure counters on a clock that the caller reads."""

from collections import deque


class Bucket:
    """A token bucket: so many messages a second, and a burst."""

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._left = self._burst
        self._at = now

    def take(self, now: float, count: int = 1) -> bool:
        """Takes a token, or several; false if there are too few."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < count:
            return False
        self._left -= count
        return True


class Strikes:
    """Counts errors in a sliding window."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=limit)

    def out(self, now: float) -> bool:
        """Counts one more; true if that is too many."""
        self._times.append(now)
        return len(self._times) == self._limit and now - self._times[0] <= self._seconds
