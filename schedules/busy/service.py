"""What people can do with calendars from elsewhere: one function for each; none commits."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from schedules.busy import store
from schedules.busy.model import MOST_SOURCES, Kind, Mark, Problem, Source, TooManyCalendarsError, pause
from vclass.core import audit, idempotency
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.tokens import new_id
from vclass.core.zones import Instant
from vclass.icsreader.model import Reading
from vclass.people import Person, people_by_id


@dataclass(frozen=True, slots=True)
class Brought:
    """A calendar that somebody brings: where it is from, its octets' digest, and what was read in it."""

    kind: Kind
    name: str
    digest: str
    reading: Reading
    address: str = ""
    mark: Mark = field(default_factory=Mark)


def digest_of(content: bytes) -> str:
    """What is kept of a calendar's octets."""
    return hashlib.sha256(content).hexdigest()


def own(connection: sa.Connection, actor: Actor) -> list[Source]:
    """The actor's calendars."""
    return store.sources_of(connection, actor.own_id())


def brought(connection: sa.Connection, actor: Actor, now: Instant) -> list[tuple[Source, int]]:
    """The actor's calendars, and how many busy times are to come in each."""
    return counted(connection, own(connection, actor), now)


def counted(connection: sa.Connection, sources: Sequence[Source], now: Instant) -> list[tuple[Source, int]]:
    times = store.count_times(connection, [each.id for each in sources], now)
    return [(each, times.get(each.id, 0)) for each in sources]


def one(connection: sa.Connection, actor: Actor, public_id: str) -> Source:
    """One of the actor's calendars.

    Raises:
        NotFoundError: It is none of theirs.
    """
    found = store.source_by_public_id(connection, public_id)
    if found is None or found.person_id != actor.own_id():
        raise NotFoundError("calendar")
    return found


def check_room(connection: sa.Connection, actor: Actor, kind: Kind, called: str) -> None:
    """Refuse a calendar too many before it is fetched; one that takes another's place isn't.

    Raises:
        TooManyCalendarsError: The actor has as many as anybody can have.
    """
    there = own(connection, actor)
    if len(there) >= MOST_SOURCES and not any(_is_same(each, kind, called) for each in there):
        raise TooManyCalendarsError


def keep(
    connection: sa.Connection, actor: Actor, brought: Brought, key: Key | None, now: Instant, chance: float
) -> Source:
    """Keep the busy times of a calendar, in the place of the one of that file name or address, if there is one.

    Raises:
        TooManyCalendarsError: The actor has as many as anybody can have.
        KeyReusedError: The key came with another calendar.
    """
    stored = idempotency.once(connection, key, now, lambda: _kept(connection, actor, brought, now, chance))
    return one(connection, actor, msgspec.json.decode(stored, type=str))


def remove(connection: sa.Connection, actor: Actor, public_id: str, now: Instant) -> None:
    """Forget a calendar and its busy times."""
    found = one(connection, actor, public_id)
    store.delete(connection, [found.id])
    _note(connection, actor, found.id, {"removed": found.kind}, now)


def renew(connection: sa.Connection, source: Source, brought: Brought, now: Instant, chance: float) -> None:
    """What was fetched anew takes the place of what was known."""
    if store.update(connection, source.id, _values(brought, now, chance)):
        store.put_times(connection, source.id, brought.reading.spans)


def confirm(connection: sa.Connection, source: Source, mark: Mark, now: Instant, chance: float) -> None:
    """It still is as it was."""
    values = {"etag": mark.etag, "modified": mark.modified, "read_at": now, "tried_at": now, "failures": 0}
    store.update(connection, source.id, {**values, "problem": None, "due_at": now + pause(0, chance)})


def fail(connection: sa.Connection, source: Source, problem: Problem, now: Instant, chance: float) -> None:
    """It could not be had or read: what was known goes on, and the reason is shown."""
    failures = source.failures + 1
    values = {"failures": failures, "problem": msgspec.json.encode(problem).decode(), "tried_at": now}
    store.update(connection, source.id, {**values, "due_at": now + pause(failures, chance)})


def due(connection: sa.Connection, now: Instant) -> list[tuple[Source, Person]]:
    """The calendars that are to be fetched now, and whose they are; other processes leave them."""
    taken = store.lease_due(connection, now)
    owners = people_by_id(connection, [each.person_id for each in taken])
    return [(each, owners[each.person_id]) for each in taken]


def forget_person(connection: sa.Connection, person: Person) -> list[str]:
    """Erase somebody's calendars; no seat in a lesson goes with them."""
    store.delete_all_of(connection, person.id)
    return []


def _kept(connection: sa.Connection, actor: Actor, brought: Brought, now: Instant, chance: float) -> bytes:
    called = brought.address or brought.name
    check_room(connection, actor, brought.kind, called)
    former = next((each for each in own(connection, actor) if _is_same(each, brought.kind, called)), None)
    values = _values(brought, now, chance) | {"name": brought.name}
    if former is None:
        first = {"public_id": new_id(), "person_id": actor.own_id(), "kind": brought.kind, "created_at": now}
        source_id = store.insert(connection, values | first | {"address": brought.address})
    else:
        source_id = former.id
        store.update(connection, source_id, values)
    store.put_times(connection, source_id, brought.reading.spans)
    _note(connection, actor, source_id, {"brought": brought.kind, "times": len(brought.reading.spans)}, now)
    return msgspec.json.encode(former.public_id if former is not None else first["public_id"])


def _values(brought: Brought, now: Instant, chance: float) -> dict[str, Any]:
    return {
        "digest": brought.digest,
        "etag": brought.mark.etag,
        "modified": brought.mark.modified,
        "report": msgspec.json.encode(brought.reading.report).decode(),
        "read_at": now,
        "expanded_at": now,
        "tried_at": now,
        "due_at": now + pause(0, chance) if brought.kind == "address" else None,
        "failures": 0,
        "problem": None,
    }


def _is_same(source: Source, kind: Kind, called: str) -> bool:
    return source.kind == kind and called == (source.address if kind == "address" else source.name)


def _note(connection: sa.Connection, actor: Actor, source_id: int, facts: dict[str, Any], now: Instant) -> None:
    entry = audit.Entry(now, actor.person_id, actor.institution_id, "me.change", "busy-source", source_id, facts)
    audit.append(connection, [entry])
