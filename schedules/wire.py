"""Bodies of the lesson API: names and shapes of the contract, nothing else."""

import datetime as dt
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Description = Annotated[str, msgspec.Meta(max_length=4000)]
Minutes = Annotated[int, msgspec.Meta(ge=5, le=1440, multiple_of=5)]
Email = Annotated[str, msgspec.Meta(max_length=254)]
Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FoldNumber = Literal[0, 1]
OnClash = Literal["refuse", "skip", "wait"]
Closures: TypeAlias = Literal["skip", "ignore"]
"""Whether days on which an institution involved is closed, or between terms, are left out."""
Scope: TypeAlias = Literal["this", "following"]


class Repeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a lesson repeats: by ``count``, or ``until`` a last date in the anchor zone, inclusive."""

    every: Literal["day", "week", "month"]
    interval: Annotated[int, msgspec.Meta(ge=1, le=800)] = 1
    weekdays: tuple[Weekday, ...] = ()
    count: Annotated[int, msgspec.Meta(ge=1, le=366)] | None = None
    until: dt.date | None = None
    except_: tuple[dt.date, ...] = msgspec.field(default=(), name="except")


class EquipmentWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of an equipment pool."""

    id: str
    quantity: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1


class Guest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to invite; an address that is not yet a person is invited as a guest."""

    email: Email
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""


class NewLesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson to book; ``start`` is a wall time in ``zone``.

    It takes the time of its teachers, unless it is ``transparent``; yours if you are among them or nobody is named.
    With ``minors`` in it, its sound and pictures go through the installation's relay alone, where there is one.
    """

    title: Title
    zone: str
    start: str
    minutes: Minutes
    teachers: Annotated[tuple[Email, ...], msgspec.Meta(max_length=20)] = ()
    rooms: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()
    equipment: Annotated[tuple[EquipmentWish, ...], msgspec.Meta(max_length=20)] = ()
    attendees: Annotated[tuple[Guest, ...], msgspec.Meta(max_length=200)] = ()
    fold: FoldNumber | None = None
    repeat: Repeat | None = None
    on_clash: OnClash = "refuse"
    description: Description = ""
    transparent: bool = False
    minors: bool = False
    closures: Closures = "skip"


class LessonPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shall be different; what is left out stays."""

    title: Title | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    start: str | UnsetType = UNSET
    minutes: Minutes | UnsetType = UNSET
    teachers: Annotated[tuple[Email, ...], msgspec.Meta(max_length=20)] | UnsetType = UNSET
    rooms: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] | UnsetType = UNSET
    equipment: Annotated[tuple[EquipmentWish, ...], msgspec.Meta(max_length=20)] | UnsetType = UNSET
    attendees: Annotated[tuple[Guest, ...], msgspec.Meta(max_length=200)] | UnsetType = UNSET
    fold: FoldNumber | UnsetType | None = UNSET
    repeat: Repeat | UnsetType | None = UNSET
    description: Description | UnsetType = UNSET
    transparent: bool | UnsetType = UNSET
    minors: bool | UnsetType = UNSET
    closures: Closures | UnsetType = UNSET


class AddedMeeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A date of the rule that was left out, skipped or cancelled, and shall take place after all.

    What is left out is as with the others; ``start`` may be another one.
    """

    recurrence: str
    start: str | UnsetType = UNSET
    minutes: Minutes | UnsetType = UNSET
    fold: FoldNumber | UnsetType | None = UNSET
    rooms: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] | UnsetType = UNSET
    equipment: Annotated[tuple[EquipmentWish, ...], msgspec.Meta(max_length=20)] | UnsetType = UNSET
    closures: Closures | UnsetType = UNSET


class RoomSwap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two lessons that exchange rooms: at all their coming meetings, or at one of each, named by ``recurrences``."""

    lessons: tuple[str, str]
    recurrences: tuple[str, str] | None = None


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a series changes: this meeting alone, or it and all that follow."""

    scope: Scope = "this"


class CancelWhich(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a series is cancelled, and why; everyone is told."""

    scope: Scope = "this"
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Cancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a lesson is cancelled; everyone is told."""

    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Which lessons: in a span of instants, RFC 3339; 370 days at most. Left out: from yesterday on."""

    from_: str | None = None
    to: str | None = None
    cursor: str | None = None


class OfLesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which lesson."""

    lesson: str
    cursor: str | None = None


class OccurrenceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One meeting; ``recurrence`` is its original wall start in the anchor zone.

    ``rooms`` names those it has instead of the lesson's, ``reason`` why it was cancelled or refused, or why a yes came
    too late for it. ``hold_until`` is when a ``held`` one is let go if it isn't decided.
    """

    id: str
    recurrence: str
    start: str
    end: str
    state: str
    reason: str | None = None
    rooms: tuple[str, ...] | None = None
    hold_until: str | None = None


class WeekView(msgspec.Struct, frozen=True):
    """An occurrence at an unusual hour for a partner."""

    recurrence: str
    local: str


class ShiftView(msgspec.Struct, frozen=True):
    """What the lesson looks like on a partner's clock."""

    zone: str
    usual: str
    weeks: tuple[WeekView, ...]
    sentence: str


class FlagView(msgspec.Struct, frozen=True):
    """Meetings at a bad time for one side: outside of its working hours, on a holiday, out of term."""

    partner: str
    zone: str
    reason: str
    detail: str
    weeks: tuple[WeekView, ...]
    sentence: str


class ResourceView(msgspec.Struct, frozen=True):
    """A room or an equipment pool of the lesson."""

    id: str
    name: str
    kind: str
    quantity: int
    zone: str
    institution: str


class InviteeView(msgspec.Struct, frozen=True):
    """An invited person, as far as the reader may see."""

    email: str
    name: str


class ClashView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a resource can't be had at one occurrence.

    ``until`` is when what stands there is over, as it is now; without it, it won't be. ``by`` says what stands there:
    a lesson's title, a blocking's reason, a rule of the room, a spent quota, or "busy" where the reader may not know.
    Where there are too few pieces, ``free`` of the ``wanted`` ones are left.
    """

    recurrence: str
    resource: str
    start: str
    end: str
    reason: str
    name: str = ""
    until: str | None = None
    by: str | None = None
    free: int | None = None
    wanted: int | None = None


class AlternativeView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What would be granted if it were sent instead of the same fields, the rest as it was sent.

    A start at which everything is free, with the rooms that are; with ``on_clash`` a new lesson without the dates that
    are taken (``skip``) or on the waiting list (``wait``). Where they are given: another length, other kit, other
    teachers. After a swap, ``lesson`` is the one to change like that, or its meeting ``recurrence`` alone.
    """

    start: str
    rooms: tuple[str, ...]
    on_clash: OnClash = "refuse"
    minutes: int | None = None
    equipment: tuple[EquipmentWish, ...] | None = None
    teachers: tuple[str, ...] | None = None
    lesson: str | None = None
    recurrence: str | None = None

    @property
    def plain(self) -> bool:
        """Whether it has another time or other rooms, and is like the rest otherwise."""
        return self.on_clash == "refuse" and (self.minutes, self.equipment, self.teachers) == (None, None, None)


class SkippedView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A date on which the lesson doesn't meet, since something was taken, or an institution is closed."""

    recurrence: str
    reason: str
    detail: str = ""
    resource: str | None = None


class HouseView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an institution has said of the dates that are still open.

    So many are ``pending``; the first of them can be answered ``until`` then. It said yes to all where none is.
    """

    institution: str
    name: str
    pending: int
    until: str | None = None


class LostView(msgspec.Struct, frozen=True):
    """A date that was approved too late and stays open.

    ``reason`` is why, ``clashes`` is what stands in its way now, ``alternatives`` are starts and rooms for it alone,
    looked for where it is among the first 20.
    """

    recurrence: str
    start: str
    end: str
    reason: str
    clashes: tuple[ClashView, ...]
    alternatives: tuple[AlternativeView, ...]


class LostDates(msgspec.Struct, frozen=True):
    """The dates of a lesson that were approved too late."""

    lost: tuple[LostView, ...]


class LessonView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lesson as its reader may see it."""

    id: str
    uid: str
    sequence: int
    state: str
    title: str
    description: str
    zone: str
    start: str
    minutes: int
    institution: str
    occurrences: tuple[OccurrenceView, ...]
    shifts: tuple[ShiftView, ...]
    rooms: tuple[ResourceView, ...]
    equipment: tuple[ResourceView, ...]
    teachers: tuple[InviteeView, ...]
    attendees: tuple[InviteeView, ...] | None = None
    fold: int | None = None
    repeat: Repeat | None = None
    reason: str = ""
    transparent: bool = False
    minors: bool = False
    continues: str | None = None
    skipped: tuple[SkippedView, ...] = ()
    flags: tuple[FlagView, ...] = ()
    approvals: tuple[HouseView, ...] = ()


class PlannedView(msgspec.Struct, frozen=True):
    """A meeting that is not booked yet, and the state that it would have; ``clash`` if it can't be."""

    recurrence: str
    start: str
    end: str
    state: str


class ApprovalNeeded(msgspec.Struct, frozen=True):
    """An institution whose approval some room needs."""

    institution: str
    name: str


class LessonPreview(msgspec.Struct, frozen=True):
    """What a new lesson would be like; nothing of it is booked."""

    zone: str
    occurrences: tuple[PlannedView, ...]
    shifts: tuple[ShiftView, ...]
    flags: tuple[FlagView, ...]
    clashes: tuple[ClashView, ...]
    alternatives: tuple[AlternativeView, ...]
    skipped: tuple[SkippedView, ...]
    approvals: tuple[ApprovalNeeded, ...]


class LessonList(msgspec.Struct, frozen=True):
    """Some lessons in order of their first meeting; ``cursor`` asks for the next ones."""

    lessons: tuple[LessonView, ...]
    cursor: str | None = None


class Swapped(msgspec.Struct, frozen=True):
    """Both lessons after they exchanged rooms."""

    lessons: tuple[LessonView, LessonView]


class InvitationView(msgspec.Struct, frozen=True):
    """One mail to one attendee: what it said, how it went, and what the attendee's answer comes to now.

    ``recurrence`` names the one meeting that it is about; empty for the whole lesson. ``at`` is when it came to its
    ``state``; whether a mail was read nobody knows. ``answer`` is a PARTSTAT (RFC 5545 section 3.2.12).
    """

    id: str
    email: str
    name: str
    method: str
    news: str
    sequence: int
    dtstamp: str
    recurrence: str
    state: Literal["waiting", "sent", "dead", "bounced"]
    tries: int
    at: str
    error: str | None = None
    answer: str = "NEEDS-ACTION"
    answered_at: str | None = None


class AnswerView(msgspec.Struct, frozen=True):
    """One answer of an attendee, to the whole or to the meeting of a ``recurrence``.

    ``asked`` waits for the attendee's word, ``disowned`` was none of theirs, ``old-time`` is to a time that changed.
    """

    email: str
    recurrence: str
    answer: str
    at: str
    source: Literal["mail", "page", "teacher"]
    sequence: int
    state: Literal["counted", "asked", "disowned", "old-time"]
    comment: str
    delegated_to: str
    sender: str


class InvitationList(msgspec.Struct, frozen=True):
    """Mails of one lesson, oldest first; ``cursor`` asks for the next ones. The first page has all ``answers``."""

    invitations: tuple[InvitationView, ...]
    cursor: str | None = None
    answers: tuple[AnswerView, ...] = ()
