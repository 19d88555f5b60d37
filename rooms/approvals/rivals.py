"""Requests that hold nothing and whose slot somebody else was given: who asked is told, before a house answers."""

from collections.abc import Collection, Sequence
from typing import Final

from rooms.approvals.model import OUTDO
from rooms.model import BookingWish, Clash, Reason, Verdict, Wish
from rooms.store.bookings import Standing

LOST: Final[frozenset[Reason]] = frozenset({"taken", "too_few", "busy"})
"""Why a request is lost to others; its rooms' own rules and quotas are for the house that answers."""


def look(requests: Sequence[Standing], now: int) -> Wish:
    """What the requests of one wish would take if the houses said yes now; to be weighed, never handed in."""
    first = requests[0]
    wanted = (BookingWish(str(e.id), e.starts, e.ends, e.wants, e.id, "confirmed") for e in requests)
    return Wish(
        kind=OUTDO,
        institution_id=first.institution_id,
        owner_id=first.owner_id,
        bookings=tuple(wanted),
        on_clash="skip",
        name=first.wish,
        now=now,
    )


def lost_to(verdict: Verdict) -> list[Clash]:
    """What others have of that which was looked at."""
    return [each for each in verdict.clashes if each.reason in LOST]


def taken_from(verdict: Verdict) -> Collection[int]:
    """The requests that are lost."""
    return {int(each.reference) for each in lost_to(verdict)}
