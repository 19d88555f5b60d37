"""What a mail about a booking tells: plain values, with the same names as in a row of the outbox."""

from typing import Literal, TypeAlias

import msgspec

from schedules import LostDate, OtherSlot
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.parts import RoomLine, Side

Notice: TypeAlias = Literal[
    "requested",
    "approved",
    "rejected",
    "expired",
    "taken",
    "displaced",
    "offered",
    "overdue",
    "law",
    "closed",
    "proposed",
]
"""What happened: a request arrived, was approved, rejected, its hold expired, somebody else had the slot; a booking was
displaced; a place on the waiting list became an offer; kit is overdue; a country changed its clocks; a house will be
closed; somebody who is invited proposes another time."""

Reader: TypeAlias = Literal["owner", "approver", "borrower"]


class NoticeMail(msgspec.Struct, frozen=True):
    """What one reader is told of a booking.

    Attributes:
        notice: what happened.
        to: in what part: the ``owner`` of the booking, an ``approver`` (or administrator), the next ``borrower``.
        language: the reader's.
        zone: the reader's.
        title: the lesson's; of overdue kit its name, with the number if more than one.
        first: the first occurrence of ``number``; of overdue kit from when it was due to when it is needed next.
        last: the last occurrence.
        link: the page on which the reader can do something about it.
        weekly: whether the series meets each week on one weekday.
        by: who did it: who asks, approves, rejects, or has the kit.
        sides: whose rooms they are, for the edge on top.
        rooms: what is wanted, or was.
        before: the time that it had.
        until: when the hold or the offer ends; of overdue kit when it is needed next.
        reason: somebody's own words.
        waits_for: institutions that have yet to approve.
        slots: ways on.
        confirmed: of a series that was approved in part, the dates that it has.
        lost: the dates that it has not, with ways on for each.
        proposed: another time, as an attendee would like it.
        taken: the names of what isn't free then.
    """

    notice: Notice
    to: Reader
    language: str
    zone: str
    title: str
    first: Span
    last: Span
    link: str
    number: int = 1
    weekly: bool = False
    by: str = ""
    sides: tuple[Side, ...] = ()
    rooms: tuple[RoomLine, ...] = ()
    before: Span | None = None
    until: Instant = 0
    reason: str = ""
    waits_for: tuple[str, ...] = ()
    slots: tuple[OtherSlot, ...] = ()
    confirmed: tuple[Span, ...] = ()
    lost: tuple[LostDate, ...] = ()
    proposed: Span | None = None
    taken: tuple[str, ...] = ()
