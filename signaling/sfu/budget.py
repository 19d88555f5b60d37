"""What a receiver's way down can carry, and which pictures in which layers that is: pure, time is given.

A receiver tells an estimate (REMB) and what it lost. Browsers estimate pictures only, and never say much more than came
so far; so an estimate counts only when it is less than what is sent, and falls or stands still. What more there is room
for, only trying tells. Sound isn't shared out: it is always sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, NamedTuple, TypeAlias

from signaling.media import MOST_TEMPORAL

MOST_LOST: Final = 0.2
MOST_LOST_UNCONFIRMED: Final = 0.4
"""Ways lose a tenth up and a tenth down without being narrow; a narrow one has a low estimate, too, or loses more."""
RISING: Final = 1.02
FALLING: Final = 0.97
STANDING_SECONDS: Final = 1.5
"""An estimate that rises needs a while to come up to what is sent since a moment."""
SETTLING_SECONDS: Final = 2.0
"""So long after a step down, reports still speak of the time before."""
PROVEN_SECONDS: Final = 4.0
FIRST_PAUSE: Final = 4.0
LONGEST_PAUSE: Final = 60.0
SPARING: Final = 1.3
SWAYING: Final = 1.15
"""What pictures take sways; who goes on well with a little more than the limit may."""
PATIENT_LOOKS: Final = 3
PATIENCE: Final = 1.5
"""Estimates err, and count only what came: the last layer goes only when they keep on being less."""


class Rung(NamedTuple):
    """One way to show a picture: which of its layers, up to which temporal layer, and what that takes."""

    place: int
    temporal: int
    bits: float


EVERYTHING: Final = Rung(MOST_TEMPORAL, MOST_TEMPORAL, 0.0)
"""No limit: no track has layers above these."""


Pictures: TypeAlias = Mapping[str, Sequence[Rung]]
"""The rungs of each slot's picture, from the cheapest to the one wanted; the most important picture first."""
Given: TypeAlias = dict[str, Rung | None]
"""What each slot may show; none is off."""


class Reports(NamedTuple):
    """What was heard of a way since the last look: what is sent now, the newest estimate, the share lost."""

    sent: float
    estimate: float | None = None
    lost: float = 0.0


def ladder(layers: Sequence[tuple[int, Sequence[float]]], most: int = MOST_TEMPORAL) -> list[Rung]:
    """The rungs of a picture from its layers, lowest first, each with what it takes up to each temporal layer.

    Motion goes before size: only the lowest layer comes with its first temporal layer alone, too. A rung that spares
    little is none.
    """
    whole = [Rung(place, most, rates[most]) for place, rates in layers]
    place, rates = layers[0]
    every = [Rung(place, 0, rates[0]), *whole] if most else whole
    kept = every[-1:]
    for rung in reversed(every[:-1]):
        if rung.bits * SPARING <= kept[0].bits:
            kept.insert(0, rung)
    return kept


def allot(bits: float, pictures: Pictures, patience: float = 1.0) -> Given:
    """Shares bits out among pictures, the most important first: something of each, then the best of the first.

    Pictures for which nothing is left are turned off.
    """
    given: Given = {}
    left = bits * patience
    for mid, rungs in pictures.items():
        given[mid] = rungs[0] if rungs and rungs[0].bits <= left else None
        left -= _bits(given[mid])
    left = max(0.0, bits - total(given))
    for mid, rungs in pictures.items():
        low = given[mid]
        if low is not None:
            given[mid] = [rung for rung in rungs if rung.bits - low.bits <= left][-1]
            left -= _bits(given[mid]) - low.bits
    return given


def next_step(given: Given, pictures: Pictures) -> Given | None:
    """The most important picture that may be better is so by one rung, first those that are off; none if none may."""
    better = [mid for mid, rungs in pictures.items() if given[mid] != rungs[-1]]
    if not better:
        return None
    mid = min(better, key=lambda each: given[each] is not None)
    return {**given, mid: _above(given[mid], pictures[mid])}


def _above(rung: Rung | None, rungs: Sequence[Rung]) -> Rung:
    above = [] if rung is None else [each for each in rungs if each[:2] > rung[:2]]
    return above[0] if above else rungs[0 if rung is None else -1]


def total(given: Given) -> float:
    """What all takes."""
    return sum(map(_bits, given.values()))


def _bits(rung: Rung | None) -> float:
    return 0.0 if rung is None else rung.bits


@dataclass(slots=True)
class Downlink:
    """How much a receiver may be sent: all, until its way proves narrow; less at once, and more by trying."""

    limit: float = inf
    _estimate: float = inf
    _low: tuple[float, float] | None = None
    _looks: int = 0
    _calm_since: float = 0.0
    _settled_at: float = 0.0
    _tried_at: float | None = None
    _pause: float = FIRST_PAUSE

    @property
    def is_narrow(self) -> bool:
        return self.limit < inf

    def is_settling(self, now: float) -> bool:
        """Whether reports may still speak of the time before the last step down."""
        return now < self._settled_at

    @property
    def patience(self) -> float:
        """How far the lowest layers may go beyond the limit."""
        return 1.0 if self._looks >= PATIENT_LOOKS else PATIENCE

    def look(self, reports: Reports, now: float) -> None:
        """Takes what was heard since the last look."""
        narrow = min(self._told(reports, now), self._delivered(reports))
        if narrow < reports.sent:
            self._narrow(narrow, now)
        elif not self.is_settling(now):
            self._looks = 0 if reports.estimate is not None else self._looks
            self.limit = max(self.limit, min(reports.sent, self.limit * SWAYING))
        if self._tried_at is not None and now - self._tried_at > PROVEN_SECONDS:
            self._tried_at, self._pause = None, FIRST_PAUSE

    def _told(self, reports: Reports, now: float) -> float:
        """The estimate, if it is low, and falls or has stood still for a while."""
        estimate = reports.estimate
        if estimate is None:
            return inf
        self._estimate = estimate
        low, since = self._low or (0.0, now)
        if estimate >= reports.sent or estimate > low * RISING:
            self._low = None if estimate >= reports.sent else (estimate, now)
            return inf
        return estimate if estimate < low * FALLING or now - since >= STANDING_SECONDS else inf

    def _delivered(self, reports: Reports) -> float:
        """What came of what was sent, when too much was lost."""
        most = MOST_LOST if self._estimate < reports.sent else MOST_LOST_UNCONFIRMED
        return reports.sent * (1 - reports.lost) if reports.lost > most else inf

    def _narrow(self, bits: float, now: float) -> None:
        self._calm_since = now
        if self.is_settling(now):
            return
        if self._tried_at is not None:
            self._tried_at, self._pause = None, min(2 * self._pause, LONGEST_PAUSE)
        self._looks, self._low = self._looks + 1, None
        self.limit, self._settled_at = min(self.limit, bits), now + SETTLING_SECONDS

    def try_more(self, bits: float, now: float) -> bool:
        """Tries whether so much goes, once nothing was wrong for long enough; longer each time that it didn't go."""
        if self._tried_at is not None or now - self._calm_since < self._pause:
            return False
        self.limit, self._tried_at, self._looks = bits * SWAYING, now, 0
        return True
