"""What a calendar program is answered: plain functions on one snapshot of the database."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from schedules.caldav import properties, store, xml
from schedules.caldav.calendars import Calendar, calendar_named, calendars_of, present_mark, tag_of
from schedules.caldav.model import Address, Mark, address, mark, unknown_mark, unsupported_report
from schedules.caldav.properties import Properties, told
from schedules.caldav.store import Member
from schedules.caldav.xml import FreeBusy, Multiget, Query, Report, Sync, Wanted
from schedules.feeds.sources import Site
from schedules.ical.feed import calendar_object
from schedules.ical.freebusy import free_busy
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.spans import Span
from vclass.core.zones import Instant

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Fetched:
    """A lesson's object; no body for who has it already."""

    etag: str
    modified: Instant
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what, and what their links are made of."""

    site: Site
    actor: Actor
    at: Address


def propfind(connection: sa.Connection, asked: Asked, wanted: Wanted, depth: int) -> bytes:
    """The properties of an address, and with a depth of 1 of what lies in it.

    Raises:
        NotFoundError: There is nothing of that name.
    """
    found = {"root": _root, "principal": _principal, "home": _home, "calendar": _calendar, "lesson": _lesson}
    return xml.multistatus(found[asked.at.kind](connection, asked, wanted, depth))


def report(connection: sa.Connection, asked: Asked, wish: Report, now: Instant) -> bytes:
    """What a report comes to; all of them are about a calendar.

    Raises:
        NotFoundError: There is no such calendar.
        PreconditionError: The report can't be had here, or the mark is none of ours.
    """
    if asked.at.kind != "calendar":
        raise unsupported_report(type(wish).__name__)
    calendar = _named(connection, asked)
    if isinstance(wish, FreeBusy):
        return _free_busy(connection, calendar, wish.span, now)
    if isinstance(wish, Query):
        return xml.multistatus(_matching(connection, calendar, wish))
    if isinstance(wish, Multiget):
        return xml.multistatus(_several(connection, calendar, wish))
    return xml.multistatus(_changed(connection, calendar, wish))


def fetch(connection: sa.Connection, asked: Asked, known: str) -> Fetched:
    """A lesson's object.

    Raises:
        NotFoundError: There is none, or the address names none.
    """
    calendar = _named(connection, asked)
    (member,) = _only(connection, calendar, asked.at.lesson)
    etag = tag_of(connection)(member)
    if f'"{etag}' in known:
        return Fetched(etag, member.told_at, None)
    entry = next((entry for _, entry in calendar.entries(connection, [member])), None)
    if entry is None:
        raise NotFoundError("lesson")
    return Fetched(etag, member.told_at, calendar_object(entry))


def _root(_connection: sa.Connection, asked: Asked, wanted: Wanted, _depth: int) -> Iterator[str]:
    yield told(asked.at.path, properties.root(asked.actor.public_id), wanted)


def _principal(_connection: sa.Connection, asked: Asked, wanted: Wanted, _depth: int) -> Iterator[str]:
    _check_own(asked)
    actor = asked.actor
    yield told(asked.at.path, properties.principal(actor.public_id, actor.name, actor.email), wanted)


def _home(connection: sa.Connection, asked: Asked, wanted: Wanted, depth: int) -> Iterator[str]:
    _check_own(asked)
    yield told(asked.at.path, properties.home(asked.actor.public_id, asked.actor.name), wanted)
    if depth:
        for each in calendars_of(connection, asked.site, asked.actor):
            yield told(each.address.path, _of_calendar(connection, each), wanted)


def _calendar(connection: sa.Connection, asked: Asked, wanted: Wanted, depth: int) -> Iterator[str]:
    calendar = _named(connection, asked)
    yield told(calendar.address.path, _of_calendar(connection, calendar), wanted)
    if depth:
        yield from _lessons(connection, calendar, store.members(connection, calendar.found(None)), wanted)


def _lesson(connection: sa.Connection, asked: Asked, wanted: Wanted, _depth: int) -> Iterator[str]:
    calendar = _named(connection, asked)
    yield from _lessons(connection, calendar, _only(connection, calendar, asked.at.lesson), wanted)


def _of_calendar(connection: sa.Connection, calendar: Calendar) -> Properties:
    return properties.calendar(
        calendar.address.person,
        calendar.source.name,
        lambda: calendar.tag(connection),
        lambda: str(present_mark(connection)),
    )


def _lessons(connection: sa.Connection, calendar: Calendar, members: Sequence[Member], wanted: Wanted) -> Iterator[str]:
    """The responses of some lessons; they are read only if their text, or its length, is asked for."""
    etag = tag_of(connection)
    if not properties.needs_data(wanted):
        yield from (_told(calendar, each, etag(each), bytes, wanted) for each in members)
        return
    for member, entry in calendar.entries(connection, list(members)):
        data = cache(partial(calendar_object, entry, wanted.expand))
        yield _told(calendar, member, etag(member), data, wanted)


def _told(calendar: Calendar, member: Member, etag: str, data: Callable[[], bytes], wanted: Wanted) -> str:
    found = properties.lesson(calendar.address.person, etag, member.told_at, data)
    return told(calendar.path_of(member), found, wanted)


def _matching(connection: sa.Connection, calendar: Calendar, query: Query) -> Iterator[str]:
    sought = query.filter
    if sought.nothing:
        return
    found = calendar.found(sought.span)
    if sought.uid is not None:
        found = store.of_uid(found, sought.uid)
    yield from _lessons(connection, calendar, store.members(connection, found), query.wanted)


def _several(connection: sa.Connection, calendar: Calendar, wish: Multiget) -> Iterator[str]:
    """What was named, and of what isn't here that it isn't (RFC 4791 section 7.9)."""
    named = {each: _lesson_in(calendar, each) for each in wish.hrefs}
    wanted = sorted({each for each in named.values() if each})
    present: list[Member] = []
    for first in range(0, len(wanted), AT_ONCE):
        some = store.named(calendar.found(None), wanted[first : first + AT_ONCE])
        present += store.members(connection, some)
    yield from _lessons(connection, calendar, present, wish.wanted)
    there = {each.public_id for each in present}
    yield from (xml.gone(href) for href, lesson in named.items() if lesson not in there)


def _lesson_in(calendar: Calendar, href: str) -> str:
    """The lesson that a path or a whole address names; "" for none of this calendar."""
    try:
        found = address(unquote(urlsplit(href).path))
    except ValueError:
        return ""
    return "" if found is None or replace(found, kind="calendar", lesson="") != calendar.address else found.lesson


def _changed(connection: sa.Connection, calendar: Calendar, wish: Sync) -> Iterator[str]:
    """What is another since a mark, what is gone since, and the mark for the next time (RFC 6578 section 3.4)."""
    here = present_mark(connection)
    since = mark(wish.token) if wish.token else Mark(here.epoch, 0)
    if since.epoch != here.epoch or since.number > here.number:
        raise unknown_mark()
    present = store.members(connection, store.since(calendar.found(None), since.number))
    gone = _gone(connection, calendar, present, since) if wish.token else []
    kept, following = first_of(sorted([*present, *gone], key=lambda each: each.changed), wish.most)
    left = {each.public_id for each in kept} - {each.public_id for each in gone}
    yield from _lessons(connection, calendar, [each for each in present if each.public_id in left], wish.wanted)
    yield from (xml.gone(calendar.path_of(each)) for each in kept if each.public_id not in left)
    if following is not None:
        yield xml.cut_short(calendar.address.path)
    yield xml.element(xml.dav("sync-token"), str(here if following is None else Mark(here.epoch, following)))


def _gone(connection: sa.Connection, calendar: Calendar, present: Sequence[Member], since: Mark) -> list[Member]:
    shown = {each.public_id for each in present}
    ever = store.members(connection, store.since(calendar.ever, since.number))
    return [each for each in ever if each.public_id not in shown]


def first_of(found: Sequence[Member], most: int | None) -> tuple[Sequence[Member], int | None]:
    """The first of what changed, at most so many, and from which number on the rest is asked for.

    What has one number stays together, however much it is: a mark can't tell it apart.
    """
    if most is None or len(found) <= most:
        return found, None
    edge = found[most].changed
    kept = [each for each in found if each.changed < edge]
    if kept:
        return kept, edge
    following = next((each.changed for each in found if each.changed > edge), None)
    return [each for each in found if each.changed == edge], following


def _free_busy(connection: sa.Connection, calendar: Calendar, span: Span, now: Instant) -> bytes:
    name = f"{calendar.address.calendar}@vclass.invalid"
    return free_busy(name, now, span, *calendar.source.busy(connection, span))


def _only(connection: sa.Connection, calendar: Calendar, public_id: str) -> list[Member]:
    found = store.members(connection, store.named(calendar.found(None), [public_id]))
    if not found:
        raise NotFoundError("lesson")
    return found


def _named(connection: sa.Connection, asked: Asked) -> Calendar:
    _check_own(asked)
    found = calendar_named(connection, asked.site, asked.actor, asked.at.calendar)
    if found is None:
        raise NotFoundError("calendar")
    return found


def _check_own(asked: Asked) -> None:
    """Everybody has calendars of their own, and nobody sees that others have any."""
    if asked.at.person != asked.actor.public_id:
        raise NotFoundError("calendar")
