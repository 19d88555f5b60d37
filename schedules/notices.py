"""What owners and approvers are told of bookings by mail: facts written with the change, put into words at sending.

They have lanes of their own: an invitation never waits for them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import msgspec
import sqlalchemy as sa

from rooms.approvals import answers_of
from schedules.facts import Place
from schedules.model import Held, Lesson
from schedules.places import places_of
from vclass.core import outbox
from vclass.core.outbox import Effect
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.people import Person, administrators, institutions, people_by_id

KIND: Final = "notice"
Notice: TypeAlias = Literal[
    "requested", "approved", "rejected", "expired", "taken", "displaced", "offered", "law", "closed", "proposed"
]
Reader: TypeAlias = Literal["owner", "approver"]
PATHS: Final[dict[tuple[Notice, Reader], str]] = {
    ("offered", "owner"): "/waiting/{booking}",
    ("law", "owner"): "/clocks",
    ("proposed", "owner"): "/lessons/{lesson}#answers",
    ("requested", "approver"): "/approvals/{booking}",
    ("taken", "approver"): "/approvals/{booking}",
    ("rejected", "approver"): "/approvals",
    ("expired", "approver"): "/approvals",
    ("displaced", "approver"): "/approvals",
}
"""Where the reader can do something about it; an owner on the lesson's page."""


class OtherSlot(msgspec.Struct, frozen=True):
    """A slot that was free when the notice was written, with the names of its rooms."""

    span: Span
    rooms: tuple[str, ...] = ()


class LostDate(msgspec.Struct, frozen=True):
    """A date that was approved too late: until when it is taken, if that is known, and what is free instead."""

    span: Span
    until: Instant = 0
    slots: tuple[OtherSlot, ...] = ()


class Side(msgspec.Struct, frozen=True):
    """A house whose rooms it is about."""

    code: str
    name: str
    zone: str
    hue: int


class RoomLine(msgspec.Struct, frozen=True):
    """A room, and whose it is."""

    side: Side
    name: str


class NoticeFacts(msgspec.Struct, frozen=True):
    """One notice to one reader, before it is put into words, by the names that the words' own page explains."""

    notice: Notice
    to: Reader
    email: str
    name: str
    language: str
    zone: str
    title: str
    first: Span
    last: Span
    path: str
    lesson: str
    number: int = 1
    weekly: bool = False
    by: str = ""
    sides: tuple[Side, ...] = ()
    rooms: tuple[RoomLine, ...] = ()
    before: Span | None = None
    until: Instant = 0
    reason: str = ""
    waits_for: tuple[str, ...] = ()
    slots: tuple[OtherSlot, ...] = ()
    confirmed: tuple[Span, ...] = ()
    lost: tuple[LostDate, ...] = ()
    proposed: Span | None = None
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What has happened to some dates of a lesson, whoever reads it.

    ``by`` did it, ``houses`` are the institutions whose approvers are told, too; ``before`` is the span that the first
    date had. Of a series that is had in part, ``confirmed`` are the dates that it has, and ``lost`` says of each other.
    Of the time that somebody ``proposed``, ``taken`` are the names of what isn't free then. ``about`` tells news of one
    kind on the same dates from one another.
    """

    notice: Notice
    lesson: Lesson
    dates: Sequence[Held]
    by: str = ""
    until: Instant = 0
    reason: str = ""
    waits_for: tuple[str, ...] = ()
    slots: tuple[OtherSlot, ...] = ()
    houses: Collection[int] = ()
    silent: int | None = None
    before: Span | None = None
    confirmed: tuple[Span, ...] = ()
    lost: tuple[LostDate, ...] = ()
    proposed: Span | None = None
    taken: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A lesson of which some bookings are new, who asked for them, and what the lesson was ``before`` it changed."""

    lesson: Lesson
    bookings: Collection[int]
    by: int | None
    before: Lesson | None = None

    @property
    def dates(self) -> list[Held]:
        """Those of the new bookings that wait for an answer."""
        return [each for each in self.lesson.dates if each.booking_id in self.bookings and each.asks]

    @property
    def moved_from(self) -> Span | None:
        """When the first of them was, if it is at another time now."""
        first = min(self.dates, key=lambda each: each.starts)
        were = () if self.before is None else self.before.dates
        spans = [(each.starts, each.ends) for each in were if each.id == first.id]
        return next((each for each in spans if each != (first.starts, first.ends)), None)


def tell(connection: sa.Connection, some: Sequence[News], now: Instant) -> None:
    """Write the outbox rows of some news: to each lesson's owner, and to who approves at the houses concerned.

    ``News.silent`` is the person who did it, who isn't told.
    """
    if not some:
        return
    owners = people_by_id(connection, {each.lesson.owner_id for each in some})
    approvers = {i: administrators(connection, i) for i in {house for each in some for house in each.houses}}
    places = places_of(connection, [each.lesson for each in some])
    for news in some:
        owner = owners.get(news.lesson.owner_id)
        told: list[tuple[Person, Reader]] = [] if owner is None else [(owner, "owner")]
        told += [(person, "approver") for house in news.houses for person in approvers[house]]
        outbox.put(connection, list(_effects(news, told, places[news.lesson.id])), now)


def ask(connection: sa.Connection, some: Sequence[Asking], now: Instant) -> None:
    """Tell approvers that new bookings of lessons wait for them, and each owner for whom they wait."""
    answers = answers_of(connection, {held.booking_id for each in some for held in each.dates})
    pending: defaultdict[int, set[int]] = defaultdict(set)
    for each in answers:
        if each.state == "pending":
            pending[each.booking_id].add(each.institution_id)
    if not pending:
        return
    names = {each.id: each.name for each in institutions(connection)}
    owners = people_by_id(connection, {each.lesson.owner_id for each in some})
    asked = [(each, sorted(set().union(*(pending[held.booking_id] for held in each.dates)))) for each in some]
    tell(connection, [_request(each, houses, names, owners) for each, houses in asked if houses], now)


def _request(asking: Asking, houses: Sequence[int], names: Mapping[int, str], owners: Mapping[int, Person]) -> News:
    lesson = asking.lesson
    return News(
        "requested",
        lesson,
        asking.dates,
        by=owners[lesson.owner_id].name if lesson.owner_id in owners else "",
        until=min((each.hold_until for each in asking.dates if each.hold_until is not None), default=0),
        waits_for=tuple(names[each] for each in houses),
        houses=houses,
        silent=asking.by,
        before=asking.moved_from,
    )


def _effects(news: News, told: Iterable[tuple[Person, Reader]], places: tuple[Place, ...]) -> Iterable[Effect]:
    lesson, dates = news.lesson, sorted(news.dates, key=lambda each: each.starts)
    rule = lesson.draft.timing.rule
    key = f"{lesson.uid}|{news.notice}|{lesson.version}|{dates[0].booking_public_id}|{len(news.waits_for)}{news.about}"
    for person, to in dict.fromkeys((person, to) for person, to in told):
        if to == "approver" and person.id == news.silent:
            continue
        path = PATHS.get((news.notice, to), "/lessons/{lesson}")
        facts = NoticeFacts(
            notice=news.notice,
            to=to,
            email=person.email,
            name=person.name,
            language=person.language,
            zone=person.zone,
            title=lesson.draft.title,
            first=(dates[0].starts, dates[0].ends),
            last=(dates[-1].starts, dates[-1].ends),
            path=path.format(booking=dates[0].booking_public_id, lesson=lesson.public_id),
            lesson=lesson.public_id,
            number=len(dates),
            weekly=rule is not None and rule.weekly and not news.lost,
            by=news.by,
            sides=tuple({each.code: _side(each) for each in places}.values()),
            rooms=tuple(RoomLine(_side(each), each.name) for each in places),
            before=news.before,
            until=news.until,
            reason=news.reason,
            waits_for=news.waits_for,
            slots=news.slots,
            confirmed=news.confirmed,
            lost=news.lost,
            proposed=news.proposed,
            taken=news.taken,
        )
        yield Effect(
            kind=KIND,
            dedupe_key=f"{KIND}|{key}|{to}|{person.email}",
            lane=f"{KIND}|{lesson.uid}|{person.email}",
            recipient=person.email,
            facts=msgspec.to_builtins(facts),
        )


def _side(place: Place) -> Side:
    return Side(place.code, place.institution, place.zone, place.hue)
