"""One room: its day or week as a grid, what is in it, and its rules."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.parts import Side
from vclass.web.room_grid import RoomGrid

MarkKind: TypeAlias = Literal["lesson", "held", "requested", "blocking", "busy"]
View: TypeAlias = Literal["day", "week"]


@dataclass(frozen=True, slots=True)
class RoomMark:
    """What takes the room, or is asked of it; ``title`` and ``href`` are "" where the reader may only know it is busy.

    ``note`` is who or why, ``other`` the partner of a joint lesson, ``until`` when a hold expires; ``setup`` and
    ``teardown`` are minutes.
    """

    span: Span
    kind: MarkKind
    title: str = ""
    note: str = ""
    href: str = ""
    other: Side | None = None
    until: Instant = 0
    setup: int = 0
    teardown: int = 0


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Hours that are the same on neighbouring weekdays: 0 is Monday; times are the room's wall times (`07:30`).

    ``since`` and ``until`` are the first and last day on which they hold, where they have one.
    """

    first: int
    last: int
    opens: str
    closes: str
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class RoomCard:
    """What is in a room and who may have it.

    ``approvers`` are names, empty for a room that needs no approval; ``opening`` is empty for one that is always open.
    Days, minutes and texts of 0 and "" are not told.
    """

    id: str
    name: str
    side: Side
    kind: Literal["hall", "virtual"]
    zone: str
    seats: int
    place: str = ""
    features: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()
    photo: str = ""
    camera: str = ""
    microphone: str = ""
    uplink: str = ""
    contact: str = ""
    approval: bool = False
    approvers: tuple[str, ...] = ()
    shared: bool = True
    opening: tuple[OpenHours, ...] = ()
    horizon_days: int = 0
    longest: int = 0
    setup: int = 0
    teardown: int = 0


@dataclass(frozen=True, slots=True)
class RoomPage:
    """A room's day or week, `/rooms/ID?date=2026-10-06&view=day|week`.

    ``marks`` are those that the grid was made of, in its order. ``previous``, ``next``, ``today``, ``as_day`` and
    ``as_week`` are paths, ``days`` that of each day of the grid; ``book`` begins the path of the booking form
    (`/lessons/new?room=ID`, "" for who may not book): the page adds `&date=...&time=...`. ``manage`` is the path of
    the room's form, ``notices`` are closures of these days, as sentences.
    """

    template: ClassVar[str] = "room.html"

    room: RoomCard
    view: View
    grid: RoomGrid
    marks: tuple[RoomMark, ...]
    previous: str
    next: str
    today: str
    as_day: str
    as_week: str
    days: tuple[str, ...]
    book: str = ""
    manage: str = ""
    notices: tuple[str, ...] = ()
