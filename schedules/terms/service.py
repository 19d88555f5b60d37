"""What people can do with terms, closures and working hours: one function for each; none commits."""

import datetime as dt
import zlib
from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from schedules import closing
from schedules.slots import DaysOff, Timetable
from schedules.terms import store
from schedules.terms.model import Calendar, Days, TermNameTakenError, WorkingWeek, check_days, openings, week_of
from schedules.terms.store import Kind
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError, StaleError
from vclass.core.zones import Instant
from vclass.people import Subject, institutions, require


def add(
    connection: sa.Connection, actor: Actor, kind: Kind, name: str, first_day: dt.date, last_day: dt.date, now: Instant
) -> Days:
    """Add a term or a closure to the actor's institution.

    Raises:
        InvalidInputError: It ends before it begins, or its name can't be read.
        TermNameTakenError: There is a term of that name.
    """
    home = _managed(actor)
    check_days(name, store.NAMES[kind], first_day, last_day)
    values = {"name": name.strip(), "first_day": first_day, "last_day": last_day}
    made = store.insert(connection, kind, home, values, now)
    if made is None:
        raise TermNameTakenError(name, store.free_name(connection, home, name.strip()))
    _note(connection, actor, kind, made, {"after": _facts(values)}, now)
    if kind == "closure":
        closing.tell(connection, made, None, now)
    return made


def change(
    connection: sa.Connection,
    actor: Actor,
    kind: Kind,
    public_id: str,
    wanted: dict[str, Any],
    *,
    version: int,
    now: Instant,
) -> Days:
    """Change a term or a closure of the actor's institution; what is UNSET stays."""
    before = _mine(connection, actor, kind, public_id, version)
    values = {field: getattr(before, field) if each is UNSET else each for field, each in wanted.items()}
    check_days(values["name"], store.NAMES[kind], values["first_day"], values["last_day"])
    if (
        kind == "term"
        and values["name"] != before.name
        and store.has_name(connection, before.institution_id, values["name"])
    ):
        instead = store.free_name(connection, before.institution_id, values["name"])
        raise TermNameTakenError(values["name"], instead)
    if not store.replace(connection, kind, before, values):
        raise StaleError
    former = {field: getattr(before, field) for field in values}
    _note(connection, actor, kind, before, {"before": _facts(former), "after": _facts(values)}, now)
    after = _found(connection, kind, public_id)
    if kind == "closure":
        closing.tell(connection, after, before, now)
    return after


def remove(connection: sa.Connection, actor: Actor, kind: Kind, public_id: str, *, version: int, now: Instant) -> None:
    """Delete a term or a closure of the actor's institution."""
    before = _mine(connection, actor, kind, public_id, version)
    if not store.delete(connection, kind, before):
        raise StaleError
    former = {"name": before.name, "first_day": before.first_day, "last_day": before.last_day}
    _note(connection, actor, kind, before, {"before": _facts(former)}, now)


def see(connection: sa.Connection, actor: Actor, kind: Kind, institution: str | None) -> list[Days]:
    """The terms or closures of an institution; without one, of the actor's own."""
    return store.find_all(connection, kind, [_institution(connection, actor, institution)])


def hours_of_house(connection: sa.Connection, actor: Actor, institution: str | None) -> tuple[WorkingWeek, int]:
    """The working hours of an institution, and their version."""
    place = _institution(connection, actor, institution)
    return _versioned(week_of(store.hours_of_institutions(connection, [place]).get(place, ())))


def own_hours(connection: sa.Connection, actor: Actor) -> tuple[WorkingWeek, int]:
    """The actor's own working hours, and their version."""
    assert actor.person_id is not None, "the route lets nobody in who isn't signed in"
    return _versioned(week_of(store.hours_of_people(connection, [actor.person_id]).get(actor.person_id, ())))


def put_house_hours(
    connection: sa.Connection, actor: Actor, week: WorkingWeek, *, version: int, now: Instant
) -> tuple[WorkingWeek, int]:
    """Replace the working hours of the actor's institution."""
    home = _managed(actor)
    before, standing = hours_of_house(connection, actor, None)
    if standing != version:
        raise StaleError(standing)
    store.put_hours(connection, openings(week), institution_id=home)
    _note_hours(connection, actor, home, before, week, now)
    return hours_of_house(connection, actor, None)


def put_own_hours(
    connection: sa.Connection, actor: Actor, week: WorkingWeek, *, version: int, now: Instant
) -> tuple[WorkingWeek, int]:
    """Replace the actor's own working hours."""
    before, standing = own_hours(connection, actor)
    if standing != version:
        raise StaleError(standing)
    store.put_hours(connection, openings(week), person_id=actor.person_id)
    _note_hours(connection, actor, None, before, week, now)
    return own_hours(connection, actor)


def calendars(connection: sa.Connection, ids: Collection[int]) -> list[Calendar]:
    """What some institutions plan around, for lessons to be left out."""
    terms, closures = (store.find_all(connection, kind, ids) for kind in ("term", "closure"))
    return [
        Calendar(each.id, each.name, each.zone, _of(each.id, terms), _of(each.id, closures))
        for each in institutions(connection)
        if each.id in ids
    ]


def timetables(connection: sa.Connection, ids: Collection[int]) -> dict[int, Timetable]:
    """When some institutions work: their hours, closures and terms."""
    hours = store.hours_of_institutions(connection, ids)
    return {
        each.institution_id: Timetable(
            zone=each.zone,
            hours=hours.get(each.institution_id, ()),
            off=tuple(DaysOff(days.first_day, days.last_day, "holiday", days.name) for days in each.closures),
            terms=tuple((days.first_day, days.last_day) for days in each.terms),
        )
        for each in calendars(connection, ids)
    }


def _of(institution_id: int, found: list[Days]) -> tuple[Days, ...]:
    return tuple(each for each in found if each.institution_id == institution_id)


def _institution(connection: sa.Connection, actor: Actor, public_id: str | None) -> int:
    if public_id is None and actor.institution_id is not None:
        return actor.institution_id
    found = next((each.id for each in institutions(connection) if each.public_id == public_id), None)
    if found is None:
        raise NotFoundError("institution")
    return found


def _managed(actor: Actor) -> int:
    require(actor, "calendar.manage", Subject(institution=actor.institution_id))
    assert actor.institution_id is not None, "the matrix lets only an institution's own people manage its calendar"
    return actor.institution_id


def _found(connection: sa.Connection, kind: Kind, public_id: str) -> Days:
    found = store.find(connection, kind, public_id)
    if found is None:
        raise NotFoundError(kind)
    return found


def _mine(connection: sa.Connection, actor: Actor, kind: Kind, public_id: str, version: int) -> Days:
    """A term or closure that the actor may change, as it was read."""
    found = _found(connection, kind, public_id)
    require(actor, "calendar.manage", Subject(institution=found.institution_id))
    if found.version != version:
        raise StaleError(found.version)
    return found


def _versioned(week: WorkingWeek) -> tuple[WorkingWeek, int]:
    """The week and a number that tells it from others: who puts the same week twice changes nothing."""
    return week, zlib.crc32(msgspec.json.encode(week))


def _facts(values: dict[str, Any]) -> dict[str, Any]:
    return {field: str(value) for field, value in values.items()}


def _note(connection: sa.Connection, actor: Actor, kind: Kind, of: Days, facts: dict[str, Any], now: Instant) -> None:
    entry = audit.Entry(now, actor.person_id, of.institution_id, "calendar.manage", kind, of.id, facts)
    audit.append(connection, [entry])


def _note_hours(
    connection: sa.Connection, actor: Actor, home: int | None, before: WorkingWeek, after: WorkingWeek, now: Instant
) -> None:
    assert actor.person_id is not None, "the matrix lets nobody do this who isn't signed in"
    action = "me.change" if home is None else "calendar.manage"
    facts = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(after)}
    whose = actor.person_id if home is None else home
    entity = "person-hours" if home is None else "institution-hours"
    audit.append(connection, [audit.Entry(now, actor.person_id, actor.institution_id, action, entity, whose, facts)])
