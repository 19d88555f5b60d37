"""Where a feed's calendar comes from: which lessons, how much of them is told, and what tells that they changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeAlias

import sqlalchemy as sa

from config import Keyring
from rooms import Resource, Room, bookings_between, diary, resources_by_ids, see_room, stamp_of_claims, stamp_of_rooms
from schedules import store as lessons_store
from schedules.busy.store import busy_between, stamp_of_times
from schedules.feeds import store
from schedules.feeds.model import DAY, Feed, Kind, Stamp
from schedules.feeds.shown import Mine, OfLesson, OfRoom, blocking
from schedules.ical.feed import Entry
from schedules.links import token_of
from schedules.model import Attendee, Lesson
from schedules.service import subject, visible_lesson
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.people import Subject, allowed

Ids: TypeAlias = sa.Select[int] | sa.CompoundSelect[int]
Busy: TypeAlias = tuple[list[Span], list[Span]]

PAST: Final = 90 * DAY
AHEAD: Final = 800 * DAY
CANCELLED_SHOWN: Final = 30 * DAY
AT_ONCE: Final = 200
"""Lessons that are read with one question: memory stays small, and other threads get their turn."""


@dataclass(frozen=True, slots=True)
class Site:
    """What links are made of."""

    url: str
    keyring: Keyring

    def way(self, seat: Attendee) -> str:
        return f"{self.url}/join/{token_of(self.keyring, seat)}"

    def page(self, lesson: Lesson) -> str:
        return f"{self.url}/lessons/{lesson.public_id}"


class Sight(Protocol):
    """Makes of a lesson what somebody's calendar shows of it."""

    def entry(self, lesson: Lesson, rooms: dict[int, Resource]) -> Entry | None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A calendar as its reader may see it.

    Attributes:
        name: what programs call it.
        ids: its lessons, past and present, for use inside a query.
        sight: what is shown of each.
        actor: who reads.
        room: whose calendar it is, where it is a room's.
        full: whether more than busy times may be told of what isn't the reader's own.
    """

    name: str
    ids: Ids
    sight: Sight
    actor: Actor
    room: Room | None = None
    full: bool = True

    def stamp(self, connection: sa.Connection) -> tuple[Stamp, object]:
        """That of its lessons, and of all else: others whenever the calendar may be; no lesson is read for it."""
        room = self.room
        taken = (
            stamp_of_times(connection, self.actor.own_id()) if room is None else stamp_of_claims(connection, room.id)
        )
        return store.stamp(connection, self.ids), (stamp_of_rooms(connection), taken, self.full, self.name)

    def entries(self, connection: sa.Connection, now: Instant) -> Iterator[Entry]:
        """What is shown, lesson by lesson, then what blocks a room."""
        for lesson, rooms in read(connection, store.since(connection, self.ids, now - PAST)):
            shown = self.sight.entry(lesson, rooms)
            recent = None if shown is None or _is_old(lesson, now) else _without_old(shown, now)
            if recent is not None:
                yield recent
        if self.room is not None:
            yield from _blockings(connection, self.actor, self.room, now)

    def busy(self, connection: sa.Connection, window: Span) -> Busy:
        """When it is taken for sure, and when perhaps; somebody is by what they brought from elsewhere, too."""
        if self.room is not None:
            return _busy_room(connection, self.room, window)
        person = self.actor.own_id()
        taken = store.taken(connection, person, window)
        firm = [span for span, state in taken if state == "confirmed"]
        elsewhere = busy_between(connection, [person], window).get(person, [])
        return [*firm, *elsewhere], [span for span, state in taken if state in ("held", "requested")]


def source_of(connection: sa.Connection, site: Site, actor: Actor, feed: Feed) -> Source:
    """The calendar behind a feed, as its owner may see it now.

    Raises:
        NotFoundError: There is none any more for this owner.
        ForbiddenError: The owner's role shows no rooms.
    """
    if feed.kind == "room":
        room = resources_by_ids(connection, [feed.resource_id or 0]).get(feed.resource_id or 0)
        return find(connection, site, actor, "room", "" if room is None else room.public_id)
    if feed.kind == "lesson":
        names = lessons_store.public_ids(connection, [feed.lesson_id or 0])
        return find(connection, site, actor, "lesson", names.get(feed.lesson_id or 0, ""))
    return find(connection, site, actor, "person", "")


def find(connection: sa.Connection, site: Site, actor: Actor, kind: Kind, public_id: str) -> Source:
    """The calendar of a room, a lesson, or the actor's own; raises as `source_of` does."""
    if kind == "room":
        return of_room(site, actor, see_room(connection, actor, public_id))
    if kind == "lesson":
        lesson = visible_lesson(connection, actor, public_id, "lesson.see")
        return Source(lesson.draft.title, store.continuing(lesson.id), OfLesson(site.page), actor)
    return of_person(site, actor)


def of_person(site: Site, actor: Actor) -> Source:
    person = actor.own_id()
    return Source(actor.name, store.attended(person), Mine(person, site.way), actor)


def of_room(site: Site, actor: Actor, room: Room) -> Source:
    """Whoever looks after the room sees all; others what is their own or their house's."""
    full = allowed(actor, "booking.see", Subject(institution=room.institution_id))

    def knows(lesson: Lesson) -> bool:
        booked_by = Subject(institution=lesson.institution_id, owner=lesson.owner_id)
        return full or allowed(actor, "booking.see", booked_by)

    def page(lesson: Lesson) -> str:
        return site.page(lesson) if allowed(actor, "lesson.see", subject(lesson)) else ""

    return Source(room.name, store.in_room(room.id), OfRoom(room, knows, page), actor, room, full)


def read(connection: sa.Connection, ids: Sequence[int]) -> Iterator[tuple[Lesson, dict[int, Resource]]]:
    """Lessons in the order of their ids, with the resources that they and those before them want."""
    known: dict[int, Resource] = {}
    for first in range(0, len(ids), AT_ONCE):
        lessons = lessons_store.lessons(connection, ids[first : first + AT_ONCE])
        wanted = {each.resource_id for lesson in lessons for each in lesson.draft.resources}
        wanted |= {want.resource_id for lesson in lessons for date in lesson.dates for want in date.wants}
        known |= resources_by_ids(connection, sorted(wanted - known.keys()))
        yield from ((lesson, known) for lesson in lessons)


def _is_old(lesson: Lesson, now: Instant) -> bool:
    return lesson.cancelled_at is not None and lesson.cancelled_at < now - CANCELLED_SHOWN


def _without_old(entry: Entry, now: Instant) -> Entry | None:
    """What was cancelled is shown for a month after its time, then forgotten."""
    kept = tuple(each for each in entry.occurrences if each.status != "CANCELLED" or each.ends > now - CANCELLED_SHOWN)
    if len(kept) == len(entry.occurrences):
        return entry
    return replace(entry, occurrences=kept) if kept else None


def _blockings(connection: sa.Connection, actor: Actor, room: Room, now: Instant) -> Iterator[Entry]:
    entries = diary(connection, actor, room, (now - PAST, now + AHEAD))
    return (blocking(each, room, now - now % DAY) for each in entries if each.purpose == "blocking")


def _busy_room(connection: sa.Connection, room: Room, window: Span) -> Busy:
    taken = bookings_between(connection, [room.id], *window)
    spans = [((each.starts, each.ends), each.state) for each in taken]
    return [span for span, state in spans if state == "confirmed"], [span for span, state in spans if state == "held"]
