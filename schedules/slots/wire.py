"""Bodies of the slot finder's API."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from schedules.slots.model import MOST_PEOPLE, MOST_WEEKS
from schedules.slots.timetable import Why
from schedules.wire import Email, EquipmentWish, FlagView, Guest, Minutes, Repeat, ShiftView

Kind: TypeAlias = Literal["person", "institution", "room", "equipment", "quota"]
Cause: TypeAlias = Why | Literal["quota"]


class SlotQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Who should meet, where, for how long, and between when.

    ``from`` and ``to`` are instants (RFC 3339) or dates in ``zone``, the last one included; ``zone`` is that of your
    institution unless given. A lesson with ``weekly_for`` weeks begins within the first seven days. Without ``people``
    it is about you; it can do without those in ``optional``. It needs all of ``rooms``, any one hall of each of
    ``institutions`` with so many seats (``capacity``) and all ``features``, and all ``equipment``.
    """

    minutes: Minutes
    from_: str
    to: str
    people: Annotated[tuple[Email, ...], msgspec.Meta(max_length=MOST_PEOPLE)] = ()
    optional: Annotated[tuple[Email, ...], msgspec.Meta(max_length=MOST_PEOPLE)] = ()
    rooms: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()
    institutions: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()
    equipment: Annotated[tuple[EquipmentWish, ...], msgspec.Meta(max_length=20)] = ()
    weekly_for: Annotated[int, msgspec.Meta(ge=1, le=MOST_WEEKS)] | None = None
    zone: str | None = None
    capacity: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    features: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(max_length=40)] = ()


class ReasonView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why somebody cannot come, or it can't be booked: ``name`` is a holiday's, ``until`` when it ends, if known."""

    why: Cause
    name: str = ""
    until: str | None = None


class SideView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An institution that takes part: what its clocks show, and by how many minutes that lies outside of 08:00-18:00.

    For a weekly lesson ``comfort`` is the worst of all weeks. ``reasons`` say why the house itself is shut.
    """

    institution: str
    name: str
    zone: str
    local: str
    comfort: int
    reasons: tuple[ReasonView, ...] = ()


class PersonView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who should come: what the clock shows there, and whether and why not; never what keeps them busy."""

    email: str
    required: bool
    zone: str
    local: str
    comfort: int
    comes: bool
    name: str = ""
    reasons: tuple[ReasonView, ...] = ()


class RoomsView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rooms of an institution that are free, in every week that works: one of them is needed.

    ``room`` is the one that was asked for, where it was a certain one.
    """

    institution: str
    free: tuple[str, ...]
    room: str | None = None


class KitView(msgspec.Struct, frozen=True):
    """Equipment that is needed, and whether there are as many left."""

    id: str
    quantity: int
    free: bool


class MissingView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who or what is missing: an address, or a name with its ``id``; ``instead`` are rooms that are free."""

    who: str
    kind: Kind
    id: str | None = None
    reasons: tuple[ReasonView, ...] = ()
    instead: tuple[str, ...] = ()


class WeekView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A week in which somebody or something is missing; without a ``start`` the clocks skip it."""

    number: int
    local: str
    works: bool
    start: str | None = None
    missing: tuple[MissingView, ...] = ()


class SlotLesson(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to send to ``/lessons``, with a title, to book a slot."""

    zone: str
    start: str
    minutes: int
    rooms: tuple[str, ...]
    equipment: tuple[EquipmentWish, ...]
    teachers: tuple[str, ...]
    attendees: tuple[Guest, ...]
    fold: int | None = None
    repeat: Repeat | None = None


class SlotView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A time, and what it is like for everybody; one that is ``complete`` can be booked as it stands.

    Of a weekly lesson this is the first week: it ``works`` in so many of ``of`` weeks, and ``weeks`` are those in which
    somebody or something is missing. ``flags`` are public holidays that it meets. ``lesson`` books all weeks that work;
    it is there if any does.
    """

    start: str
    end: str
    zone: str
    local: str
    complete: bool
    comfort: int
    sentence: str
    sides: tuple[SideView, ...]
    people: tuple[PersonView, ...]
    rooms: tuple[RoomsView, ...]
    equipment: tuple[KitView, ...]
    missing: tuple[MissingView, ...]
    fold: int | None = None
    works: int | None = None
    of: int | None = None
    weeks: tuple[WeekView, ...] | None = None
    shifts: tuple[ShiftView, ...] | None = None
    flags: tuple[FlagView, ...] = ()
    lesson: SlotLesson | None = None


class Note(msgspec.Struct, frozen=True):
    """What to know of one of the addresses."""

    email: str
    note: str


class SlotList(msgspec.Struct, frozen=True):
    """Times, the best first; where nothing suits everybody, the best partial answers."""

    slots: tuple[SlotView, ...]
    zone: str
    notes: tuple[Note, ...] = ()
