"""What a calendar is told, as values: the lesson's timetable, and all around it for one attendee."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from schedules.partstats import Partstat
from schedules.recurrence import Occurrence, Rule
from vclass.core.zones import Instant, WallTime

__all__ = ["Attendee", "Instance", "Invitation", "Method", "Organizer", "Timetable"]

Method: TypeAlias = Literal["REQUEST", "CANCEL", "DECLINECOUNTER"]


@dataclass(frozen=True, slots=True)
class Organizer:
    """Who the calendar answers to: the lesson's own address, and the name of the service and the teacher."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Attendee:
    """The one person whom a calendar object is for.

    Attributes:
        address: a mail address.
        name: shown name; may be empty.
        role: `CHAIR` for a teacher.
        rsvp: whether we read answers; clients show buttons only then, and let people propose other times.
        partstat: what was answered, as long as it holds.
    """

    address: str
    name: str
    role: Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT"] = "REQ-PARTICIPANT"
    rsvp: bool = False
    partstat: Partstat = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True)
class Instance(Occurrence):
    """An occurrence as a calendar shows it, and what it is known by there.

    `recurrence` is the wall start that the rule gives it; `starts` and `ends` are the present ones.

    Attributes:
        published_start: the start under which calendars first heard of it, which stays its RECURRENCE-ID where each
            date is an event of its own; None as long as it is where it was published.
        summary: its own title; None where it is the lesson's, as with the next two.
        description: its own text.
        location: the names of its own rooms.
        partstat: what was answered to it alone.
    """

    published_start: Instant | None = None
    summary: str | None = None
    description: str | None = None
    location: str | None = None
    partstat: Partstat | None = None

    @property
    def known_by(self) -> Instant:
        return self.starts if self.published_start is None else self.published_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When a lesson is.

    Attributes:
        zone: the anchor zone.
        start: the wall start of the series, also where its first date is excepted.
        minutes: how long an occurrence lasts unless it says otherwise.
        rule: how it repeats; None for a single lesson.
        occurrences: those that take place; dates of the rule that are missing here are left out.
    """

    zone: str
    start: WallTime
    minutes: int
    rule: Rule | None = None
    occurrences: tuple[Instance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation(Timetable):
    """All that one attendee's calendar is told of a lesson.

    Attributes:
        uid: the lesson's, the same for life and for all attendees.
        sequence: rises with each change of time, rule or status, also of one occurrence alone.
        dtstamp: when this revision was made; rises with each revision.
        organizer: the lesson's own address and name.
        attendee: the reader.
        summary: the title.
        description: the text under the join link; may be empty.
        location: names of the rooms; may be empty.
        url: the reader's personal join link.
        status: CONFIRMED or TENTATIVE; a cancellation says CANCELLED whatever stands here.
        transparent: whether the time stays free in the reader's calendar.
    """

    uid: str
    sequence: int
    dtstamp: Instant
    organizer: Organizer
    attendee: Attendee
    summary: str
    description: str = ""
    location: str = ""
    url: str
    status: Literal["CONFIRMED", "TENTATIVE"] = "CONFIRMED"
    transparent: bool = False
