"""The calendars that somebody finds under /dav/: the own lessons, and each room that they look after."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from rooms import Room, blocking_entries, rooms_for, stamp_of_rooms
from schedules import changes
from schedules.caldav import store
from schedules.caldav.model import OWN, ROOM, Address, Mark
from schedules.caldav.store import Found, Member
from schedules.feeds.model import etag_of
from schedules.feeds.shown import blocking
from schedules.feeds.sources import Site, Source, of_person, of_room, read
from schedules.ical.feed import Entry
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.people import Subject, allowed


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar of one person.

    Attributes:
        address: where it is.
        source: what it shows.
        found: what to ask for its members, in a span or all.
    """

    address: Address
    source: Source
    found: Callable[[Span | None], Found]

    @property
    def ever(self) -> Found:
        """What to ask for its members, present and past."""
        room = self.source.room
        return store.ever(self.source.ids, None if room is None else room.id)

    def tag(self, connection: sa.Connection) -> str:
        """Another one whenever anything in it may be."""
        return etag_of(self.source.stamp(connection))

    def path_of(self, member: Member) -> str:
        return Address("lesson", self.address.person, self.address.calendar, member.public_id).path

    def entries(self, connection: sa.Connection, members: list[Member]) -> Iterator[tuple[Member, Entry]]:
        """What is shown of some of its members."""
        by_id: Mapping[int, Member] = {each.id: each for each in members if not each.blocks}
        for lesson, rooms in read(connection, list(by_id)):
            entry = self.source.sight.entry(lesson, rooms)
            if entry is not None:
                yield by_id[lesson.id], entry
        yield from self._blockings(connection, {each.id: each for each in members if each.blocks})

    def _blockings(self, connection: sa.Connection, members: Mapping[int, Member]) -> Iterator[tuple[Member, Entry]]:
        room = self.source.room
        if room is None or not members:
            return
        for each in blocking_entries(connection, self.source.actor, room, list(members)):
            member = members[each.booking_id]
            yield member, blocking(each, room, member.told_at)


def calendars_of(connection: sa.Connection, site: Site, actor: Actor) -> list[Calendar]:
    """All calendars that somebody has, the own lessons first."""
    return [_own(site, actor), *(_room(site, actor, each) for each in _administered(connection, actor))]


def calendar_named(connection: sa.Connection, site: Site, actor: Actor, name: str) -> Calendar | None:
    """One of them; None for a name that there isn't."""
    if name == OWN:
        return _own(site, actor)
    rooms = _administered(connection, actor)
    return next((_room(site, actor, each) for each in rooms if f"{ROOM}{each.public_id}" == name), None)


def present_mark(connection: sa.Connection) -> Mark:
    return Mark(changes.epoch(connection), changes.mark(connection))


def tag_of(connection: sa.Connection) -> Callable[[Member], str]:
    """What gives each lesson's entity tag; rooms are in it, since their names are in events."""
    rooms = "-".join(map(str, stamp_of_rooms(connection)))
    return lambda member: f"{member.version}-{member.told_at}-{rooms}"


def _own(site: Site, actor: Actor) -> Calendar:
    source = of_person(site, actor)
    person = actor.own_id()
    return Calendar(Address("calendar", actor.public_id, OWN), source, lambda span: store.of_person(person, span))


def _room(site: Site, actor: Actor, room: Room) -> Calendar:
    address = Address("calendar", actor.public_id, f"{ROOM}{room.public_id}")
    return Calendar(address, of_room(site, actor, room), lambda span: store.of_room(room.id, span))


def _administered(connection: sa.Connection, actor: Actor) -> list[Room]:
    if not allowed(actor, "rooms.manage", Subject(institution=actor.institution_id)):
        return []
    found = rooms_for(connection, actor.institution_id)
    return [each for each in found if each.institution_id == actor.institution_id]
