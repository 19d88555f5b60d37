"""REQUEST and CANCEL of a whole lesson for one attendee (RFC 5546 sections 3.2.2 and 3.2.5): values in, bytes out.

A single lesson is written in UTC, and so is a series of which one date is left. A series is written in its zone with
our VTIMEZONE, an RRULE with COUNT, and EXDATE; an occurrence that touches a change of clocks is written in UTC besides,
since clients read such times differently.
Where a zone or a rule has no form that all clients read alike, each occurrence is an event of its own in UTC, with the
same UID and the RECURRENCE-ID of its start.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from schedules import recurrence
from schedules.ical import writer
from schedules.ical.addresses import mailto
from schedules.ical.vtimezone import definition
from schedules.ical.writer import CalendarValueError, component, prop, text, uri, utc
from schedules.recurrence import Occurrence, Rule
from vclass.core import zones
from vclass.core.zones import Instant, WallTime

__all__ = ["Attendee", "Invitation", "Method", "Organizer", "cancel", "request"]

Method: TypeAlias = Literal["REQUEST", "CANCEL"]
Status: TypeAlias = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

PRODUCT: Final = "-//vclass//vclass//EN"
DAY: Final = 86400
LONGEST_NAME: Final = 100
BUSY: Final[dict[Status, str]] = {"CONFIRMED": "BUSY", "TENTATIVE": "TENTATIVE", "CANCELLED": "FREE"}


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
        rsvp: whether we read answers; clients show buttons only then.
    """

    address: str
    name: str
    role: Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT"] = "REQ-PARTICIPANT"
    rsvp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """All that one attendee's calendar is told of a lesson.

    Attributes:
        uid: the lesson's, the same for life and for all attendees.
        sequence: rises with each change of time, rule or status.
        dtstamp: when this revision was made.
        organizer: the lesson's own address and name.
        attendee: the reader.
        summary: the title.
        description: the text under the join link; may be empty.
        location: names of the rooms; may be empty.
        url: the reader's personal join link.
        zone: the anchor zone.
        start: the wall start of the series, also where its first date is excepted.
        minutes: how long each occurrence lasts.
        rule: how it repeats; None for a single lesson.
        occurrences: those that take place; dates of the rule that are missing here become EXDATE.
        status: CONFIRMED or TENTATIVE; a cancellation says CANCELLED whatever stands here.
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
    zone: str
    start: WallTime
    minutes: int
    rule: Rule | None = None
    occurrences: tuple[Occurrence, ...]
    status: Literal["CONFIRMED", "TENTATIVE"] = "CONFIRMED"


@dataclass(frozen=True, slots=True)
class _Series:
    """A series in the form that all clients read: its first wall start, a counted rule, what it leaves out."""

    zone: str
    start: WallTime
    rule: Rule
    left_out: tuple[WallTime, ...]
    timezone: tuple[str, ...]


def request(invitation: Invitation) -> bytes:
    """The object that invites, or that tells of a change.

    Raises:
        CalendarValueError: when a value of ours (a link, the occurrences) can't be published.
        AddressError: for an address that isn't one.
    """
    return _calendar("REQUEST", invitation)


def cancel(invitation: Invitation) -> bytes:
    """The object that takes the whole lesson out of the attendee's calendar; errors as for `request`."""
    return _calendar("CANCEL", invitation)


def _calendar(method: Method, invitation: Invitation) -> bytes:
    _check(invitation)
    series = _series(invitation)
    events = _as_series(method, invitation, series) if series else _one_by_one(method, invitation)
    header = [prop("PRODID", PRODUCT), prop("VERSION", "2.0"), prop("CALSCALE", "GREGORIAN"), prop("METHOD", method)]
    timezone = series.timezone if series else ()
    return writer.render(component("VCALENDAR", [*header, *timezone, *events]))


def _check(invitation: Invitation) -> None:
    occurrences = invitation.occurrences
    if not occurrences or list(occurrences) != sorted(occurrences, key=lambda found: found.starts):
        raise CalendarValueError(f"lesson {invitation.uid} needs occurrences in order of time")
    if any(found.ends - found.starts != 60 * invitation.minutes for found in occurrences):
        raise CalendarValueError(f"lesson {invitation.uid} has occurrences not of {invitation.minutes} minutes")


def _series(invitation: Invitation) -> _Series | None:
    """The series form, or None where each occurrence must stand alone in UTC."""
    rule, occurrences = invitation.rule, invitation.occurrences
    if rule is None or len(occurrences) == 1:
        return None
    walls = _walls(invitation, rule)
    kept = {occurrence.recurrence for occurrence in occurrences}
    left_out = tuple(wall for wall in walls if wall not in kept)
    timezone = definition(invitation.zone, occurrences[0].starts - DAY)
    if timezone is None or _is_misread(invitation, rule, left_out):
        return None
    counted = dataclasses.replace(rule, count=len(walls), until=None, except_=())
    return _Series(zones.canonical(invitation.zone), walls[0], counted, left_out, timezone)


def _walls(invitation: Invitation, rule: Rule) -> list[WallTime]:
    """The rule's wall starts from the first occurrence to the last."""
    recurrences = [occurrence.recurrence for occurrence in invitation.occurrences]
    walls = map(invitation.start.on, rule.dates(invitation.start.date))
    found = [wall for wall in walls if recurrences[0] <= wall <= recurrences[-1]]
    if not set(recurrences) <= set(found):
        raise CalendarValueError(f"lesson {invitation.uid} has occurrences that its rule doesn't give")
    return found


def _is_misread(invitation: Invitation, rule: Rule, left_out: Sequence[WallTime]) -> bool:
    """Whether clients are known to expand the series to other spans than RFC 5545 says.

    Outlook puts the 31st of a shorter month on its last day; libical doesn't find an EXDATE that the clocks skip;
    libical and ical.js give all occurrences the length of the first in seconds, taken over a change of clocks.
    """
    first = invitation.occurrences[0]
    return (
        bool(rule.months_without(invitation.start.date))
        or any(not isinstance(zones.resolve(wall, invitation.zone), int) for wall in left_out)
        or zones.touches_change(first.starts, first.ends, invitation.zone)
    )


def _as_series(method: Method, invitation: Invitation, series: _Series) -> Iterator[str]:
    zoned = (("TZID", series.zone),)
    ends = zones.local(invitation.occurrences[0].ends, series.zone)
    times = [
        prop("DTSTART", writer.local(series.start), zoned),
        prop("DTEND", writer.local(ends), zoned),
        prop("RRULE", recurrence.rrule(series.rule, series.start, series.zone)),
    ]
    if series.left_out:
        times.append(prop("EXDATE", ",".join(map(writer.local, series.left_out)), zoned))
    yield from _event(method, invitation, times)
    # RFC 5546 section 3.2.5: the UID without RECURRENCE-ID cancels every occurrence.
    for occurrence in invitation.occurrences if method == "REQUEST" else ():
        if zones.touches_change(occurrence.starts, occurrence.ends, series.zone):
            which = prop("RECURRENCE-ID", writer.local(occurrence.recurrence), zoned)
            yield from _event(method, invitation, [which, *_span(occurrence)])


def _one_by_one(method: Method, invitation: Invitation) -> Iterator[str]:
    # One event alone is the whole: with a RECURRENCE-ID it would only amend the series of an earlier mail.
    several = len(invitation.occurrences) > 1
    for occurrence in invitation.occurrences:
        which = [prop("RECURRENCE-ID", utc(occurrence.starts))] if several else []
        yield from _event(method, invitation, [*which, *_span(occurrence)])


def _span(occurrence: Occurrence) -> list[str]:
    return [prop("DTSTART", utc(occurrence.starts)), prop("DTEND", utc(occurrence.ends))]


def _event(method: Method, invitation: Invitation, times: Sequence[str]) -> list[str]:
    status: Status = "CANCELLED" if method == "CANCEL" else invitation.status
    return component(
        "VEVENT",
        [
            prop("UID", text(invitation.uid)),
            prop("DTSTAMP", utc(invitation.dtstamp)),
            prop("SEQUENCE", str(invitation.sequence)),
            *times,
            prop("SUMMARY", _title(invitation)),
            prop("STATUS", status),
            _organizer(invitation.organizer),
            _attendee(invitation.attendee),
            prop("X-MICROSOFT-CDO-BUSYSTATUS", BUSY[status]),
            *(_particulars(invitation) if method == "REQUEST" else ()),
        ],
    )


def _organizer(organizer: Organizer) -> str:
    return prop("ORGANIZER", uri(mailto(organizer.address)), [("CN", _name(organizer))])


def _attendee(attendee: Attendee) -> str:
    parameters = [
        ("CUTYPE", "INDIVIDUAL"),
        ("ROLE", attendee.role),
        ("PARTSTAT", "NEEDS-ACTION"),
        ("RSVP", "TRUE" if attendee.rsvp else "FALSE"),
        ("CN", _name(attendee)),
    ]
    return prop("ATTENDEE", uri(mailto(attendee.address)), parameters)


def _name(who: Organizer | Attendee) -> str:
    return writer.clean(who.name).strip()[:LONGEST_NAME] or who.address


def _title(invitation: Invitation) -> str:
    """Some clients drop an event without a title."""
    return text(writer.clean(invitation.summary).strip() or "Lesson")


def _particulars(invitation: Invitation) -> list[str]:
    """What only an invitation says: where, how to join, and the alarm.

    Clients look for the join link in different places; RFC 7986 section 5.11 has CONFERENCE, few read it.
    """
    link = _link(invitation.url)
    return [
        prop("LOCATION", text(", ".join(filter(None, [invitation.location, link])))),
        prop("DESCRIPTION", text(f"{link}\n\n{invitation.description}".strip())),
        prop("URL", link),
        prop("CONFERENCE", link, [("VALUE", "URI"), ("FEATURE", ("AUDIO", "VIDEO", "CHAT")), ("LABEL", "vclass")]),
        prop("X-GOOGLE-CONFERENCE", link),
        prop("X-MICROSOFT-DISALLOW-COUNTER", "TRUE"),
        prop("CLASS", "PUBLIC"),
        prop("TRANSP", "OPAQUE"),
        *component(
            "VALARM",
            [
                prop("ACTION", "DISPLAY"),
                prop("TRIGGER", "-PT15M"),
                prop("DESCRIPTION", _title(invitation)),
            ],
        ),
    ]


def _link(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise CalendarValueError(f"{url[:60]!r} is not a web address")
    return uri(url)
