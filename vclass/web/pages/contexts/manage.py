"""Administering rooms and kit: lists, forms, what is closed, and who has what."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.booking import Choice
from vclass.web.pages.contexts.parts import Side


@dataclass(frozen=True, slots=True)
class ManagedRoom:
    """A room in the list; ``retired`` says that it can't be booked any more, ``opening`` that it has opening hours."""

    id: str
    name: str
    kind: Literal["hall", "virtual"]
    seats: int
    shared: bool = False
    approval: bool = False
    opening: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ManagedKit:
    """Equipment or licences in the list; ``out`` pieces are handed out now."""

    id: str
    name: str
    kind: Literal["equipment", "licence"]
    quantity: int
    out: int = 0
    shared: bool = False
    approval: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ManagePage:
    """Rooms and kit of one institution, `/rooms/manage`. ``overdue`` counts kit that should be back."""

    template: ClassVar[str] = "manage.html"

    side: Side
    rooms: tuple[ManagedRoom, ...] = ()
    kit: tuple[ManagedKit, ...] = ()
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A row of the opening hours as typed: ``weekday`` is `MO` to `SU`, `MO-FR` for five days, or "" for none.

    ``since`` and ``until`` are dates between which alone it holds, or "".
    """

    weekday: str = ""
    opens: str = ""
    closes: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class RoomValues:
    """A room as typed; the names are those of the form fields.

    ``features`` has one on each line. A row of ``hours`` is sent as the fields `weekday`, `opens`, `closes`, `since`
    and `until`, which come as often as there are rows. ``approval`` is `none` or `required`, ``shared`` "" or `yes`.
    """

    name: str = ""
    kind: str = "hall"
    zone: str = ""
    seats: str = ""
    place: str = ""
    features: str = ""
    approval: str = "none"
    answer_hours: str = "72"
    shared: str = ""
    setup_minutes: str = "0"
    teardown_minutes: str = "0"
    horizon_days: str = ""
    longest_minutes: str = ""
    camera: str = ""
    microphone: str = ""
    uplink: str = ""
    contact: str = ""
    hours: tuple[HoursRow, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomFormPage:
    """A room's form, new without an ``id``: it posts to `/rooms/manage/rooms` or `/rooms/manage/rooms/ID`.

    ``version`` is sent back as the field of that name. A picture is sent as the file `photo` to `.../ID/photo`, and
    removed by `.../ID/photo/remove`; ``photo`` is the path of the present one. `.../ID/retire` and `.../ID/revive` take
    a room out of use and back. ``errors`` maps a field to its sentence, `hours-NUMBER` a row, `retire` the button that
    takes it out of use, "" the whole; ``name`` is the present name, whatever was typed. `?rows=more` asks for more rows
    of hours and saves nothing.
    """

    template: ClassVar[str] = "room_form.html"

    side: Side
    zones: tuple[str, ...]
    values: RoomValues = field(default_factory=RoomValues)
    errors: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    name: str = ""
    version: str = ""
    photo: str = ""
    retired: bool = False
    bookings: int = 0


@dataclass(frozen=True, slots=True)
class KitValues:
    """Equipment or licences as typed; the names are those of the form fields."""

    name: str = ""
    kind: str = "equipment"
    quantity: str = "1"
    features: str = ""
    approval: str = "none"
    answer_hours: str = "72"
    shared: str = ""
    setup_minutes: str = "0"
    teardown_minutes: str = "0"
    horizon_days: str = ""
    longest_minutes: str = ""


@dataclass(frozen=True, slots=True)
class KitFormPage:
    """The form of equipment, like that of a room: `/rooms/manage/kit` and `/rooms/manage/kit/ID`."""

    template: ClassVar[str] = "kit_form.html"

    side: Side
    values: KitValues = field(default_factory=KitValues)
    errors: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    name: str = ""
    version: str = ""
    retired: bool = False
    bookings: int = 0


@dataclass(frozen=True, slots=True)
class BlockingLine:
    """What is blocked, and why."""

    id: str
    what: tuple[str, ...]
    span: Span
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ClosureLine:
    """Days on which the institution is closed, or a term of this name; the last day is included."""

    id: str
    first: dt.date
    last: dt.date
    reason: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Displaced:
    """A booking in the way of a blocking: it would lose its room. ``id`` is sent back as a field `way`."""

    title: str
    span: Span
    by: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class BlockingForm:
    """A blocking as typed, by its fields; `what` comes as often as there are rooms and kit.

    ``in_the_way`` are bookings that it would displace; the button `displace` with `yes` says so be it.
    """

    what: tuple[str, ...] = ()
    first_date: str = ""
    first_time: str = "08:00"
    last_date: str = ""
    last_time: str = "18:00"
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    in_the_way: tuple[Displaced, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosureForm:
    """A closure as typed, or a term whose name is its reason: the fields `first_day`, `last_day`, `reason`."""

    first_day: str = ""
    last_day: str = ""
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """A public holiday to come; people may work on it all the same."""

    date: dt.date
    name: str
    worked: bool = False


@dataclass(frozen=True, slots=True)
class RegionForm:
    """The public holidays to come, and the region whose own are among them; it posts to `/rooms/manage/region`."""

    region: str = ""
    version: str = ""
    regions: tuple[Choice, ...] = ()
    holidays: tuple[HolidayLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ManageClosedPage:
    """Blockings, closures and terms, `/rooms/manage/closed`.

    Forms post to `/rooms/manage/blockings`, `/rooms/manage/closures` and `/rooms/manage/terms`, and to `.../ID/end` to
    end one. Times are on the clock of ``zone``.
    """

    template: ClassVar[str] = "manage_closed.html"

    side: Side
    zone: str
    resources: tuple[Choice, ...]
    blockings: tuple[BlockingLine, ...] = ()
    closures: tuple[ClosureLine, ...] = ()
    terms: tuple[ClosureLine, ...] = ()
    blocking: BlockingForm = field(default_factory=BlockingForm)
    closure: ClosureForm = field(default_factory=ClosureForm)
    term: ClosureForm = field(default_factory=ClosureForm)
    overdue: int = 0
    region: RegionForm = field(default_factory=RegionForm)
    may_record: bool | None = None


@dataclass(frozen=True, slots=True)
class HandOut:
    """Kit that somebody may fetch for a booking that is near, from ``opens`` on; ``waits_for`` has it still."""

    booking: str
    resource: str
    kit: str
    quantity: int
    holder: str
    title: str
    starts: Instant
    opens: Instant = 0
    room: str = ""
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class InCustody:
    """Kit that is out: who has it and where, when it is due, and who needs it next."""

    id: str
    kit: str
    quantity: int
    holder: str
    whereabouts: str
    due: Instant
    overdue: bool = False
    next_holder: str = ""
    next_at: Instant = 0


@dataclass(frozen=True, slots=True)
class CustodyPage:
    """Who has what, `/rooms/manage/custody`: each line is settled with one press.

    Forms post to `/rooms/manage/custody` (fields `booking`, `resource`, `quantity`, `whereabouts`) to hand out, and to
    `/rooms/manage/custody/ID/return` (field `note`) to take back.
    """

    template: ClassVar[str] = "custody.html"

    side: Side
    hand_out: tuple[HandOut, ...] = ()
    out: tuple[InCustody, ...] = ()
    overdue: int = 0
