"""Bodies of the approval API."""

from typing import Annotated, Literal

import msgspec

from rooms.approvals import Scope
from schedules.wire import ClashView


class Yes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is approved: one booking, or all of its wish that wait for your institution."""

    scope: Scope = "all"


class No(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something is rejected, which who asked reads; and how much."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    scope: Scope = "all"


class HouseAnswerView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one institution has said."""

    institution: str
    state: Literal["pending", "approved", "rejected"]
    by: str | None = None
    at: str | None = None


class WantedView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A room or kit that is asked for: so many are wanted, so many are left at the first date; rooms count seats."""

    id: str
    name: str
    kind: str
    institution: str
    wanted: int
    free: int
    number: int
    seats: int | None = None


class RequestView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A wish that waits, by its first date: ``number`` dates up to ``last`` are answered together or one by one.

    ``people`` counts who is invited. ``hold_until`` is when the hold ends; without it, nothing is held. ``reason`` says
    why an approval did not get it the slot.
    """

    booking: str
    state: str
    institution: str
    by: str
    asked: str
    start: str
    end: str
    last: str
    number: int
    resources: tuple[WantedView, ...]
    answers: tuple[HouseAnswerView, ...]
    lesson: str | None = None
    title: str | None = None
    people: int | None = None
    hold_until: str | None = None
    reason: str | None = None


class RivalsView(msgspec.Struct, frozen=True):
    """One slot and who asks for it; whoever is approved first has it."""

    resource: str
    name: str
    start: str
    end: str
    requests: tuple[RequestView, ...]


class ApprovalQueue(msgspec.Struct, frozen=True):
    """What waits for your institution, the soonest first; ``cursor`` asks for the next ones."""

    slots: tuple[RivalsView, ...]
    cursor: str | None = None


class AnsweredBooking(msgspec.Struct, frozen=True):
    """A booking after an answer."""

    id: str
    start: str
    end: str
    state: str


class DecisionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The bookings that were answered; ``clashes`` names those that lost their slot meanwhile and stay open."""

    bookings: tuple[AnsweredBooking, ...]
    clashes: tuple[ClashView, ...] = ()
