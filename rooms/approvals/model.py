"""What a house answers, what comes of it, and when it is too late to answer."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rooms.model import Clash
from rooms.store.bookings import Standing
from vclass.core.refusals import Refusal
from vclass.core.zones import Instant, rfc3339

APPROVE: Final = "booking.approve"
REJECT: Final = "booking.reject"
EXPIRE: Final = "booking.expire"
OUTDO: Final = "booking.outdo"
"""Whoever asked learns that somebody else has the slot."""
EXPIRED: Final = "expired"
"""The reason of what nobody answered in time."""

Scope: TypeAlias = Literal["this", "all"]


@dataclass(frozen=True, slots=True)
class Decision:
    """In whose name somebody answers."""

    institutions: frozenset[int]


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of an answer: the bookings that it settles, those that wait for others, why some lost their slot."""

    settled: tuple[int, ...]
    waiting: tuple[int, ...] = ()
    clashes: tuple[Clash, ...] = ()


def is_open(booking: Standing, now: Instant) -> bool:
    """Whether an answer still counts: a hold ends when it was said to, a request when its start has come."""
    return booking.state in ("requested", "held") and now < answer_by(booking)


def answer_by(booking: Standing) -> Instant:
    """Until when a house can answer."""
    return booking.hold_until if booking.state == "held" and booking.hold_until is not None else booking.starts


class AlreadyDecidedError(Refusal):
    """Somebody has answered before, or time has."""

    slug = "already-decided"

    def __init__(self, booking: Standing, now: Instant) -> None:
        late = booking.state in ("requested", "held") and not is_open(booking, now)
        how = f"could be answered until {rfc3339(answer_by(booking))}" if late else f"is {booking.state} already"
        super().__init__(
            f"This request {how}, so there is nothing left to decide for your institution. Read the queue again "
            "(GET /approvals).",
            state="expired" if late else booking.state,
            until=rfc3339(answer_by(booking)),
        )
