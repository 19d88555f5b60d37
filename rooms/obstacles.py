"""What stands in the way of bookings that clash, as it is now."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from rooms.model import Clash, Reason
from rooms.store import bookings as store
from rooms.store.bookings import Standing
from vclass.core.spans import overlaps

BOOKED: Final[frozenset[Reason]] = frozenset({"taken", "too_few", "busy"})


def obstacles(connection: sa.Connection, clashes: Sequence[Clash]) -> list[tuple[Standing, ...]]:
    """For each clash the bookings that hold something of its resource then, by start; none for a rule of the room's."""
    rules = store.rules_of(connection, {each.resource_id for each in clashes})
    windows = [(each.resource_id, *rules[each.resource_id].held((each.starts, each.ends))) for each in clashes]
    claims = store.claims_touching(connection, windows) if windows else []
    standing = store.standing(connection, {each.booking_id for each in claims})
    found = []
    for clash, (resource_id, starts, ends) in zip(clashes, windows, strict=True):
        here = (each for each in claims if each.resource_id == resource_id and clash.reason in BOOKED)
        ids = {each.booking_id for each in here if overlaps((each.starts, each.ends), (starts, ends))}
        found.append(tuple(each for i, each in standing.items() if i in ids))
    return found
