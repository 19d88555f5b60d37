"""What can be done on the waiting list, a place in line, and the ways in which an answer comes too late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rooms.store.bookings import Standing
from rooms.store.waiting import Entry
from vclass.core.refusals import Refusal
from vclass.core.spans import overlaps

ACCEPT: Final = "waiting.accept"
WITHDRAW: Final = "waiting.withdraw"
LAPSE: Final = "waiting.lapse"
LAPSED: Final = "expired"


class OfferGoneError(Refusal):
    """The offer ended, was answered, or the rules of its rooms no longer allow it."""

    slug = "offer-gone"

    def __init__(self) -> None:
        super().__init__(
            "This offer is no longer open: its time is over, it was answered, or the room's rules have changed. "
            "Book the lesson again and choose to wait, or choose another time."
        )


class NotWaitingError(Refusal):
    """The booking isn't on the waiting list."""

    slug = "not-waiting"

    def __init__(self) -> None:
        super().__init__("This booking is not on the waiting list. Read the lesson again to see how it stands.")


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
