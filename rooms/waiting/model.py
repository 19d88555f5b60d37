"""What can be done on the waiting list, a place in line, and the ways in which an answer comes too late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rooms.model import Reason, State
from rooms.store.bookings import Standing
from rooms.store.waiting import Entry
from vclass.core.refusals import Refusal
from vclass.core.spans import overlaps
from vclass.core.zones import Instant, rfc3339

ACCEPT: Final = "waiting.accept"
WITHDRAW: Final = "waiting.withdraw"
LAPSE: Final = "waiting.lapse"
LAPSED: Final = "expired"


class OfferGoneError(Refusal):
    """The offer ended, was answered, or the rules of its rooms no longer allow it.

    ``state`` is how the booking stands, ``until`` how long it was offered, ``reasons`` what the rooms' rules say now.
    """

    slug = "offer-gone"

    def __init__(self, booking: Standing | None, reasons: Iterable[Reason] = ()) -> None:
        ended = None if booking is None else booking.hold_until
        super().__init__(
            f"This offer is no longer open: {_gone(booking, ended, reasons)}. Book the lesson again and choose to "
            'wait (on_clash "wait"), or choose another time.',
            state=None if booking is None else booking.state,
            until=None if ended is None else rfc3339(ended),
            reasons=sorted(set(reasons)),
        )


def _gone(booking: Standing | None, ended: Instant | None, reasons: Iterable[Reason]) -> str:
    if tuple(reasons):
        return "the room's rules have changed"
    if booking is not None and booking.state == "held" and ended is not None:
        return f"its time was over at {rfc3339(ended)}"
    return "it was answered, or its time is over"


class NotWaitingError(Refusal):
    """The booking isn't on the waiting list; ``state`` is how it stands."""

    slug = "not-waiting"

    def __init__(self, state: State | None = None) -> None:
        is_so = "is not on the waiting list" if state is None else f"is {state} and not on the waiting list"
        super().__init__(
            f"This booking {is_so}. Read the lesson again to see how it stands, and cancel the meeting if you don't "
            "want it.",
            **({} if state is None else {"state": state}),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """An entry and its place in line; the first is 1. ``resources`` are the ids of what the reader may know of."""

    entry: Entry
    position: int
    resources: tuple[str, ...]
    mine: bool


def position(entry: Entry, line: Iterable[Entry]) -> int:
    """The place in line among those who want something of the same at an overlapping time."""
    before = (each for each in line if each.place < entry.place)
    return 1 + sum(_rivals(each.bookings, entry.bookings) for each in before)


def wanted(entry: Entry) -> set[int]:
    return {want.resource_id for each in entry.bookings for want in each.wants}


def _rivals(some: Sequence[Standing], others: Sequence[Standing]) -> bool:
    return any(_meet(one, other) for one in some for other in others)


def _meet(one: Standing, other: Standing) -> bool:
    mine = {want.resource_id for want in one.wants}
    shared = any(want.resource_id in mine for want in other.wants)
    return shared and overlaps((one.starts, one.ends), (other.starts, other.ends))
