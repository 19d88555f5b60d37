"""What a calendar shows of a lesson: pure, from the lesson as it stands and who looks at it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rooms import Entry as Booked
from rooms import Resource, Room, State
from schedules.ical.feed import Entry, Shown, Status, Venue
from schedules.model import Attendee, Held, Lesson
from vclass.core.zones import Instant, city, local

STATUSES: Final[Mapping[State, Status]] = {
    "confirmed": "CONFIRMED",
    "held": "TENTATIVE",
    "requested": "TENTATIVE",
    "waiting": "TENTATIVE",
    "cancelled": "CANCELLED",
    "displaced": "CANCELLED",
}
"""A date that was rejected never was to take place, and isn't shown."""
HOLDING: Final[Collection[State]] = ("confirmed", "held")
BLOCKINGS: Final = "@rooms.vclass.invalid"
"""How the UIDs of what blocks a room end: the domain is one that never exists (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where an event leads: the lesson's page, or with ``joins`` the reader's own way in; "" for nowhere."""

    url: str = ""
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Mine:
    """The calendar of one person's lessons.

    Attributes:
        person_id: whose.
        way: gives the personal link of a seat.
    """

    person_id: int
    way: Callable[[Attendee], str]

    def entry(self, lesson: Lesson, rooms: Mapping[int, Resource]) -> Entry | None:
        """A lesson that nobody was invited to yet is shown to whoever booked it."""
        seat = next((each for each in lesson.present if each.person_id == self.person_id), None)
        if seat is None or (lesson.published_at is None and lesson.owner_id != self.person_id):
            return None
        return entry_of(lesson, _heard(lesson), rooms, Way(self.way(seat), joins=True))


@dataclass(frozen=True, slots=True)
class OfLesson:
    """The calendar of one lesson and what continues it, for whoever has the link.

    Attributes:
        page: gives the address of a lesson's page.
    """

    page: Callable[[Lesson], str]

    def entry(self, lesson: Lesson, rooms: Mapping[int, Resource]) -> Entry | None:
        if lesson.published_at is None:
            return None
        return entry_of(lesson, _heard(lesson), rooms, Way(self.page(lesson)))


@dataclass(frozen=True, slots=True)
class OfRoom:
    """The calendar of a room: what holds it.

    Attributes:
        room: which.
        knows: whether the reader may know what a lesson is.
        page: gives the address of a lesson's page, "" where the reader may not see it.
    """

    room: Room
    knows: Callable[[Lesson], bool]
    page: Callable[[Lesson], str]

    def entry(self, lesson: Lesson, rooms: Mapping[int, Resource]) -> Entry | None:
        dates = [each for each in lesson.dates if each.state in HOLDING and self._takes(each)]
        if not self.knows(lesson):
            return entry_of(lesson, dates, rooms, Way(), busy=True)
        host = next((each.name for each in lesson.attendees if each.person_id == lesson.owner_id), "")
        venue = Venue(self.room.public_id, self.room.name, host)
        return entry_of(lesson, dates, rooms, Way(self.page(lesson)), venue=venue)

    def _takes(self, date: Held) -> bool:
        return any(want.resource_id == self.room.id for want in date.wants)


def entry_of(
    lesson: Lesson,
    dates: Iterable[Held],
    rooms: Mapping[int, Resource],
    way: Way,
    *,
    busy: bool = False,
    venue: Venue | None = None,
) -> Entry | None:
    """A lesson with some of its dates; None if there is nothing to show."""
    usual = [each.resource_id for each in lesson.draft.resources if isinstance(rooms.get(each.resource_id), Room)]
    shown = tuple(_shown(each, usual, rooms) for each in dates if each.state in STATUSES)
    if not shown:
        return None
    timing = lesson.draft.timing
    return Entry(
        uid=lesson.uid,
        sequence=lesson.sequence,
        dtstamp=lesson.told_at,
        summary=lesson.draft.title,
        description=lesson.draft.description,
        location=_names(usual, rooms),
        url=way.url,
        joins=way.joins,
        transparent=lesson.draft.transparent,
        busy=busy,
        venue=venue,
        zone=timing.zone,
        start=timing.start,
        minutes=timing.minutes,
        rule=timing.rule,
        occurrences=shown,
    )


def _heard(lesson: Lesson) -> list[Held]:
    """The dates that were told of: what was cancelled before anybody heard of it never was."""
    return [each for each in lesson.dates if lesson.published_at is not None or STATUSES.get(each.state) != "CANCELLED"]


def _shown(date: Held, usual: Collection[int], rooms: Mapping[int, Resource]) -> Shown:
    own = [each.resource_id for each in date.wants if isinstance(rooms.get(each.resource_id), Room)]
    return Shown(
        date.recurrence,
        date.starts,
        date.ends,
        published_start=date.published_start,
        location=None if set(own) == set(usual) else _names(own, rooms),
        status=STATUSES[date.state],
    )


def _names(ids: Iterable[int], rooms: Mapping[int, Resource]) -> str:
    found = (rooms[each] for each in ids)
    return "; ".join(f"{each.name}, {city(each.zone)}" for each in found if isinstance(each, Room))


def blocking(booked: Booked, room: Room, dtstamp: Instant) -> Entry:
    """What blocks a room; without the reason for whoever may not know it."""
    starts, ends = booked.span
    wall = local(starts, room.zone)
    return Entry(
        uid=f"{booked.public_id}{BLOCKINGS}",
        sequence=0,
        dtstamp=dtstamp,
        summary=booked.reason,
        busy=not booked.known,
        zone=room.zone,
        start=wall,
        minutes=(ends - starts) // 60,
        occurrences=(Shown(wall, starts, ends, starts),),
    )
