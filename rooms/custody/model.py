"""Kit that is out: rules of handing out, and when somebody else comes short. Pure.

Whoever booked it, or administers the house's rooms, hands it out, from half an hour before the booking's start until
its end, and takes it back with a note. Never is more out than the booking has, nor than the pool has pieces in house.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rooms.model import PENDING, Claim, State
from vclass.core.refusals import Refusal
from vclass.core.spans import peak
from vclass.core.zones import Instant, rfc3339

EARLY_SECONDS: Final = 30 * 60
GRACE_SECONDS: Final = 15 * 60
"""After so long somebody is told that kit isn't back."""
SOON_SECONDS: Final = 2 * 3600
"""Kit that is to be back within so long is due."""
AHEAD_SECONDS: Final = 7 * 24 * 3600
"""Bookings as near as this are looked at when kit isn't back."""


@dataclass(frozen=True, slots=True)
class Custody:
    """Some pieces of a pool, handed out for a booking. ``holder_id`` is whoever answers for them."""

    id: int
    public_id: str
    booking_id: int
    booking_public_id: str
    booking_institution_id: int
    resource_id: int
    resource_public_id: str
    resource_name: str
    institution_id: int
    quantity: int
    holder_id: int
    holder_public_id: str
    whereabouts: str
    due_at: Instant
    out_at: Instant
    in_at: Instant | None
    note: str
    version: int


class NotToHandOutError(Refusal):
    """Nothing can be handed out for this booking at this time."""

    slug = "not-to-hand-out"


BUSY: Final = "busy"


class KitOutError(Refusal):
    """Fewer pieces are there than were asked for.

    ``by`` is who has the others: the public ids of what is out, or "busy" where the reader may not know; ``until`` is
    when the next are to be back.
    """

    slug = "kit-out"

    def __init__(self, name: str, free: int, back: Instant | None, out: Sequence[str] | None) -> None:
        when = "" if back is None else f" The next are to be back by {rfc3339(back)}."
        super().__init__(
            f"{free} of {name!r} can be handed out for this booking now.{when} {_kit_way(free, out)}",
            free=free,
            until=None if back is None else rfc3339(back),
            by=BUSY if out is None else list(out),
        )


def _kit_way(free: int, out: Sequence[str] | None) -> str:
    if free:
        return f"Take {free}."
    if out is None:
        return "Ask the administrator of the house to take back what is out, or change the lesson to do without."
    if out:
        return f"Take back what is out first: {', '.join(out)}."
    return "Add what you need to the lesson first."


class AlreadyBackError(Refusal):
    """The pieces were taken back before."""

    slug = "already-back"

    def __init__(self, entry: Custody) -> None:
        back = rfc3339(entry.out_at if entry.in_at is None else entry.in_at)
        super().__init__(
            f"This was taken back already at {back}. Hand it out anew for the booking {entry.booking_public_id}, "
            f"until {rfc3339(entry.due_at)}, if it is needed again.",
            back=back,
            booking=entry.booking_public_id,
            until=rfc3339(entry.due_at),
        )


def opens_at(starts: Instant) -> Instant:
    """From when on kit of a booking can be handed out."""
    return starts - EARLY_SECONDS


def check_time(starts: Instant, ends: Instant, state: State, now: Instant) -> None:
    """Refuse to hand out too early, too late, or for what isn't booked.

    Raises:
        NotToHandOutError: Says until when that is so, and what to do instead.
    """
    if state not in PENDING and state != "confirmed":
        raise NotToHandOutError(f"This booking is {state}, so it has no kit. Book the kit anew.", state=state)
    opens, over = rfc3339(opens_at(starts)), rfc3339(ends)
    if state != "confirmed":
        raise NotToHandOutError(
            f"This booking is not confirmed, so it has no kit yet. Once it is, come back from {opens} on.",
            state=state,
            opens=opens,
        )
    if now < opens_at(starts):
        raise NotToHandOutError(f"It is too early: come back from {opens} on.", opens=opens)
    if now >= ends:
        raise NotToHandOutError(
            f"This booking was over at {over}. Book the kit anew for as long as you need it.", ended=over
        )


def first_short(pieces: int, missing: int, claims: Iterable[Claim], now: Instant) -> int | None:
    """The next booking that comes short of a pool while some pieces are missing; its id.

    Args:
        pieces: How many the pool has.
        missing: How many of them are not back.
        claims: What is held of the pool from now on, without those who have the missing pieces.
        now: The present.
    """
    known: Sequence[Claim] = sorted(claims, key=lambda each: (each.starts, each.booking_id))
    loads = [(each.starts, each.ends, each.quantity) for each in known]
    for each in known:
        if each.ends > now and peak(loads, max(each.starts, now), each.ends) > pieces - missing:
            return each.booking_id
    return None
