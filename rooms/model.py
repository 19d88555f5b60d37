"""What can be booked, what somebody wishes to book, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import msgspec

from vclass.core import zones
from vclass.core.refusals import FieldError, InvalidInputError, Refusal
from vclass.core.spans import Span
from vclass.core.texts import is_line

LONGEST_CLAIM_SECONDS = 24 * 3600

RoomKind: TypeAlias = Literal["hall", "virtual"]
State: TypeAlias = Literal["confirmed", "cancelled"]
Reason: TypeAlias = Literal["taken", "too_few"]
Approval: TypeAlias = Literal["none", "required"]
Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Seats: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Quantity: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class Later(Enum):
    """A clerk's word on a wish that must wait for another one of the same batch."""

    LATER = "later"


LATER: Final = Later.LATER


@dataclass(frozen=True, slots=True)
class Room:
    """A place to teach in: a hall with seats, or a virtual room. One lesson at a time."""

    id: int
    public_id: str
    institution_id: int
    kind: RoomKind
    name: str
    zone: str
    seats: int
    shared: bool
    approval: Approval
    version: int

    @property
    def quantity(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Equipment:
    """Kit of which there are several alike."""

    id: int
    public_id: str
    institution_id: int
    name: str
    quantity: int
    shared: bool
    version: int


Resource: TypeAlias = Room | Equipment


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
    """One occurrence: all its wants or none. ``reference`` is the caller's name for it."""

    reference: str
    starts: int
    ends: int
    wants: tuple[Want, ...]

    def __post_init__(self) -> None:
        if not 0 < self.ends - self.starts <= LONGEST_CLAIM_SECONDS:
            raise ValueError(f"a booking from {self.starts} to {self.ends} is empty or longer than a day")

    @property
    def span(self) -> Span:
        return self.starts, self.ends


@dataclass(frozen=True, slots=True)
class Wish:
    """All bookings of one lesson, say, and the bookings that they replace.

    ``release`` names bookings whose claims go if the wish is granted: with new bookings it is a move, without a
    cancellation. ``kind`` finds the clerk, ``payload`` is for that clerk.
    """

    kind: str
    institution_id: int
    owner_id: int
    bookings: tuple[BookingWish, ...]
    release: tuple[int, ...] = ()
    on_clash: Literal["refuse", "skip"] = "refuse"
    payload: object = None
    now: int = 0


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a booking cannot be: ``free`` is what is left of the resource at the fullest moment."""

    reference: str
    resource_id: int
    starts: int
    ends: int
    free: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one wish."""

    granted: tuple[BookingWish, ...]
    clashes: tuple[Clash, ...]

    @property
    def refused(self) -> bool:
        return bool(self.clashes) and not self.granted


@dataclass(frozen=True, slots=True)
class Taken:
    """A booking that was made."""

    reference: str
    booking_id: int
    public_id: str


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
        return bool(self.clashes) and not self.taken


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


class NewRoom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A room to create at one's own institution."""

    kind: RoomKind
    name: Name
    zone: str
    seats: Seats
    shared: bool = False
    approval: Approval = "none"


class RoomPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to change of a room; the rest stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    zone: str | msgspec.UnsetType = msgspec.UNSET
    seats: Seats | msgspec.UnsetType = msgspec.UNSET
    shared: bool | msgspec.UnsetType = msgspec.UNSET
    approval: Approval | msgspec.UnsetType = msgspec.UNSET


class NewEquipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Equipment to create at one's own institution: so many alike."""

    name: Name
    quantity: Quantity = 1
    shared: bool = False


Draft = TypeVar("Draft", NewRoom, RoomPatch, NewEquipment)


def checked(draft: Draft) -> Draft:
    """Normalise the fields of a draft.

    Raises:
        InvalidInputError: Names every field that is wrong.
    """
    given = msgspec.structs.asdict(draft)
    errors = [error for field, check in CHECKS.items() if (error := check(given.get(field, msgspec.UNSET)))]
    if errors:
        raise InvalidInputError(errors)
    tidy = {field: normal(given[field]) for field, normal in NORMAL.items() if isinstance(given.get(field), str)}
    return msgspec.structs.replace(draft, **tidy)


def _check_name(name: object) -> FieldError | None:
    if isinstance(name, str) and not is_line(name):
        return FieldError("name", "write one line of visible text")
    return None


def _check_zone(zone: object) -> FieldError | None:
    try:
        zones.canonical(zone) if isinstance(zone, str) else None
    except zones.UnknownZoneError as error:
        return error.errors[0]
    return None


def _check_approval(approval: object) -> FieldError | None:
    if approval == "required":
        return FieldError("approval", "rooms are booked at once for now, so leave it out or send none")
    return None


CHECKS: Final[Mapping[str, Callable[[object], FieldError | None]]] = {
    "name": _check_name,
    "zone": _check_zone,
    "approval": _check_approval,
}
NORMAL: Final[Mapping[str, Callable[[str], str]]] = {"name": str.strip, "zone": zones.canonical}


class NameTakenError(Refusal):
    """An institution has a room or kit of this name already."""

    slug = "name-taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"Your institution already has something called {name!r}. Give it another name.", name=name)
