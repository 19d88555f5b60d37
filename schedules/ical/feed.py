"""A whole calendar for those who subscribe to it, or read it over CalDAV: values in, bytes out.

There is no METHOD, since nobody is asked anything: a published calendar says how lessons stand (RFC 5545, RFC 7986).
Each lesson is written in the shape that invitations use (`schedules.ical.shape`): one event in UTC, a master with its
exceptions, or events apart; what was cancelled is there as such. A zone is defined once; a series whose definition
isn't the one that the calendar has already is written apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from schedules.ical import writer
from schedules.ical.events import Status, busy_status, conference, title
from schedules.ical.model import Instance, Timetable
from schedules.ical.shape import Apart, Series, Shape, Single, shape_of
from schedules.ical.vtimezone import definition
from schedules.ical.writer import PRODUCT, prop, text, uri, utc
from vclass.core.spans import Span, overlaps
from vclass.core.zones import Instant

__all__ = ["Entry", "Shown", "Status", "Venue", "calendar", "calendar_object"]

Zones: TypeAlias = dict[str, tuple[str, ...]]

HOURLY: Final = "PT1H"
BUSY: Final = "Busy"
FIRMEST: Final[dict[Status, int]] = {"CONFIRMED": 0, "TENTATIVE": 1, "CANCELLED": 2}


@dataclass(frozen=True, slots=True)
class Shown(Instance):
    """An occurrence as a subscriber sees it."""

    status: Status = "CONFIRMED"


@dataclass(frozen=True, slots=True)
class Venue:
    """A room as an attendee of its own calendar (RFC 5545 section 3.2.3), and who uses it.

    No mail reaches a room: the domain is one that never exists (RFC 2606).
    """

    id: str
    name: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Timetable):
    """All that a subscriber's calendar is told of a lesson.

    Attributes:
        uid: the lesson's, the same as in invitations.
        sequence: likewise.
        dtstamp: when this was said last.
        summary: the title.
        description: the text under the link.
        location: names of the rooms; an occurrence may have its own.
        url: the lesson's page, or the reader's own way into the lesson; "" for none.
        joins: whether the link leads into the lesson.
        transparent: whether the time stays free.
        busy: whether nothing but the time is told.
        venue: the room whose calendar this is.
        occurrences: those that take place, may, or were cancelled.
    """

    uid: str
    sequence: int
    dtstamp: Instant
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    joins: bool = False
    transparent: bool = False
    busy: bool = False
    venue: Venue | None = None
    occurrences: tuple[Shown, ...]


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """The whole stream.

    Raises:
        CalendarValueError: for a lesson without occurrences, or whose rule doesn't give them.
    """
    return b"".join(_pieces(name, entries))


def _pieces(name: str, entries: Iterable[Entry]) -> Iterator[bytes]:
    """Lesson by lesson, so that one alone is known as lines."""
    known: Zones = {}
    yield writer.render(_head(name))
    empty = True
    for each in entries:
        empty = False
        yield writer.render(_lesson(each, known))
    if empty:
        # RFC 5545 section 3.6: there must be a component, and some programs insist.
        yield writer.render(definition("Etc/UTC", 0) or ())
    yield b"END:VCALENDAR\r\n"


def calendar_object(entry: Entry, expand: Span | None = None) -> bytes:
    """One lesson as a calendar object resource (RFC 4791 section 4.1); raises as `calendar` does.

    Args:
        entry: the lesson.
        expand: in which span its dates are told one by one, in UTC (RFC 4791 section 9.6.5).
    """
    events = _lesson(entry, {}) if expand is None else _expanded(entry, expand)
    return writer.render([*_opening(), *events, "END:VCALENDAR"])


def _expanded(entry: Entry, within: Span) -> Iterator[str]:
    dates = (each for each in entry.occurrences if overlaps((each.starts, each.ends), within))
    return _each(entry, Single() if entry.rule is None else Apart(), dates)


def _head(name: str) -> list[str]:
    """RFC 7986 has names for what Outlook and Apple ask under their own."""
    shown = text(name)
    return [
        *_opening(),
        prop("NAME", shown),
        prop("X-WR-CALNAME", shown),
        prop("REFRESH-INTERVAL", HOURLY, [("VALUE", "DURATION")]),
        prop("X-PUBLISHED-TTL", HOURLY),
    ]


def _opening() -> list[str]:
    return ["BEGIN:VCALENDAR", prop("PRODID", PRODUCT), "VERSION:2.0", "CALSCALE:GREGORIAN"]


def _lesson(entry: Entry, known: Zones) -> Iterator[str]:
    """The events of a lesson, after the definition of its zone if that isn't there yet."""
    shape = _shape(entry)
    if isinstance(shape, Series):
        defined = shape.zone in known
        if known.setdefault(shape.zone, shape.timezone) == shape.timezone:
            return iter([*(() if defined else shape.timezone), *_series(entry, shape)])
        shape = Apart()
    return _each(entry, shape, entry.occurrences)


def _shape(entry: Entry) -> Shape:
    """That of what stands: what was cancelled may lie outside a rule that ends early now."""
    standing = tuple(each for each in entry.occurrences if each.status != "CANCELLED")
    if not standing or len(standing) == len(entry.occurrences):
        return shape_of(entry)
    return shape_of(
        Timetable(zone=entry.zone, start=entry.start, minutes=entry.minutes, rule=entry.rule, occurrences=standing)
    )


def _series(entry: Entry, shape: Series) -> Iterator[str]:
    """The recurring event, then what the rule alone doesn't tell; the master's status is the firmest."""
    walls = set(shape.walls)
    shown = [each for each in entry.occurrences if each.recurrence in walls]
    status = min((each.status for each in shown), key=FIRMEST.__getitem__)
    yield from _event(entry, status, shape.whole(shown), entry.location)
    yield from _each(entry, shape, (each for each in shown if each.status != status or shape.differs(each)))


def _each(entry: Entry, shape: Shape, occurrences: Iterable[Shown]) -> Iterator[str]:
    for each in occurrences:
        location = entry.location if each.location is None else each.location
        yield from _event(entry, each.status, [*shape.name(each), *shape.times(each)], location)


def _event(entry: Entry, status: Status, times: Iterable[str], location: str) -> list[str]:
    stamp = utc(entry.dtstamp)
    free = entry.transparent or status == "CANCELLED"
    return [
        "BEGIN:VEVENT",
        prop("UID", text(entry.uid)),
        prop("DTSTAMP", stamp),
        prop("LAST-MODIFIED", stamp),
        prop("SEQUENCE", str(entry.sequence)),
        *times,
        prop("STATUS", status),
        "TRANSP:TRANSPARENT" if free else "TRANSP:OPAQUE",
        busy_status(status, free=free),
        *(("SUMMARY:" + BUSY, "CLASS:PRIVATE") if entry.busy else _words(entry, location)),
        "END:VEVENT",
    ]


def _words(entry: Entry, location: str) -> list[str]:
    """What only those are told who may know what takes the time; programs look for a link in different places."""
    link = entry.url and uri(entry.url)
    into = link if entry.joins else ""
    lines = [prop("SUMMARY", title(entry.summary)), "CLASS:PUBLIC"]
    where, more = ", ".join(filter(None, (location, into))), f"{into}\n\n{entry.description}".strip()
    if where:
        lines.append(prop("LOCATION", text(where)))
    if more:
        lines.append(prop("DESCRIPTION", text(more)))
    if link:
        lines.append(prop("URL", link))
    if into:
        lines += conference(into)
    if entry.venue is not None:
        lines += _attendance(entry.venue)
    return lines


def _attendance(venue: Venue) -> list[str]:
    room = [("CUTYPE", "ROOM"), ("ROLE", "NON-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("CN", venue.name)]
    return [
        prop("ORGANIZER", "mailto:lessons@vclass.invalid", [("CN", venue.host)]),
        prop("ATTENDEE", uri(f"mailto:{venue.id}@rooms.vclass.invalid"), room),
    ]
