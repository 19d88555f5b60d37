"""Real parts that many tests share."""

from dataclasses import dataclass

SATURDAY = 1_795_255_200
"""2026-11-21T10:00:00Z."""


@dataclass(slots=True)
class SettableClock:
    """A clock that stands until it is moved."""

    now: int = SATURDAY

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: int) -> None:
        self.now += seconds
