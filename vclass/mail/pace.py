"""How fast mail goes to each recipient domain: a bucket of tokens for every one of them."""

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from vclass.core.outbox import Leased, Shares


@dataclass(frozen=True, slots=True)
class Rate:
    """So many mails a second to one domain, and so many at once after a while of silence."""

    per_second: float = 10
    burst: int = 100


UNLIMITED = Rate(math.inf, sys.maxsize)


@dataclass(frozen=True, slots=True)
class _Bucket:
    tokens: float
    at: int


class Pace:
    """The buckets of one process; a domain without one has a full bucket."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: dict[str, _Bucket] = {}

    def shares(self, in_hand: Iterable[Leased], most: int, now: int) -> Shares:
        """How many more rows may be taken for each domain, of which at most so many may be in hand."""
        self._forget_full(now)
        of = {domain: min(most, int(bucket.tokens)) for domain, bucket in self._buckets.items()}
        full = min(most, self._rate.burst)
        for row in in_hand:
            of[row.domain] = of.get(row.domain, full) - 1
        return Shares(full, of)

    def take(self, domain: str, now: int) -> None:
        """Count a mail to a domain."""
        bucket = self._filled(domain, now)
        self._buckets[domain] = _Bucket(bucket.tokens - 1, now)

    def _filled(self, domain: str, now: int) -> _Bucket:
        bucket = self._buckets.get(domain, _Bucket(self._rate.burst, now))
        gained = self._rate.per_second * (now - bucket.at) if now > bucket.at else 0
        return _Bucket(min(self._rate.burst, bucket.tokens + gained), now)

    def _forget_full(self, now: int) -> None:
        filled = {domain: self._filled(domain, now) for domain in self._buckets}
        self._buckets = {domain: each for domain, each in filled.items() if each.tokens < self._rate.burst}
