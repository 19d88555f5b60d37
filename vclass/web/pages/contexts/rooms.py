"""The list of rooms."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from vclass.web.pages.contexts.parts import Side


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room that the reader may book or see; ``path`` leads to its day and week."""

    id: str
    name: str
    kind: Literal["hall", "virtual"]
    seats: int
    shared: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class RoomGroup:
    """One institution's rooms; ``kit`` is its equipment, counted."""

    side: Side
    rooms: tuple[RoomRow, ...]
    kit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomsPage:
    """Own rooms first, then those that partners share. ``manage`` is the path for who administers some."""

    template: ClassVar[str] = "rooms.html"

    groups: tuple[RoomGroup, ...]
    manage: str = ""
