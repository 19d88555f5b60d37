"""Find a time for an institution's people: reads what stands in the way in a few queries, then computes. Pure reading.

Of other houses' people it learns when they are busy, never with what; of rooms and kit only those that may be booked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from rooms import (
    Equipment,
    Resource,
    Room,
    Rules,
    Want,
    Wish,
    halls_with,
    loads_between,
    preview,
    quotas_on,
    rules_of,
    times_of,
)
from schedules.busy.store import busy_between
from schedules.holidays import Holiday, holidays_of
from schedules.planning import bookings_for
from schedules.slots import store
from schedules.slots.model import Candidate, Need, Query
from schedules.slots.model import Person as Wanted
from schedules.slots.offers import Found, Offer, Side, offers
from schedules.slots.question import Asked, read
from schedules.slots.timetable import Timetable
from schedules.slots.wire import SlotQuestion
from schedules.terms import hours_of_people, timetables
from schedules.wants import approves
from vclass.core.hours import Opening, day_span
from vclass.core.keys import Actor
from vclass.core.spans import Load, Span, above
from vclass.core.zones import Instant
from vclass.people import Institution, Person, Subject, institutions, people_by_email, require

MOST_SLOTS: Final = 10
LOOK: Final = "slots.look"
DAY: Final = 86400
WEEK: Final = 7 * DAY
LEAP: Final = 26 * 3600
"""More than a zone ever leaped at once."""
BUFFERS: Final = DAY // 2
"""The longest setup and teardown."""
MINUTE: Final = 60
OFFICE: Final = tuple(Opening(day, 8 * 60, 18 * 60) for day in range(5))
"""When somebody works of whom nothing else is known."""


@dataclass(frozen=True, slots=True)
class _Stock:
    """The rooms and kit in question with their rules, and what is held of them and of people's time."""

    halls: Mapping[int, Sequence[Room]]
    rules: Mapping[int, Rules]
    loads: Mapping[int, Sequence[Load]]
    times: Mapping[int, int]


def find_slots(
    connection: sa.Connection,
    actor: Actor,
    body: SlotQuestion,
    now: Instant,
    most: int | None = MOST_SLOTS,
    language: str = "en",
) -> Found:
    """The best times for a lesson, the best partial ones if none suits everybody.

    At most so many, of which none overlaps a better one; without a limit every time there is. Holidays are named in a
    language.

    Raises:
        ForbiddenError: The actor books no lessons.
        InvalidInputError: Names every field that is wrong.
    """
    require(actor, "slots.find", Subject(institution=actor.institution_id))
    homes = {each.id: each for each in institutions(connection)}
    asked = read(connection, actor, homes, body, now)
    people = people_by_email(connection, [*asked.required, *asked.optional])
    sides = tuple(_sides(asked, people.values(), homes))
    calendars = timetables(connection, [each.house.id for each in sides])
    stock = _stock(connection, asked, people.values())
    holidays = {each.house.id: holidays_of(each.house, _reach(asked), language) for each in sides}
    days = {house: tuple(_days(found, homes[house])) for house, found in holidays.items()}
    query = Query(
        zone=asked.zone,
        minutes=asked.minutes,
        first=asked.span[0],
        last=_last(asked),
        people=(
            *(
                replace(each, holidays=days.get(_home(people.get(each.key)), ()))
                for each in _people(connection, asked, people, calendars, stock)
            ),
            *(
                replace(_place(each, calendars[each.house.id], asked), holidays=days.get(each.house.id, ()))
                for each in sides
                if each.shuts
            ),
        ),
        needs=tuple(_needs(asked, stock, now)),
    )
    resources: list[Resource] = [*asked.rooms, *(kit for kit, _ in asked.kit)]
    resources += [each for halls in stock.halls.values() for each in halls]
    known = {each.public_id: each for each in resources}
    found = _metered(connection, actor, asked, tuple(offers(asked, query, most)), known, now)
    return Found(asked, found, sides, people, known, holidays)


def _home(person: Person | None) -> int:
    return 0 if person is None or person.institution_id is None else person.institution_id


def _days(found: Iterable[Holiday], house: Institution) -> Iterator[Span]:
    """The holidays on which a house doesn't work, on its own clocks."""
    return (day_span(each.date, house.zone) for each in found if not each.worked)


def _last(asked: Asked) -> Instant:
    """The end of the window; a weekly lesson begins within seven days."""
    first, last = asked.span
    return last if asked.weeks is None else min(last, first + WEEK + LEAP + MINUTE * asked.minutes)


def _reach(asked: Asked) -> Span:
    """All time that a lesson could take, with anybody's buffers."""
    weeks = (asked.weeks or 1) - 1
    return asked.span[0] - BUFFERS, _last(asked) + weeks * WEEK + LEAP + BUFFERS


def _sides(asked: Asked, people: Iterable[Person], homes: Mapping[int, Institution]) -> Iterator[Side]:
    """Who takes part: who asks, the houses of rooms and kit, and people's. No lesson is where the house is shut."""
    houses = [asked.home.id, *(each.institution_id for each in asked.rooms), *(each.id for each in asked.houses)]
    houses += [each.institution_id for each, _ in asked.kit]
    yield from (Side(homes[each], shuts=True) for each in dict.fromkeys(houses))
    others = {each.institution_id for each in people if each.institution_id is not None}
    yield from (Side(homes[each], shuts=False) for each in sorted(others.difference(houses)))


def _stock(connection: sa.Connection, asked: Asked, people: Iterable[Person]) -> _Stock:
    wanted = [each.id for each in asked.rooms]
    houses = [each.id for each in asked.houses]
    found = halls_with(connection, asked.home.id, houses, asked.seats, asked.features) if houses else []
    halls = {house: [each for each in found if each.institution_id == house] for house in houses}
    ids = [*wanted, *(each.id for each, _ in asked.kit), *(each.id for each in found if each.id not in wanted)]
    times = times_of(connection, [each.id for each in people])
    loads = loads_between(connection, [*ids, *times.values()], _reach(asked))
    return _Stock(halls, rules_of(connection, ids), loads, times)


def _people(
    connection: sa.Connection,
    asked: Asked,
    people: Mapping[str, Person],
    calendars: Mapping[int, Timetable],
    stock: _Stock,
) -> Iterator[Wanted]:
    ids = [each.id for each in people.values()]
    own, attended = hours_of_people(connection, ids), store.attended(connection, ids, _reach(asked))
    elsewhere = busy_between(connection, ids, _reach(asked))
    for email in (*asked.required, *asked.optional):
        person, required = people.get(email), email in asked.required
        if person is None:
            yield Wanted(email, Timetable(asked.zone), required=required)
        else:
            taught = [load[:2] for load in stock.loads.get(stock.times.get(person.id, 0), ())]
            week = _working_week(person, own.get(person.id, ()), calendars)
            busy = (*taught, *attended.get(person.id, ()), *elsewhere.get(person.id, ()))
            yield Wanted(email, week, busy, required)


def _working_week(person: Person, own: tuple[Opening, ...], calendars: Mapping[int, Timetable]) -> Timetable:
    """One's own hours, or else those of the house, with the days off and terms of the house; on one's own clock."""
    house = calendars.get(person.institution_id or 0, Timetable(person.zone))
    return Timetable(person.zone, own or house.hours or OFFICE, house.off, house.terms)


def _place(side: Side, calendar: Timetable, asked: Asked) -> Wanted:
    """A house among those who must come: not on days on which it is closed, and at home not out of term."""
    terms = calendar.terms if side.house.id == asked.home.id else ()
    return Wanted(side.house.public_id, Timetable(side.house.zone, off=calendar.off, terms=terms))


def _needs(asked: Asked, stock: _Stock, now: Instant) -> Iterator[Need]:
    """Certain rooms, then any hall of a house that isn't one of those, then kit."""
    reach = _reach(asked)
    for room in asked.rooms:
        yield Need(room.public_id, (_candidate(room, 1, stock, asked, reach, now),))
    for house in asked.houses:
        halls = [each for each in stock.halls[house.id] if each not in asked.rooms]
        yield Need(house.public_id, tuple(_candidate(each, 1, stock, asked, reach, now) for each in halls))
    for kit, quantity in asked.kit:
        yield Need(kit.public_id, (_candidate(kit, quantity, stock, asked, reach, now),))


def _candidate(
    resource: Room | Equipment, quantity: int, stock: _Stock, asked: Asked, reach: Span, now: Instant
) -> Candidate:
    rules, loads = stock.rules[resource.id], stock.loads.get(resource.id, ())
    busy = [load[:2] for load in loads] if rules.quantity == 1 else above(loads, rules.quantity - quantity)
    never = [*_too_far(rules, reach, now), *_too_long(rules, asked, reach)]
    return Candidate(
        resource.public_id, rules.zone, rules.openings, (*busy, *never), setup=rules.setup, teardown=rules.teardown
    )


def _too_far(rules: Rules, reach: Span, now: Instant) -> list[Span]:
    """The time that is too far ahead; the teardown may lie in it."""
    if rules.horizon_days is None:
        return []
    return [(now + DAY * rules.horizon_days + rules.teardown, reach[1] + BUFFERS)]


def _too_long(rules: Rules, asked: Asked, reach: Span) -> list[Span]:
    """All of the time, for a lesson that is too long."""
    too_long = rules.longest_minutes is not None and asked.minutes > rules.longest_minutes
    return [(reach[0] - BUFFERS, reach[1] + BUFFERS)] if too_long else []


def _metered(
    connection: sa.Connection,
    actor: Actor,
    asked: Asked,
    found: tuple[Offer, ...],
    known: Mapping[str, Resource],
    now: Instant,
) -> tuple[Offer, ...]:
    """The offers that no quota is against before those that would exceed one, as the desk will count."""
    if not quotas_on(connection, [each.id for each in known.values()], lock=False):
        return found
    assert actor.person_id is not None, "the matrix lets nobody ask who isn't signed in"
    counted = []
    for offer in found:
        bookings = bookings_for(offer.occurrences, _wants(asked, offer, known))
        wish = Wish(LOOK, asked.home.id, actor.person_id, bookings, approves=approves(actor), by=actor, now=now)
        counted.append(replace(offer, exceeded=tuple(preview(connection, wish)) if bookings else ()))
    return tuple(sorted(counted, key=lambda offer: bool(offer.exceeded)))


def _wants(asked: Asked, offer: Offer, known: Mapping[str, Resource]) -> tuple[Want, ...]:
    """The rooms and the kit that booking an offer takes: of each need the first that is free."""
    quantities = {kit.public_id: quantity for kit, quantity in asked.kit}
    free = [choice.free[0] for choice in offer.choices if choice.free]
    return tuple(Want(known[each].id, quantities.get(each, 1)) for each in free)
