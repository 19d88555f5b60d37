"""Facts of a mail, as a row of the outbox keeps them, and the calendar object made of them at sending.

A new field has a default: rows may have been written before it was there.
"""

from typing import Literal

import msgspec

from schedules import ical
from schedules.ical import Instance, Invitation, Organizer
from schedules.partstats import Partstat
from schedules.recurrence import Rule
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime, local

MINUTE = 60
MailMethod = Literal["REQUEST", "CANCEL", "DECLINECOUNTER", ""]
"""Of the calendar object; a mail without one has none."""
News = Literal[
    "invited",
    "updated",
    "cancelled",
    "removed",
    "link",
    "moved-one",
    "changed-one",
    "cancelled-one",
    "cut",
    "ended",
    "continued",
    "withdrawn",
    "again",
    "counter-declined",
    "confirm",
    "reminder",
    "soon",
]
"""What a mail tells of.

``moved-one``, ``changed-one`` (its rooms) and ``cancelled-one`` are about one occurrence alone. ``cut`` ends a lesson
early, since the rest goes on as another one, and ``continued`` invites to that one; ``ended`` ends it for good.
``withdrawn`` takes out of calendars what an update alone would leave there. ``again`` says once more how all stands,
since somebody asked. ``counter-declined`` answers a proposal, and ``confirm`` asks whether an answer was the reader's.
``reminder`` and ``soon`` say again what was said, a day and a quarter of an hour before.
"""


class Place(msgspec.Struct, frozen=True):
    """A hall or virtual room of the lesson, with the clock on its wall and whose it is."""

    name: str
    kind: str
    zone: str
    city: str
    institution: str
    code: str
    hue: int


class Meeting(msgspec.Struct, frozen=True):
    """One occurrence of the lesson: its original wall start, which names it, and when and where it is now.

    ``published_start`` is the start under which calendars first heard of it. ``places`` is None where it meets in the
    rooms of the lesson, ``partstat`` where what the reader answered to the whole holds for it.
    """

    recurrence: str
    starts: Instant
    minutes: int
    published_start: Instant | None = None
    places: tuple[Place, ...] | None = None
    partstat: Partstat | None = None

    @property
    def span(self) -> Span:
        return self.starts, self.starts + MINUTE * self.minutes


class MailFacts(msgspec.Struct, frozen=True):
    """One mail to one attendee, before it is put into words.

    ``starts`` are instants in epoch seconds, those of ``meetings``: the occurrences that stand, or stood before the
    whole was cancelled. ``about`` holds those of which alone the mail tells; empty for the whole lesson. ``before`` is
    the start that the last mail told: of the lesson, or of the one occurrence. How a lesson that was ``cut`` goes on is
    ``unsure`` while that waits for approval. ``partstat`` is what the reader has answered; ``said`` the answer that is
    to be confirmed.
    """

    method: MailMethod
    news: News
    uid: str
    sequence: int
    dtstamp: Instant
    lesson: str
    title: str
    description: str
    zone: str
    start: str
    minutes: int
    fold: int | None
    rule: Rule | None
    starts: tuple[Instant, ...]
    address_token: str
    owner: str
    owner_email: str
    teachers: tuple[str, ...]
    places: tuple[Place, ...]
    attendee: str
    generation: int
    key_id: str
    email: str
    name: str
    teaches: bool
    attendee_zone: str
    language: str
    reason: str = ""
    before: Instant | None = None
    meetings: tuple[Meeting, ...] = ()
    about: tuple[Meeting, ...] = ()
    transparent: bool = False
    unsure: bool = False
    partstat: Partstat = "NEEDS-ACTION"
    said: Partstat = "NEEDS-ACTION"

    @property
    def standing(self) -> tuple[Meeting, ...]:
        """The occurrences in order of time."""
        found = self.meetings or tuple(Meeting(str(local(at, self.zone)), at, self.minutes) for at in self.starts)
        return tuple(sorted(found, key=lambda each: each.starts))


def calendar_object(facts: MailFacts, *, link: str, domain: str, rsvp: bool) -> bytes:
    """The iCalendar object of a mail, for its one reader.

    Args:
        facts: What the row of the outbox says.
        link: The reader's personal join link.
        domain: Right side of the lesson's own address.
        rsvp: Whether answers by mail are read.
    """
    invitation = Invitation(
        uid=facts.uid,
        sequence=facts.sequence,
        dtstamp=facts.dtstamp,
        organizer=Organizer(organizer_address(facts, domain), f"{', '.join(facts.teachers)} (vclass)"),
        attendee=ical.Attendee(
            facts.email, facts.name, "CHAIR" if facts.teaches else "REQ-PARTICIPANT", rsvp, facts.partstat
        ),
        summary=facts.title,
        description=facts.description,
        location=_location(facts.places),
        url=link,
        zone=facts.zone,
        start=WallTime.parse(facts.start),
        minutes=facts.minutes,
        rule=facts.rule,
        occurrences=tuple(map(_instance, facts.standing)),
        transparent=facts.transparent,
    )
    about = map(_instance, facts.about)
    if facts.method == "DECLINECOUNTER":
        return ical.decline_counter(invitation, *about)
    if facts.method == "CANCEL":
        return ical.cancel_occurrence(invitation, *about) if facts.about else ical.cancel(invitation)
    return ical.request_occurrence(invitation, *about) if facts.about else ical.request(invitation)


def organizer_address(facts: MailFacts, domain: str) -> str:
    """The lesson's own address: answers to it name the lesson (RFC 6047 section 2.2)."""
    return f"b-{facts.address_token}@{domain}"


def _instance(meeting: Meeting) -> Instance:
    starts, ends = meeting.span
    return Instance(
        WallTime.parse(meeting.recurrence),
        starts,
        ends,
        published_start=meeting.published_start,
        location=None if meeting.places is None else _location(meeting.places),
        partstat=meeting.partstat,
    )


def _location(places: tuple[Place, ...]) -> str:
    return "; ".join(f"{each.name}, {each.city}" for each in places)
