"""How well somebody's sound and picture come up: one of three words, and when it changes."""

from bisect import bisect_left
from typing import Final, Literal, TypeAlias

Strength: TypeAlias = Literal["good", "fair", "poor"]

WORDS: Final[tuple[Strength, ...]] = ("good", "fair", "poor")
LOSSES: Final = (0.02, 0.08)
ROUND_TRIPS_MS: Final = (350, 800)
"""Above the first it is fair, above the second poor; the page has the same bounds."""
STEADY: Final = 2
"""So many better reports in a row make a better word: one that comes and goes says nothing."""


def judge(lost: float, round_trip_ms: float) -> Strength:
    """What a share of lost packets and a delay are felt as."""
    return WORDS[max(bisect_left(LOSSES, lost), bisect_left(ROUND_TRIPS_MS, round_trip_ms))]


class Signal:
    """A word that gets worse at once, and better only steadily."""

    def __init__(self) -> None:
        self.word: Strength = "good"
        self._better = 0

    def note(self, lost: float, round_trip_ms: float) -> bool:
        """Takes a report; tells whether the word is another one now."""
        heard = judge(lost, round_trip_ms)
        worse = WORDS.index(heard) > WORDS.index(self.word)
        self._better = 0 if worse or heard == self.word else self._better + 1
        if not worse and self._better < STEADY:
            return False
        self.word, self._better = heard, 0
        return True
