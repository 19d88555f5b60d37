"""Quotas as the model knows them: so many bookings of somebody in the rooms and pools of one house in one week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.stateful.world import MINUTE, PEOPLE, THINGS, wall_time


@dataclass(frozen=True, eq=False)
class Limit:
    """What a house allows in a week; ``subject`` says whether persons or whole other houses are counted."""

    house: str
    subject: Literal["person", "institution"]
    bookings: int | None
    minutes: int | None

    def counted(self, owner: str) -> str | None:
        """Whose bookings one of this owner counts with."""
        if self.subject == "person":
            return owner
        home = PEOPLE[owner][0]
        return None if home == self.house else home

    def concerns(self, name: str) -> bool:
        return THINGS[name].house == self.house and THINGS[name].kind != "person"

    def period(self, starts: int) -> tuple[int, int]:
        """The week on the house's calendar."""
        year, week, _ = wall_time(starts, self.house).isocalendar()
        return year, week

    def counts(self, owner: str, wants: Iterable[str], starts: int, who: str, period: tuple[int, int]) -> bool:
        """Whether a booking counts for somebody in a week."""
        return self.counted(owner) == who and any(map(self.concerns, wants)) and self.period(starts) == period

    def exceeded(self, was: Sequence[int], now: Sequence[int]) -> bool:
        """Whether it would be too much, and more than before."""
        if self.bookings is not None and len(now) > max(self.bookings, len(was)):
            return True
        return self.minutes is not None and sum(now) > max(MINUTE * self.minutes, sum(was))
