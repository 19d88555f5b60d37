"""The page of one lesson or series."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.answers import AnswersCard
from vclass.web.pages.contexts.booking import Preview
from vclass.web.pages.contexts.parts import BadTime, RoomLine, Shift, Side

MailState: TypeAlias = Literal["queued", "sent", "delivered", "failed", "none"]


@dataclass(frozen=True, slots=True)
class OccurrenceLine:
    """One date of a series; ``shifted`` are the zones for which it is at an unusual hour.

    ``recurrence`` names it in addresses (`2026-10-06T10:00`); without one it cannot be changed alone. ``before`` is
    the time that it had before it moved, ``hold_until`` when its claims expire.
    """

    span: Span
    state: str
    shifted: frozenset[str] = frozenset()
    recurrence: str = ""
    before: Span | None = None
    hold_until: Instant = 0


@dataclass(frozen=True, slots=True)
class SkippedDate:
    """A date that the rule of the series names but that was left out; ``reason`` says why, as far as is known."""

    recurrence: str
    span: Span
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HouseLine:
    """A house that was asked: until when it has to answer, or 0 if it has said yes to all that is open."""

    side: Side
    until: Instant = 0


@dataclass(frozen=True, slots=True)
class LostLine:
    """A date that was approved too late; without a ``recurrence`` it cannot be changed alone."""

    span: Span
    recurrence: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the lesson, the state of the last mail to them, and the tail of their personal link.

    ``link_tail`` is all that is shown of the link: its last four characters, or "" without a link. ``answer`` is a
    PARTSTAT, or "" for who isn't asked.
    """

    id: str
    name: str
    email: str
    role: Literal["organiser", "teacher", "attendee", "guest"]
    side: Side | None = None
    mail: MailState = "none"
    mail_at: Instant = 0
    mail_note: str = ""
    link_tail: str = ""
    removable: bool = True
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the lesson, as a sentence."""

    sentence: str
    at: Instant
    good: bool = True


@dataclass(frozen=True, slots=True)
class MoveForm:
    """The form that moves the lesson, as typed, with its preview."""

    zone: str = ""
    date: str = ""
    time: str = ""
    minutes: str = ""
    fold: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    preview: Preview | None = None
    opened: bool = False


@dataclass(frozen=True, slots=True)
class PersonForm:
    """The form that adds somebody, as typed."""

    name: str = ""
    email: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LessonPage:
    """Times, rooms, people and what can be changed.

    ``others`` are the sides but the reader's own. A ``series`` that meets each week on one weekday is ``weekly``.
    Who may not invite is not told of mails and links. ``version`` is the lesson's entity tag, sent back as the
    field `version` by every form. ``span`` is the open, next or last occurrence. ``enter`` is the path of the
    reader's own personal link, or "" for who isn't invited. The door is ``shut`` once nothing is to come. ``confirmed``
    dates can take place without those that are ``lost``. ``kit`` is the path at which equipment is handed out for that
    occurrence, "" where there is none. ``reason`` is why it was rejected, where somebody said so. ``answers`` are for
    those who may invite, ``own_answer`` is the reader's own (a PARTSTAT), "" for who isn't asked.
    """

    template: ClassVar[str] = "lesson.html"

    id: str
    version: str
    title: str
    state: str
    zone: str
    own: Side
    others: tuple[Side, ...]
    series: bool
    weekly: bool
    span: Span
    door_opens: Instant
    occurrences: tuple[OccurrenceLine, ...]
    shut: bool = False
    houses: tuple[HouseLine, ...] = ()
    lost: tuple[LostLine, ...] = ()
    confirmed: int = 0
    reason: str = ""
    description: str = ""
    minors: bool = False
    skipped: tuple[SkippedDate, ...] = ()
    shifts: tuple[Shift, ...] = ()
    bad_times: tuple[BadTime, ...] = ()
    rooms: tuple[RoomLine, ...] = ()
    people: tuple[PersonLine, ...] = ()
    sequence: int = 0
    events: tuple[Event, ...] = ()
    zones: tuple[str, ...] = ()
    may_change: bool = True
    may_invite: bool = True
    recordings: bool = False
    enter: str = ""
    kit: str = ""
    move: MoveForm = field(default_factory=MoveForm)
    person: PersonForm = field(default_factory=PersonForm)
    answers: AnswersCard | None = None
    own_answer: str = ""


@dataclass(frozen=True, slots=True)
class MovePreviewFragment:
    """The preview of a move alone, for an htmx request."""

    template: ClassVar[str] = "fragments/move_preview.html"

    move: MoveForm
