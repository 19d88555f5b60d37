"""What the pages of administrators read: one function for each page, run in a reader, on one snapshot."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from rooms import Equipment, Managed, Room, booked_from, see_house, see_managed, standing_by_public_id
from rooms.blockings import Block, standing_blockings
from rooms.custody import Counter, counter, out_of_house, overdue_of
from schedules import Lesson, lessons_of_bookings
from schedules.holidays import Holiday, holidays_of, region_name, regions
from schedules.terms import Calendar, calendars
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.people import Institution, Person, Subject, allowed, institution, institutions, people_by_id
from vclass.recordings import see_switch
from vclass.web.pages.reading import Around
from vclass.web.pages.reading_rooms import around

AHEAD: Final = 370 * 86400
CARD: Final = "card"
YEAR: Final = 365 * 86400
MOST_HOLIDAYS: Final = 8


@dataclass(frozen=True, slots=True)
class House:
    """A house with all that it has; ``out`` counts pieces that are handed out, by pool."""

    home: Institution
    stock: Sequence[Managed[Room | Equipment]]
    out: Mapping[int, int]
    overdue: int


@dataclass(frozen=True, slots=True)
class Since:
    """What was changed of something since a version: by whom last, and which fields."""

    who: str = ""
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Thing:
    """A room or kit for its form; ``bookings`` are those to come."""

    home: Institution
    homes: Sequence[Institution]
    found: Managed[Any] | None = None
    bookings: int = 0
    since: Since = Since()


@dataclass(frozen=True, slots=True)
class Shut:
    """When a house or what it has is closed."""

    home: Institution
    stock: Sequence[Managed[Room | Equipment]]
    blockings: Sequence[Block]
    calendar: Calendar
    people: Mapping[int, Person]
    overdue: int
    holidays: Sequence[Holiday]
    regions: Mapping[str, str]
    may_record: bool | None = None


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A booking where a blocking shall be, and the lesson that it is."""

    id: str
    span: Span
    lesson: Lesson | None
    owner: Person | None


@dataclass(frozen=True, slots=True)
class AtTheCounter:
    """What is to be handed out and what is out, with the lessons that it is for and the people who have it."""

    home: Institution
    counter: Counter
    lessons: Mapping[int, Lesson]
    around: Around


def house(connection: sa.Connection, actor: Actor, now: Instant) -> House:
    return House(
        stock=see_house(connection, actor),
        home=_home(connection, actor),
        out=out_of_house(connection, actor, now),
        overdue=overdue_of(connection, actor, now),
    )


def new_thing(connection: sa.Connection, actor: Actor) -> Thing:
    """An empty form of the actor's house."""
    return Thing(_home(connection, actor), institutions(connection))


def thing(
    connection: sa.Connection, actor: Actor, public_id: str, kind: type[Room] | type[Equipment], seen: int, now: Instant
) -> Thing:
    """Something of the actor's house, and what was changed since version ``seen``.

    Raises:
        NotFoundError: The house has none.
    """
    found: Managed[Any] = see_managed(connection, actor, public_id, kind)
    bookings = booked_from(connection, found.of, now)
    return Thing(
        _home(connection, actor), institutions(connection), found, bookings, _since(connection, found.of, seen)
    )


def _since(connection: sa.Connection, of: Room | Equipment, seen: int) -> Since:
    """Each version but the first has one entry in the audit log."""
    newer = of.version - seen
    if seen < 1 or newer < 1:
        return Since()
    entries = audit.history(connection, "resource", of.id)[-newer:]
    people = people_by_id(connection, [each["person_id"] for each in entries if each["person_id"] is not None])
    last = people.get(entries[-1]["person_id"]) if entries else None
    fields = {name for each in entries for name in _changed(msgspec.json.decode(each["facts"]))}
    return Since("" if last is None else last.name, frozenset(fields))


def _changed(facts: Mapping[str, Any]) -> Iterator[str]:
    """The fields of an entry; those of the card by their own names."""
    if "before" not in facts:
        yield from facts
        return
    for name, after in facts["after"].items():
        before = facts["before"][name]
        if name == CARD:
            yield from (each for each in {*before, *after} if before.get(each, "") != after.get(each, ""))
        elif before != after:
            yield name


def shut(connection: sa.Connection, actor: Actor, now: Instant, language: str = "en") -> Shut:
    blockings = standing_blockings(connection, actor, (now, now + AHEAD))
    home = _home(connection, actor)
    return Shut(
        home=home,
        stock=[each for each in see_house(connection, actor) if not each.retired],
        blockings=blockings,
        calendar=calendars(connection, [home.id])[0],
        people=people_by_id(connection, sorted({each.owner_id for each in blockings})),
        overdue=overdue_of(connection, actor, now),
        holidays=holidays_of(home, (now, now + YEAR), language)[:MOST_HOLIDAYS],
        regions={each: region_name(home.country, each) for each in regions(home.country)},
        may_record=_may_record(connection, actor),
    )


def _may_record(connection: sa.Connection, actor: Actor) -> bool | None:
    """Whether the house allows recordings; None for those who don't decide on it."""
    decides = allowed(actor, "recordings.allow", Subject(institution=actor.institution_id))
    return see_switch(connection, actor).allowed if decides else None


def in_the_way(connection: sa.Connection, public_ids: Collection[str]) -> list[InTheWay]:
    """What stands in the way of a blocking of the actor's own house, by start."""
    found = [each for each in (standing_by_public_id(connection, one) for one in public_ids) if each is not None]
    lessons = lessons_of_bookings(connection, [each.id for each in found])
    people = people_by_id(connection, [each.owner_id for each in found])
    lines = [
        InTheWay(each.public_id, (each.starts, each.ends), lessons.get(each.id), people.get(each.owner_id))
        for each in found
    ]
    return sorted(lines, key=lambda each: (each.span, each.id))


def at_the_counter(connection: sa.Connection, actor: Actor, now: Instant) -> AtTheCounter:
    return at_counter(connection, _home(connection, actor), counter(connection, actor, now))


def at_counter(connection: sa.Connection, home: Institution, found: Counter) -> AtTheCounter:
    """A counter with what it refers to."""
    ids = {each.booking_id for each in found.to_hand_out} | {each.next_booking for each in found.out}
    lessons = lessons_of_bookings(connection, sorted(each for each in ids if each is not None))
    people = {each.owner_id for each in found.to_hand_out} | {each.custody.holder_id for each in found.out}
    people |= {each.owner_id for each in lessons.values()}
    return AtTheCounter(home, found, lessons, around(connection, lessons.values(), people))


def _home(connection: sa.Connection, actor: Actor) -> Institution:
    found = institution(connection, actor.institution_id or 0)
    if found is None:
        raise NotFoundError("institution")
    return found
