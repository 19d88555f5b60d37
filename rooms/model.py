"""What somebody wishes to book, what stands in the way, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

from rooms.resources_model import Approval, Kind
from vclass.core.hours import Opening
from vclass.core.keys import Actor
from vclass.core.spans import Span

LONGEST_CLAIM_SECONDS = 24 * 3600
DAY_SECONDS = 24 * 3600
GRID_SECONDS = 300
"""Bookings begin and end at full five minutes."""

State: TypeAlias = Literal["requested", "held", "confirmed", "waiting", "cancelled", "rejected", "displaced"]
Purpose: TypeAlias = Literal["lesson", "blocking"]
Reason: TypeAlias = Literal[
    "taken", "too_few", "busy", "outside_hours", "too_long", "too_far", "retired", "quota", "off_grid"
]

HOLDING: Final[frozenset[State]] = frozenset({"held", "confirmed"})
"""The states in which a booking has claims."""
PENDING: Final[frozenset[State]] = frozenset({"requested", "held", "waiting"})
"""The states in which something is still to be decided."""


class Later(Enum):
    """A clerk's word on a wish that must wait for another one of the same batch."""

    LATER = "later"


LATER: Final = Later.LATER


@dataclass(frozen=True, slots=True)
class Rules:
    """What the desk must know of a resource: how much there is, whose it is, when and how it may be booked.

    Attributes:
        setup: seconds that are held before each booking; ``teardown`` those after it.
        horizon_days: how far ahead it may be booked; None: as far as one likes.
        answer_hours: how long its house has to answer what waits for approval.
        metered: whether its house has a quota.
        openings: weekly opening hours in ``zone``; none: always open.
    """

    id: int
    institution_id: int
    kind: Kind
    quantity: int
    zone: str = "Etc/UTC"
    setup: int = 0
    teardown: int = 0
    horizon_days: int | None = None
    longest_minutes: int | None = None
    approval: Approval = "none"
    answer_hours: int = 72
    retired: bool = False
    metered: bool = False
    openings: tuple[Opening, ...] = ()

    def held(self, span: Span) -> Span:
        """What a booking of this span holds, buffers included."""
        return span[0] - self.setup, span[1] + self.teardown


@dataclass(frozen=True, slots=True)
class Claim:
    """What a booking holds of a resource."""

    booking_id: int
    resource_id: int
    quantity: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Want:
    """What a booking asks of a resource."""

    resource_id: int
    quantity: int = 1

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"{self.quantity} of resource {self.resource_id} cannot be booked")


@dataclass(frozen=True, slots=True)
class BookingWish:
    """One occurrence: all its wants or none. ``reference`` is the caller's name for it.

    ``standing`` names the booking that is there already and shall have this from now on, in ``state``: an approved
    request, an accepted offer, a meeting that the law moves. Such a one was held against its rooms' rules before. What
    is but an ``offer`` is held against those of today, as it will be when it is taken.
    """

    reference: str
    starts: int
    ends: int
    wants: tuple[Want, ...]
    standing: int | None = None
    state: State | None = None
    hold_until: int | None = None
    offer: bool = False

    def __post_init__(self) -> None:
        if self.ends <= self.starts:
            raise ValueError(f"a booking from {self.starts} to {self.ends} is empty")

    @property
    def span(self) -> Span:
        return self.starts, self.ends


@dataclass(frozen=True, slots=True)
class Wish:
    """All bookings of one lesson, say, and the bookings that they replace.

    Attributes:
        kind: finds the clerk; ``payload`` is for that clerk.
        release: bookings that let go if the wish is granted; with new bookings it is a move, without a cancellation.
        released: what becomes of them, for this ``reason``.
        touches: bookings that the clerk reads and changes in other ways; they are locked, too.
        on_clash: refuse the whole wish, skip what clashes, put the whole wish on the waiting list, or let what clashes
            go whatever it was (``displace``: what no longer fits has no claims any more).
        approves: institutions in whose name the one who wishes decides: there nobody else is asked.
        by: who does it; None for the clockwork.
        alone: whether nothing else may be decided in the same batch.
        name: joins this wish's bookings to others' (a series that is added to); None: a new name.
    """

    kind: str
    institution_id: int
    owner_id: int
    bookings: tuple[BookingWish, ...]
    release: tuple[int, ...] = ()
    released: State = "cancelled"
    reason: str | None = None
    touches: tuple[int, ...] = ()
    on_clash: Literal["refuse", "skip", "wait", "displace"] = "refuse"
    approves: frozenset[int] = frozenset()
    purpose: Purpose = "lesson"
    name: str | None = None
    by: Actor | None = None
    payload: object = None
    now: int = 0
    alone: bool = False


def wanted_of(wishes: Iterable[Wish]) -> set[int]:
    """The resources that some wishes want."""
    return {want.resource_id for wish in wishes for wanted in wish.bookings for want in wanted.wants}


def windows_of(wishes: Iterable[Wish], rules: Mapping[int, Rules]) -> set[tuple[int, int, int]]:
    """All that must be known to decide some wishes: what is held of each resource, from when to when."""
    return {
        (want.resource_id, *rules[want.resource_id].held(wanted.span))
        for wish in wishes
        for wanted in wish.bookings
        for want in wanted.wants
    }


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A quota that is used up: of ``limit`` bookings or minutes so many were ``used`` before."""

    unit: Literal["bookings", "minutes"]
    limit: int
    used: int


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a booking cannot be.

    ``free`` is what is left of the resource at the fullest moment and ``quantity`` what is wanted of it, ``until`` when
    what stands in the way is over (None: it won't be), ``blockers`` the bookings that stand there, ``exceeded`` the
    quota, whose period ends then.
    """

    reference: str
    resource_id: int
    starts: int
    ends: int
    free: int
    reason: Reason
    until: int | None = None
    blockers: tuple[int, ...] = ()
    exceeded: Exceeded | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Granted:
    """A booking that the rules allow, in the state that they give it; ``asks`` are the houses that must approve."""

    wanted: BookingWish
    state: State
    hold_until: int | None = None
    asks: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one wish."""

    wish: Wish
    granted: tuple[Granted, ...]
    clashes: tuple[Clash, ...]

    @property
    def refused(self) -> bool:
        return bool(self.clashes) and not self.granted and self.wish.on_clash != "displace"


@dataclass(frozen=True, slots=True)
class Taken:
    """A booking that was made, or that stood and has changed."""

    reference: str
    booking_id: int
    public_id: str
    state: State
    hold_until: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one wish; refused if there are clashes and nothing was taken."""

    wish: Wish
    taken: tuple[Taken, ...]
    clashes: tuple[Clash, ...]

    @property
    def kind(self) -> str:
        return self.wish.kind

    @property
    def refused(self) -> bool:
        return bool(self.clashes) and not self.taken and self.wish.on_clash != "displace"


@dataclass(frozen=True, slots=True)
class Settled:
    """A booking that stood and changed its state; ``kind`` is the wish's that did it."""

    booking_id: int
    wish: str
    purpose: Purpose
    before: State
    after: State
    kind: str
    reason: str | None
    at: int
    by: Actor | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """A stretch of a resource that is taken, and by which booking."""

    resource_id: int
    resource_public_id: str
    resource_institution_id: int
    quantity: int
    starts: int
    ends: int
    booking_id: int
    public_id: str
    institution_id: int
    owner_id: int
    state: State
    purpose: Purpose
    booking_starts: int
    booking_ends: int
