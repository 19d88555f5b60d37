"""What people do with feeds: make them, list them, revoke them; and what programs get under their links."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import sqlalchemy as sa

from config import Keyring
from rooms import resources_by_ids
from schedules import store as lessons_store
from schedules.feeds import store
from schedules.feeds.model import DAY, MOST, PURPOSES, Detail, Feed, Kind, TooManyFeedsError, etag_of
from schedules.feeds.sources import Site, Source, find, source_of
from schedules.ical.feed import Entry, calendar
from schedules.ical.freebusy import free_busy
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.paging import fetched
from vclass.core.refusals import FieldError, ForbiddenError, InvalidInputError, NotFoundError
from vclass.core.tokens import derive, digest, new_id
from vclass.core.zones import Instant
from vclass.people import Person, actor_by_id, require

PAST_DAYS: Final = 7
AHEAD_DAYS: Final = 180
LEVEL: Final = 5
"""Of compression: more costs twice the time and saves a twentieth."""
NOTED_EVERY: Final = 3600


@dataclass(frozen=True, slots=True)
class Wish:
    """A feed that somebody would like to have."""

    kind: Kind
    of: str
    detail: Detail


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asks for: under which link, what it has already, and whether it takes gzip."""

    token: str
    purpose: str
    known: str = ""
    gzip: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """What it gets; no body for what it has already."""

    feed: Feed
    etag: str
    modified: Instant
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed as its owner sees it; without a token where the key that made it is gone.

    ``name`` is "" once the owner may not see any more what it is about: then the link leads nowhere, either.
    """

    feed: Feed
    name: str
    of: str
    token: str | None


def serve(connection: sa.Connection, site: Site, asked: Asked, now: Instant) -> Served | None:
    """The calendar behind a link, unless the program has it; None for a link that leads nowhere.

    Whether it has is known from stamps alone: nothing is read, expanded or written for that.
    """
    feed = store.by_digest(connection, digest(asked.token))
    if feed is None or PURPOSES[feed.detail] != asked.purpose:
        return None
    source = _source(connection, site, feed)
    if source is None:
        return None
    today = now - now % DAY
    lessons, more = source.stamp(connection)
    etag = etag_of(feed.public_id, feed.generation, site.url, lessons, more, today)
    modified = max(feed.created_at, today, lessons.latest)
    if etag in asked.known:
        return Served(feed, etag, modified, None)
    body = _body(connection, source, feed, now)
    return Served(feed, etag, modified, zipped(body) if asked.gzip else body)


def _source(connection: sa.Connection, site: Site, feed: Feed) -> Source | None:
    """What the owner may no longer see nobody gets under the owner's link."""
    actor = actor_by_id(connection, feed.owner_id)
    try:
        return None if actor is None else source_of(connection, site, actor, feed)
    except (ForbiddenError, NotFoundError):
        return None


def _body(connection: sa.Connection, source: Source, feed: Feed, now: Instant) -> bytes:
    if feed.detail == "freebusy":
        today = now - now % DAY
        window = today - PAST_DAYS * DAY, today + AHEAD_DAYS * DAY
        return free_busy(f"{feed.public_id}@vclass.invalid", today, window, *source.busy(connection, window))
    entries: Iterator[Entry] = source.entries(connection, now)
    if feed.detail == "busy":
        entries = (replace(each, busy=True) for each in entries)
    return calendar(source.name, entries)


def zipped(body: bytes) -> bytes:
    """The same for the same body, whenever that is."""
    return gzip.compress(body, LEVEL, mtime=0)


def note_use(connection: sa.Connection, feed: Feed, now: Instant) -> None:
    store.write(connection, feed.id, used_at=now)


def is_noted(feed: Feed, now: Instant) -> bool:
    """Whether its last use is known well enough: one write an hour will do."""
    return feed.used_at is not None and now - feed.used_at < NOTED_EVERY


def create(connection: sa.Connection, actor: Actor, site: Site, wish: Wish, now: Instant) -> Feed:
    """Make a link to a calendar that the actor may see.

    Raises:
        InvalidInputError: There is no such calendar.
        NotFoundError: The room or lesson isn't the actor's business.
        TooManyFeedsError: The actor has too many links.
    """
    require(actor, "feeds.manage")
    if wish.kind == "lesson" and wish.detail == "freebusy":
        raise InvalidInputError([FieldError("detail", "a lesson has no free and busy times; choose full or busy")])
    owner = actor.own_id()
    source = find(connection, site, actor, wish.kind, wish.of)
    if len(store.of_owner(connection, owner, most=MOST)) == MOST:
        raise TooManyFeedsError
    public_id = new_id()
    values = {
        "public_id": public_id,
        "owner_id": owner,
        "kind": wish.kind,
        "resource_id": None if source.room is None else source.room.id,
        "lesson_id": lessons_store.lesson_id_by_public_id(connection, wish.of) if wish.kind == "lesson" else None,
        "detail": wish.detail,
        "created_at": now,
    }
    made = store.insert(connection, values | _link(site.keyring, public_id, wish.detail, 1))
    _note(connection, actor, made, {"kind": wish.kind, "detail": wish.detail}, now)
    return made


def revoke(connection: sa.Connection, actor: Actor, keyring: Keyring, public_id: str, now: Instant) -> None:
    """Let a link lead nowhere from now on: its generation rises.

    Raises:
        NotFoundError: The actor has no such feed.
    """
    require(actor, "feeds.manage")
    feed = store.by_public_id(connection, actor.own_id(), public_id)
    if feed is None:
        raise NotFoundError("calendar link")
    link = _link(keyring, feed.public_id, feed.detail, feed.generation + 1)
    store.write(connection, feed.id, revoked_at=now, **link)
    _note(connection, actor, feed, {"revoked": True}, now)


def listed(
    connection: sa.Connection, actor: Actor, site: Site, cursor: str | None = None
) -> tuple[list[Listed], str | None]:
    """A page of the actor's feeds."""
    require(actor, "feeds.manage")
    found, following = fetched(partial(store.of_owner, connection, actor.own_id()), cursor)
    return [told(connection, site, each) for each in found], following


def told(connection: sa.Connection, site: Site, feed: Feed) -> Listed:
    """A feed with its link, and with its name as long as the owner may see what it is about."""
    source = _source(connection, site, feed)
    return Listed(feed, "" if source is None else source.name, _about(connection, feed), token_of(site.keyring, feed))


def _about(connection: sa.Connection, feed: Feed) -> str:
    """The public id of the room or lesson."""
    if feed.resource_id is not None:
        return resources_by_ids(connection, [feed.resource_id])[feed.resource_id].public_id
    return "" if feed.lesson_id is None else lessons_store.public_ids(connection, [feed.lesson_id])[feed.lesson_id]


def by_public_id(connection: sa.Connection, actor: Actor, public_id: str) -> Feed:
    """One of the actor's feeds.

    Raises:
        NotFoundError: There is none, or it was revoked.
    """
    feed = store.by_public_id(connection, actor.own_id(), public_id)
    if feed is None:
        raise NotFoundError("calendar link")
    return feed


def token_of(keyring: Keyring, feed: Feed) -> str | None:
    key = keyring.find(feed.key_id)
    return None if key is None else derive(key.octets, PURPOSES[feed.detail], feed.public_id, feed.generation)


def forget_person(connection: sa.Connection, person: Person) -> list[str]:
    """Delete the feeds of somebody who is erased."""
    store.forget_owner(connection, person.id)
    return []


def _link(keyring: Keyring, public_id: str, detail: Detail, generation: int) -> dict[str, object]:
    key = keyring.current
    token = derive(key.octets, PURPOSES[detail], public_id, generation)
    return {"key_id": key.id, "generation": generation, "token_digest": digest(token)}


def _note(connection: sa.Connection, actor: Actor, feed: Feed, facts: dict[str, object], now: Instant) -> None:
    entry = audit.Entry(now, actor.person_id, actor.institution_id, "feeds.manage", "feed", feed.id, facts)
    audit.append(connection, [entry])
