"""What can be booked: halls and virtual rooms, equipment and licences, people's time. Their shapes and pure checks."""

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vclass.core import zones
from vclass.core.hours import Opening
from vclass.core.refusals import FieldError, InvalidInputError, Refusal
from vclass.core.texts import is_line

RoomKind: TypeAlias = Literal["hall", "virtual"]
PoolKind: TypeAlias = Literal["equipment", "licence"]
Kind: TypeAlias = Literal["hall", "virtual", "equipment", "licence", "person"]
Approval: TypeAlias = Literal["none", "required"]
Weekday: TypeAlias = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=120)]
Seats: TypeAlias = Annotated[int, Meta(ge=1, le=100_000)]
Quantity: TypeAlias = Annotated[int, Meta(ge=1, le=100_000)]
Feature: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40)]
Features: TypeAlias = Annotated[tuple[Feature, ...], Meta(max_length=40)]
Buffer: TypeAlias = Annotated[int, Meta(ge=0, le=720, multiple_of=5)]
Horizon: TypeAlias = Annotated[int, Meta(ge=1, le=3650)]
Longest: TypeAlias = Annotated[int, Meta(ge=5, le=1440, multiple_of=5)]
AnswerHours: TypeAlias = Annotated[int, Meta(ge=1, le=720)]
CardLine: TypeAlias = Annotated[str, Meta(max_length=200)]
Opens: TypeAlias = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Closes: TypeAlias = Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]

WEEKDAYS: Final[tuple[Weekday, ...]] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a room is open on one day of the week, in its own zone; over midnight it takes two of these."""

    weekday: Weekday
    opens: Opens
    closes: Closes
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    def opening(self) -> Opening:
        """The same in minutes.

        Raises:
            ValueError: It closes before it opens, or is never valid.
        """
        weekday = WEEKDAYS.index(self.weekday)
        return Opening(weekday, _minute(self.opens), _minute(self.closes), self.valid_from, self.valid_until)

    @classmethod
    def of(cls, opening: Opening) -> "Hours":
        opens, closes = (f"{each // 60:02}:{each % 60:02}" for each in (opening.opens_minute, opening.closes_minute))
        return cls(WEEKDAYS[opening.weekday], opens, closes, opening.valid_from, opening.valid_until)


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the technicians of both sides ask about a room; each a line, or empty."""

    camera: CardLine = ""
    microphone: CardLine = ""
    uplink: CardLine = ""
    contact: CardLine = ""
    place: CardLine = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """How something may be booked, apart from approval; None: as far ahead, as long as one likes."""

    setup_minutes: int = 0
    teardown_minutes: int = 0
    horizon_days: int | None = None
    longest_minutes: int | None = None
    answer_hours: int = 72


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
    terms: Terms = Terms()
    card: Card = field(default_factory=Card)

    @property
    def quantity(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Equipment:
    """Kit or licences of which there are several alike."""

    id: int
    public_id: str
    institution_id: int
    name: str
    quantity: int
    shared: bool
    version: int
    kind: PoolKind = "equipment"
    approval: Approval = "none"
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class Time:
    """A person's time: one thing at a time. ``name`` is the person's."""

    id: int
    public_id: str
    institution_id: int
    person_id: int
    name: str

    @property
    def quantity(self) -> int:
        return 1


Resource: TypeAlias = Room | Equipment | Time


@dataclass(frozen=True, slots=True)
class Details:
    """What more there is to say of a room or kit; ``photo`` is the digest of its picture."""

    features: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    photo: str | None = None


class _NewTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How something may be booked."""

    shared: bool = False
    approval: Approval = "none"
    answer_hours: AnswerHours = 72
    setup_minutes: Buffer = 0
    teardown_minutes: Buffer = 0
    horizon_days: Horizon | None = None
    longest_minutes: Longest | None = None
    features: Features = ()


class NewRoom(_NewTerms, frozen=True, forbid_unknown_fields=True):
    """A room to create at one's own institution; without ``hours`` it is always open."""

    kind: RoomKind
    name: Name
    zone: str
    seats: Seats
    hours: Annotated[tuple[Hours, ...], Meta(max_length=70)] = ()
    card: Card = Card()


class NewEquipment(_NewTerms, frozen=True, forbid_unknown_fields=True):
    """Equipment or licences to create at one's own institution: so many alike."""

    name: Name
    quantity: Quantity = 1
    kind: PoolKind = "equipment"


class _TermsPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How something may be booked from now on; bookings that stand keep what they have."""

    name: Name | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    approval: Approval | UnsetType = UNSET
    answer_hours: AnswerHours | UnsetType = UNSET
    setup_minutes: Buffer | UnsetType = UNSET
    teardown_minutes: Buffer | UnsetType = UNSET
    horizon_days: Horizon | UnsetType | None = UNSET
    longest_minutes: Longest | UnsetType | None = UNSET
    features: Features | UnsetType = UNSET


class RoomPatch(_TermsPatch, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to change of a room; the rest stays.

    Hours and buffers hold for new bookings; those that stand keep what they have.
    """

    zone: str | UnsetType = UNSET
    seats: Seats | UnsetType = UNSET
    hours: Annotated[tuple[Hours, ...], Meta(max_length=70)] | UnsetType = UNSET
    card: Card | UnsetType = UNSET


class EquipmentPatch(_TermsPatch, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to change of equipment; the rest stays. There are never fewer than are booked at one moment to come."""

    quantity: Quantity | UnsetType = UNSET


Patch: TypeAlias = RoomPatch | EquipmentPatch
Draft = TypeVar("Draft", bound=NewRoom | NewEquipment | RoomPatch | EquipmentPatch)


def checked(draft: Draft) -> Draft:
    """Normalise the fields of a draft.

    Raises:
        InvalidInputError: Names every field that is wrong.
    """
    given = {field: value for field in draft.__struct_fields__ if (value := getattr(draft, field)) is not UNSET}
    errors = [error for field, check in CHECKS.items() if field in given for error in check(given[field])]
    if errors:
        raise InvalidInputError(errors)
    return msgspec.structs.replace(draft, **{f: normal(given[f]) for f, normal in NORMAL.items() if f in given})


def feature_word(text: str) -> str:
    """One spelling for a feature: small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def is_feature(text: str) -> bool:
    return is_line(text) and "," not in text


def _check_name(name: str) -> Iterator[FieldError]:
    if not is_line(name):
        yield FieldError("name", "write one line of visible text")


def _check_zone(zone: str) -> Iterator[FieldError]:
    try:
        zones.canonical(zone)
    except zones.UnknownZoneError as error:
        yield from error.errors


def _check_features(features: tuple[str, ...]) -> Iterator[FieldError]:
    for place, each in enumerate(features):
        if not is_feature(each):
            yield FieldError(f"features[{place}]", "write a word or two, without commas")


def _check_hours(hours: tuple[Hours, ...]) -> Iterator[FieldError]:
    for place, each in enumerate(hours):
        if _minute(each.closes) <= _minute(each.opens):
            way = "close after opening; hours over midnight are two entries, one until 24:00 and one from 00:00"
            yield FieldError(f"hours[{place}].closes", way)
        if (each.valid_from or dt.date.min) > (each.valid_until or dt.date.max):
            yield FieldError(f"hours[{place}].valid_until", "not before valid_from")


def _check_card(card: Card) -> Iterator[FieldError]:
    for name, text in msgspec.structs.asdict(card).items():
        if text and not is_line(text):
            yield FieldError(f"card.{name}", "write one line of visible text, or leave it empty")


def _features(features: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({feature_word(each) for each in features}))


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


CHECKS: Final[Mapping[str, Callable[[Any], Iterator[FieldError]]]] = {
    "name": _check_name,
    "zone": _check_zone,
    "features": _check_features,
    "hours": _check_hours,
    "card": _check_card,
}
NORMAL: Final[Mapping[str, Callable[[Any], object]]] = {
    "name": str.strip,
    "zone": zones.canonical,
    "features": _features,
}


class NameTakenError(Refusal):
    """An institution has a room or kit of this name already."""

    slug = "name-taken"

    def __init__(self, name: str, instead: str) -> None:
        super().__init__(
            f"Your institution already has something called {name!r}. Give it another name, such as {instead!r}.",
            name=name,
            instead=instead,
        )


class StillBookedError(Refusal):
    """Something can't go, or become fewer, while bookings stand on it."""

    slug = "still-booked"
