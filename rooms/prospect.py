"""What would come of wishes if they were handed in now: looked at, never taken."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from rooms.decide import Decider
from rooms.meter import metered
from rooms.model import Claim, Clash, Rules, Verdict, Wish, wanted_of, windows_of
from rooms.store import bookings as store

__all__ = ["Prospect", "foresee", "preview", "weigh"]


class Prospect:
    """Looks at many wishes on one snapshot: what was read of a resource or a time isn't read again.

    Args:
        connection: Of a reader, on whose snapshot nothing changes.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection: Final = connection
        self._rules: dict[int, Rules] = {}
        self._windows: set[tuple[int, int, int]] = set()
        self._claims: dict[int, Claim] = {}

    def weigh(self, wishes: Sequence[Wish]) -> list[Verdict]:
        """What would come of each of some wishes if it alone were handed in now; asks once for all."""
        decider = self._decider(wishes)
        return [decider.weigh(wish) for wish in wishes]

    def foresee(self, wishes: Sequence[Wish]) -> list[Verdict]:
        """What would come of some wishes if they were handed in now, one after the other."""
        decider = self._decider(wishes)
        return [decider.decide(wish)[0] for wish in wishes]

    def preview(self, wish: Wish) -> list[Clash]:
        """What a wish would clash with if it were handed in now."""
        return list(self.weigh([wish])[0].clashes)

    def _decider(self, wishes: Sequence[Wish]) -> Decider:
        self._read(wishes)
        return Decider(self._rules, self._claims.values(), meter=metered(self.connection, wishes, self._rules))

    def _read(self, wishes: Sequence[Wish]) -> None:
        if unruled := wanted_of(wishes) - self._rules.keys():
            self._rules |= store.rules_of(self.connection, unruled)
        if unseen := windows_of(wishes, self._rules) - self._windows:
            self._claims |= store.claims_by_id(self.connection, unseen)
            self._windows |= unseen


def preview(connection: sa.Connection, wish: Wish) -> list[Clash]:
    """What a wish would clash with if it were handed in now."""
    return Prospect(connection).preview(wish)


def foresee(connection: sa.Connection, wishes: Sequence[Wish]) -> list[Verdict]:
    """What would come of some wishes if they were handed in now, one after the other."""
    return Prospect(connection).foresee(wishes)


def weigh(connection: sa.Connection, wishes: Sequence[Wish]) -> list[Verdict]:
    """What would come of each of some wishes if it alone were handed in now."""
    return Prospect(connection).weigh(wishes)
