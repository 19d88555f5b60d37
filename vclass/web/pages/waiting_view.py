"""One entry of the waiting list as a context."""

from dataclasses import dataclass

from rooms.waiting import LAPSED
from vclass.core.keys import Actor
from vclass.core.zones import Instant
from vclass.web.pages.clash_view import obstacles
from vclass.web.pages.contexts.waiting import WaitingPage, WaitState
from vclass.web.pages.parts import others_of, own_side, room_lines
from vclass.web.pages.reading_waiting import OneEntry
from vclass.web.words import Words

OFF = frozenset({"cancelled", "rejected"})


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry, who looks at it, and when."""

    said: Words
    actor: Actor
    found: OneEntry
    now: Instant


def is_answered(shown: Shown) -> bool:
    """Whether it is a booking like others now."""
    return shown.found.place is None and shown.found.booking.state not in OFF


def waiting_page(shown: Shown) -> WaitingPage:
    found = shown.found
    own = own_side(shown.said, shown.actor, found.around.institutions)
    entry = None if found.place is None else found.place.entry
    first = found.booking if entry is None else entry.bookings[0]
    return WaitingPage(
        id=found.booking.public_id,
        lesson=found.lesson.public_id,
        title=found.lesson.draft.title,
        state=_state(shown),
        own=own,
        others=others_of(found.lesson, found.around, own),
        span=(first.starts, first.ends),
        until=0 if entry is None else entry.offer_until or 0,
        position=1 if found.place is None else found.place.position,
        number=1 if entry is None else len(entry.bookings),
        rooms=room_lines(shown.said, found.lesson, found.around),
        obstacles=obstacles(found.clashes, found.things)[0],
    )


def _state(shown: Shown) -> WaitState:
    place = shown.found.place
    if place is None:
        return "expired" if shown.found.booking.reason == LAPSED else "left"
    if not place.entry.offered:
        return "waiting"
    return "offered" if (place.entry.offer_until or 0) > shown.now else "expired"
