"""Parts that several pages show: an institution, a room, a lesson in a list, an unusual hour."""

from dataclasses import dataclass

from vclass.core.spans import Span
from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class Side:
    """An institution as pages show it: its code always stands beside its colour.

    ``hue`` is 1 to 8; partners of one lesson are at least two apart.
    """

    code: str
    name: str
    zone: str
    hue: int


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A booked room and what is in it: ``detail`` is a phrase such as `24 seats, document camera`."""

    side: Side
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """Lessons of a series that fall on another hour for one side, because clocks change at different dates.

    ``number`` lessons from ``first`` to ``last`` (starts) are at ``local`` instead of ``usual`` (`10:00`);
    ``total`` is the length of the series.
    """

    zone: str
    hue: int
    usual: str
    local: str
    first: Instant
    last: Instant
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class BadTime:
    """Lessons at a bad time for one side: on a holiday, at night, out of term.

    ``number`` lessons from ``first`` to ``last`` (starts) of ``total``; ``who`` is the house or the teacher, ``detail``
    the holiday's name or the time there, ``why`` a ``FlagReason`` of lessons.
    """

    who: str
    zone: str
    why: str
    detail: str
    first: Instant
    last: Instant
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class LessonCard:
    """One lesson in a list.

    ``state`` is a booking's state, or `moved`, `open`, `closed`. ``others`` are the sides but the reader's.
    ``enter`` is the path of the reader's own personal link, or "" for who isn't invited.
    """

    id: str
    title: str
    span: Span
    state: str
    others: tuple[Side, ...]
    rooms: tuple[RoomLine, ...] = ()
    note: str = ""
    door_opens: Instant = 0
    enter: str = ""
