"""The form that books a joint lesson, its preview, and what it says when it lost a race."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.obstacles import Obstacle
from vclass.web.pages.contexts.parts import BadTime, Shift, Side


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class RoomChoice:
    """A room to choose."""

    id: str
    name: str
    seats: int
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class KitChoice:
    """Equipment to choose, and how much of it there is."""

    id: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class BookingValues:
    """What was typed, as it was typed; the names are those of the form fields.

    ``kit`` maps an equipment's id to the text in its field `kit-ID`. ``fold`` is "", "0" or "1". ``left_out``
    lists dates of a series on which it shall not be.
    """

    title: str = ""
    description: str = ""
    zone: str = ""
    date: str = ""
    time: str = ""
    minutes: str = "90"
    repeat: str = "weekly"
    count: str = "14"
    room: str = ""
    partner: str = ""
    partner_room: str = ""
    partner_teacher: str = ""
    guests: str = ""
    minors: str = ""
    fold: str = ""
    left_out: str = ""
    kit: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """The wish in both clocks, before it is sent.

    ``fold`` holds both instants when the first start exists twice; ``taken`` are times at which a room is not
    free, each with the room's name; ``more_taken`` says how many more there are. ``left_out`` are the starts that
    closed days take from a series, each with the reason; ``number`` doesn't count them.
    ``approvers`` are the houses that must say yes before anybody is invited.
    """

    zone: str
    own: Side
    others: tuple[Side, ...]
    first: Span
    last: Span
    number: int
    weekly: bool
    rooms: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()
    fold: tuple[Instant, Instant] | None = None
    taken: tuple[tuple[str, Span], ...] = ()
    more_taken: int = 0
    bad_times: tuple[BadTime, ...] = ()
    left_out: tuple[tuple[Instant, str], ...] = ()
    approvers: tuple[str, ...] = ()

    @property
    def notices(self) -> int:
        """How many boxes there are to read before it is sent."""
        boxes = (self.bad_times, self.left_out, self.taken, self.fold)
        return len(self.shifts) + sum(1 for each in boxes if each)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another slot; ``value`` is sent back as the field `alternative`.

    For a series ``weeks`` of ``total`` dates are free then; ``total`` of 0 says that all of them are.
    """

    value: str
    span: Span
    rooms: tuple[str, ...] = ()
    weeks: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Clash:
    """What stands in the way, ``more`` times beside those shown, and the nearest slots that are free.

    Other ways on are sent as the field `on_clash`: `skip` books the ``free`` dates of a series without the rest (not
    offered for 0), `wait` joins the waiting list.
    """

    obstacles: tuple[Obstacle, ...]
    alternatives: tuple[Alternative, ...]
    more: int = 0
    free: int = 0
    may_wait: bool = False


@dataclass(frozen=True, slots=True)
class BookingPage:
    """The form, empty, filled in, refused or beaten to the slot; it keeps everything that was typed.

    ``errors`` maps a field to its sentence; the key "" is for what belongs to no field. ``key`` is the
    idempotency key of this form.
    """

    template: ClassVar[str] = "new_lesson.html"

    own: Side
    partners: tuple[tuple[str, Side], ...]
    zones: tuple[str, ...]
    key: str
    values: BookingValues = field(default_factory=BookingValues)
    errors: Mapping[str, str] = field(default_factory=dict)
    partner: Side | None = None
    own_rooms: tuple[RoomChoice, ...] = ()
    own_kit: tuple[KitChoice, ...] = ()
    partner_rooms: tuple[RoomChoice, ...] = ()
    partner_kit: tuple[KitChoice, ...] = ()
    partner_teachers: tuple[Choice, ...] = ()
    preview: Preview | None = None
    clash: Clash | None = None


@dataclass(frozen=True, slots=True)
class PreviewFragment:
    """The preview alone, for an htmx request; ``zone`` is the reader's."""

    template: ClassVar[str] = "fragments/preview.html"

    values: BookingValues
    preview: Preview | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartnerFragment:
    """The partner's half of the form alone, for an htmx request."""

    template: ClassVar[str] = "fragments/partner.html"

    values: BookingValues
    partner: Side | None
    partner_rooms: tuple[RoomChoice, ...] = ()
    partner_kit: tuple[KitChoice, ...] = ()
    partner_teachers: tuple[Choice, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
