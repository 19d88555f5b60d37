"""Finding a time that suits people and rooms of several places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from vclass.core.spans import Span
from vclass.web.pages.contexts.booking import RoomChoice
from vclass.web.pages.contexts.parts import BadTime, Shift, Side
from vclass.web.slot_axis import SlotAxis

Why: TypeAlias = Literal["holiday", "day_off", "out_of_term", "outside_hours", "busy", "worked_holiday", "unknown"]


@dataclass(frozen=True, slots=True)
class SlotValues:
    """What was typed; ``repeat`` is `once` or `weekly`, ``places`` maps an institution's id to `any` or a room's id.

    The fields are named alike, a place `place-ID`.
    """

    people: str = ""
    minutes: str = "90"
    first: str = ""
    last: str = ""
    repeat: str = "weekly"
    weeks: str = "14"
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """An institution whose rooms may be wanted."""

    id: str
    side: Side
    rooms: tuple[RoomChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Comfort:
    """How gentle a time is for one side: by how many minutes it lies outside of 08:00 to 18:00 there, in any week."""

    side: Side
    minutes: int

    @property
    def pips(self) -> int:
        """Five for the middle of the day, one for the night."""
        return 5 - sum(self.minutes > limit for limit in (0, 60, 120, 240))


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody, or a room, that a slot must do without; ``name`` is the holiday's, where it has one."""

    who: str
    why: Why = "busy"
    name: str = ""


@dataclass(frozen=True, slots=True)
class OddWeek:
    """A week of a weekly slot in which somebody or something is missing; without a ``span`` clocks skip its start."""

    number: int
    span: Span | None
    works: bool
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundSlot:
    """A slot: the first meeting's ``span``; for a weekly one ``works`` of ``weeks`` weeks.

    ``missing`` are those who can never come; ``others`` of the page give the local times. ``take`` is what the booking
    form gets as its field `slot`.
    """

    span: Span
    take: str
    comfort: tuple[Comfort, ...] = ()
    rooms: tuple[str, ...] = ()
    works: int = 1
    weeks: int = 1
    missing: tuple[Missing, ...] = ()
    odd: tuple[OddWeek, ...] = ()
    shifts: tuple[Shift, ...] = ()
    bad_times: tuple[BadTime, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotsPage:
    """The form, and the slots it found, the best first; ``slots`` is None before anything was asked.

    The form posts to `/slots`. ``axis`` was made of the slots' spans, for the own side and the first of ``others``.
    ``carried`` are fields of the booking form that were typed before: they go along, as `with-NAME`, and back.
    ``guests`` are addresses of whom nothing is known.
    """

    template: ClassVar[str] = "slots.html"

    own: Side
    places: tuple[PlaceChoice, ...]
    values: SlotValues = field(default_factory=SlotValues)
    errors: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Side, ...] = ()
    slots: tuple[FoundSlot, ...] | None = None
    axis: tuple[SlotAxis, ...] = ()
    carried: Mapping[str, str] = field(default_factory=dict)
    guests: tuple[str, ...] = ()
