"""The queue of a room administrator: who asks for what, rivals for one slot side by side."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.obstacles import Obstacle
from vclass.web.pages.contexts.paging import Pager
from vclass.web.pages.contexts.parts import RoomLine, Side


@dataclass(frozen=True, slots=True)
class KitNeed:
    """Equipment that a request wants: ``free`` pieces are left for it then, of ``number`` that there are.

    ``side`` is the house whose it is, unless that is the reader's own.
    """

    name: str
    wanted: int
    free: int
    number: int
    side: Side | None = None

    @property
    def short(self) -> bool:
        return self.free < self.wanted


@dataclass(frozen=True, slots=True)
class Answer:
    """What one institution's approver has said; ``by`` and ``at`` once somebody has."""

    side: Side
    state: Literal["pending", "approved", "rejected"]
    by: str = ""
    at: Instant = 0


@dataclass(frozen=True, slots=True)
class RejectForm:
    """The rejection as typed, where it was refused or is suggested; ``scope`` is `all` or `this`."""

    reason: str = ""
    scope: Literal["all", "this"] = "all"
    error: str = ""
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A booking that waits for the reader's institution.

    ``id`` is the booking's; ``number`` counts what the wish still waits for, from ``span`` to ``last``. ``seats`` of 0
    says that the room counts none. ``rooms`` are the other rooms of the same wish. ``hold_until`` is 0 for who holds
    nothing. ``obstacle`` is what has the slot meanwhile; ``instead`` names rooms that are free for all of the wish.
    """

    id: str
    lesson: str
    title: str
    side: Side
    by: str
    asked: Instant
    span: Span
    last: Instant
    people: int
    seats: int
    number: int = 1
    weekly: bool = False
    kit: tuple[KitNeed, ...] = ()
    rooms: tuple[RoomLine, ...] = ()
    answers: tuple[Answer, ...] = ()
    hold_until: Instant = 0
    best: bool = False
    obstacle: Obstacle | None = None
    instead: tuple[str, ...] = ()
    reject: RejectForm = RejectForm()


@dataclass(frozen=True, slots=True)
class RivalSlot:
    """One slot of one resource and who asks for it, the best fit first; ``others`` are the sides of other zones."""

    id: str
    resource: str
    span: Span
    requests: tuple[Request, ...]
    others: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """An approval that came too late: the request stays open, its obstacle stands beside it."""

    request: str
    title: str
    obstacle: Obstacle
    by: str = ""
    at: Instant = 0


@dataclass(frozen=True, slots=True)
class ApprovalsPage:
    """The queue, soonest slot first; or the one request that a mail leads to (``single``), with its rivals.

    Forms post to `/approvals/BOOKING/approve` (field `scope`: `all` or `this`) and `/approvals/BOOKING/reject` (also
    `reason`), each with `back`, the path to come back to.
    """

    template: ClassVar[str] = "approvals.html"

    own: Side
    slots: tuple[RivalSlot, ...]
    pager: Pager
    path: str = "/approvals"
    expiring: int = 0
    single: bool = False
    lost: Lost | None = None
