"""Changing one date of a series: another time, another room, or none; and who is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.booking import Clash
from vclass.web.pages.contexts.lesson import MoveForm
from vclass.web.pages.contexts.parts import Shift, Side

Change: TypeAlias = Literal["move", "room", "cancel"]
Scope: TypeAlias = Literal["this", "following", "all"]


@dataclass(frozen=True, slots=True)
class RoomOption:
    """A room to take instead; ``free`` says whether it is free for all dates of the scope."""

    id: str
    name: str
    seats: int
    free: bool = True
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class RoomSwap:
    """One side's room: ``now`` is booked ("" for none), ``chosen`` is typed into the field `room-NUMBER`.

    NUMBER counts the swaps of the page from 0.
    """

    side: Side
    now: str
    chosen: str
    options: tuple[RoomOption, ...]


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What would be: ``number`` dates change, ``before`` and ``after`` are the first of them.

    ``after`` is None where nothing takes place; ``rooms`` pairs an old room with a new one. ``told`` are names of who
    gets a mail, ``more_told`` how many there are beside. ``fold`` holds both instants of a start that exists twice.
    """

    before: Span
    after: Span | None
    number: int = 1
    last: Instant = 0
    rooms: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ()
    more_told: int = 0
    shifts: tuple[Shift, ...] = ()
    fold: tuple[Instant, Instant] | None = None
    taken: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class OccurrencePage:
    """The form for one date, `/lessons/LESSON/occurrences/RECURRENCE?change=move|room|cancel`.

    It posts to the same address with `/move`, `/room` or `/cancel` behind it, and `/preview` for the preview alone
    (field `change` says of what). ``following`` counts this date and those after it, ``total`` all that are to come.
    A ``clash`` offers other slots (field `alternative`); everything typed is kept.
    """

    template: ClassVar[str] = "occurrence.html"

    lesson: str
    version: str
    title: str
    recurrence: str
    state: str
    span: Span
    own: Side
    others: tuple[Side, ...]
    change: Change
    following: int
    total: int
    scope: Scope = "this"
    zones: tuple[str, ...] = ()
    move: MoveForm = field(default_factory=MoveForm)
    swaps: tuple[RoomSwap, ...] = ()
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    preview: ChangePreview | None = None
    clash: Clash | None = None


@dataclass(frozen=True, slots=True)
class ChangePreviewFragment:
    """The preview alone, for an htmx request."""

    template: ClassVar[str] = "fragments/change_preview.html"

    own: Side
    others: tuple[Side, ...]
    preview: ChangePreview | None = None
    fold: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
