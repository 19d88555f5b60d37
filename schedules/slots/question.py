"""From a body to a question: every wrong field is named, and everything that is named is looked up in scope."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import sqlalchemy as sa

from rooms import Equipment, Resource, Room, feature_word, is_feature, resources_by_public_id
from schedules.slots.model import MOST_PEOPLE
from schedules.slots.wire import SlotQuestion
from vclass.core import hours
from vclass.core.addresses import address
from vclass.core.keys import Actor
from vclass.core.paging import bounded
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.spans import Span
from vclass.core.zones import Instant, InstantError, WallTime, WallTimeError, canonical, parse_rfc3339
from vclass.people import Institution

T = TypeVar("T")
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
YEAR_2200: Final = 7_258_118_400
MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be answered.

    Attributes:
        home: the institution of who asks.
        zone: the anchor zone.
        span: the window in which the lesson, if it is weekly the first one, begins and ends.
        weeks: of a weekly lesson.
        required: addresses of those who must come; ``optional`` of those who should.
        rooms: all of which are wanted, and of each of ``houses`` a hall with so many ``seats`` and the ``features``.
        kit: with the quantity wanted.
    """

    home: Institution
    zone: str
    minutes: int
    span: Span
    weeks: int | None
    required: tuple[str, ...]
    optional: tuple[str, ...]
    rooms: tuple[Room, ...] = ()
    houses: tuple[Institution, ...] = ()
    kit: tuple[tuple[Equipment, int], ...] = ()
    seats: int = 1
    features: frozenset[str] = frozenset()


def read(
    connection: sa.Connection, actor: Actor, homes: Mapping[int, Institution], body: SlotQuestion, now: Instant
) -> Asked:
    """The question in a body.

    Raises:
        InvalidInputError: Names every field that is wrong.
    """
    assert actor.institution_id is not None, "the matrix lets only an institution's own people ask"
    home = homes[actor.institution_id]
    named = [*body.rooms, *(each.id for each in body.equipment)]
    known = resources_by_public_id(connection, named, actor.institution_id) if named else {}
    reader = _Reader()
    zone = reader.read(lambda: canonical(body.zone or home.zone), home.zone)
    required, optional = reader.people(body, actor)
    asked = Asked(
        home=home,
        zone=zone,
        minutes=body.minutes,
        span=reader.read(lambda: _window(body, zone, now), (now, now)),
        weeks=body.weekly_for,
        required=required,
        optional=optional,
        rooms=tuple(dict.fromkeys(reader.known("rooms[{}]", body.rooms, Room, known))),
        houses=tuple(reader.houses(body.institutions, homes.values())),
        kit=tuple(reader.kit(body, known)),
        seats=body.capacity,
        features=frozenset(reader.features(body.features)),
    )
    if reader.errors:
        raise InvalidInputError(reader.errors)
    return asked


@dataclass(slots=True)
class _Reader:
    """Reads fields and remembers what was wrong."""

    errors: list[FieldError] = field(default_factory=list)

    def read(self, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except InvalidInputError as refusal:
            self.errors.extend(refusal.errors)
            return instead

    def people(self, body: SlotQuestion, actor: Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The addresses of those who must come, and of those who should; where nobody must, it is about the asker."""
        required = self._addresses("people[{}]", body.people) or (actor.email,)
        optional = tuple(each for each in self._addresses("optional[{}]", body.optional) if each not in required)
        if len(required) + len(optional) > MOST_PEOPLE:
            self._wrong("optional", f"a time can be found for at most {MOST_PEOPLE} people in all")
        return required, optional

    def _addresses(self, where: str, texts: Iterable[str]) -> tuple[str, ...]:
        found = [self._address(where.format(place), text) for place, text in enumerate(texts)]
        return tuple(dict.fromkeys(each for each in found if each))

    def _address(self, where: str, text: str) -> str:
        return self.read(lambda: address(text, where), "")

    def known(self, where: str, ids: Iterable[str], kind: type[T], resources: Mapping[str, Resource]) -> Iterator[T]:
        for place, public_id in enumerate(ids):
            found = resources.get(public_id)
            if isinstance(found, kind):
                yield found
            else:
                self._wrong(where.format(place), "there is none, or it is not shared with your institution")

    def houses(self, ids: Iterable[str], homes: Iterable[Institution]) -> Iterator[Institution]:
        by_id = {each.public_id: each for each in homes}
        for place, public_id in dict(enumerate(dict.fromkeys(ids))).items():
            if public_id in by_id:
                yield by_id[public_id]
            else:
                self._wrong(f"institutions[{place}]", "there is no such institution")

    def kit(self, body: SlotQuestion, resources: Mapping[str, Resource]) -> Iterator[tuple[Equipment, int]]:
        ids = [each.id for each in body.equipment]
        if len(set(ids)) < len(ids):
            self._wrong("equipment", "a pool is named twice; name it once with its quantity")
        for place, wanted in enumerate(body.equipment):
            for found in self.known(f"equipment[{place}].id", [wanted.id], Equipment, resources):
                if wanted.quantity > found.quantity:
                    self._wrong(f"equipment[{place}].quantity", f"the pool has {found.quantity}; ask for no more")
                yield found, wanted.quantity

    def features(self, words: Iterable[str]) -> Iterator[str]:
        for place, word in enumerate(words):
            if not is_feature(word):
                self._wrong(f"features[{place}]", "write a word or two, without commas")
            yield feature_word(word)

    def _wrong(self, where: str, message: str) -> None:
        self.errors.append(FieldError(where, message))


def _window(body: SlotQuestion, zone: str, now: Instant) -> Span:
    """The window that is asked for, as far as it is to come."""
    first, last = _moment(body.from_, "from", zone)[0], _moment(body.to, "to", zone)[1]
    if last <= now:
        raise InvalidInputError([FieldError("to", "this is over; ask for a time to come")])
    if last >= YEAR_2200:
        raise InvalidInputError([FieldError("to", "ask for a time before the year 2200")])
    starts, ends = bounded(max(first, now), last)
    if ends - starts < MINUTE * body.minutes:
        raise InvalidInputError([FieldError("to", f"there are no {body.minutes} minutes; ask for a longer time")])
    return starts, ends


def _moment(text: str, name: str, zone: str) -> Span:
    """The moment or the local day that a text names."""
    if DATE.fullmatch(text) is None:
        instant = parse_rfc3339(text, name)
        return instant, instant
    try:
        return hours.day_span(WallTime.parse(f"{text}T00:00").date, zone)
    except WallTimeError:
        raise InstantError(text, name) from None
