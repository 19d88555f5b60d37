"""Rooms that are free at all times of a series, and those that nearly are: what is in the way, and the way round it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

import sqlalchemy as sa

from rooms.model import BookingWish, Claim, Reason, Rules
from rooms.resources_model import Room, RoomKind
from rooms.rules import objections
from rooms.store import bookings
from rooms.store import search as store
from rooms.store.resources import details_of
from rooms.store.search import Candidate, Scope
from vclass.core.keys import Actor
from vclass.core.spans import Span, merge, overlaps
from vclass.core.zones import Instant
from vclass.people import Subject, require

MOST_NEAR: Final = 12
MOST_TRIED: Final = 40
"""So many busy rooms are looked at more closely."""
SHIFTS_MINUTES: Final = (15, -15, 30, -30, 45, -45, 60, -60)
FURTHEST_SHIFT: Final = 3600
FEATURE_COST: Final = 3.0
SEATS_COST: Final = 20.0
WEEKS_COST: Final = 15.0
"""What is missed, measured in quarters of an hour to shift by: a feature, all seats, all weeks."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is looked for; ``house`` is the institution whose rooms alone are wanted."""

    spans: tuple[Span, ...]
    seats: int = 1
    features: frozenset[str] = frozenset()
    kind: RoomKind | None = None
    house: int | None = None


@dataclass(frozen=True, slots=True)
class Failing:
    """A time at which a room can't be had, why, and until when (None: it doesn't pass)."""

    starts: Instant
    ends: Instant
    reason: Reason
    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A room that would do but for one thing.

    Attributes:
        failing: the times at which it can't be had; at all others it is free.
        shift_minutes: by how much all times would have to move to have it every time.
        seats_short: how many seats it lacks.
        lacks: the feature that it lacks.
        cost: how much is missed; the smaller the nearer.
    """

    room: Room
    cost: float
    failing: tuple[Failing, ...] = ()
    shift_minutes: int | None = None
    seats_short: int = 0
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The free rooms, one's own first and the smallest that do; then the near misses, the nearest first."""

    free: tuple[Room, ...]
    near: tuple[Near, ...]


def free_rooms(
    connection: sa.Connection,
    spans: Sequence[Span],
    institution_id: int | None,
    kind: RoomKind | None = None,
    now: Instant | None = None,
) -> list[Room]:
    """Rooms in scope that can be had at all times, their rules observed; how far ahead, if it is told when."""
    rooms = store.free(connection, spans, Scope(institution_id, kind))
    checker = _Checker(bookings.rules_of(connection, [each.id for each in rooms]), now)
    return [each for each in rooms if checker.allows(each.id, spans)]


def search_rooms(connection: sa.Connection, actor: Actor, demand: Demand, now: Instant) -> Found:
    """What somebody may book of what is looked for.

    Raises:
        ForbiddenError: The actor books no rooms.
    """
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    scope = Scope(actor.institution_id, demand.kind, demand.house)
    least = demand.seats - demand.seats // 4
    candidates = store.tally(connection, demand.spans, scope, least, demand.features)
    return _Search(connection, demand, now, _shortlist(candidates, demand)).found(actor.institution_id)


def conflicts(connection: sa.Connection, resource_id: int, spans: Iterable[Span]) -> dict[Span, list[Claim]]:
    """What stands on one resource at those of many times at which something does, its buffers observed."""
    rules = bookings.rules_of(connection, [resource_id])[resource_id]
    held = {span: rules.held(span) for span in spans}
    claims = bookings.claims_touching(connection, [(resource_id, *each) for each in held.values()])
    found = {span: [each for each in claims if overlaps((each.starts, each.ends), wide)] for span, wide in held.items()}
    return {span: standing for span, standing in found.items() if standing}


class _Checker:
    """What the rooms' own rules say of a time; rooms of one house often have the same rules."""

    def __init__(self, rules: Mapping[int, Rules], now: Instant | None) -> None:
        self.rules = rules
        self._now = now
        self._known: dict[tuple[object, ...], Reason | None] = {}

    def reason(self, room_id: int, span: Span) -> Reason | None:
        """The first objection."""
        rules = self.rules[room_id]
        key = (rules.openings, rules.zone, rules.longest_minutes, rules.horizon_days, span)
        if key not in self._known:
            said = objections(BookingWish("", *span, ()), rules, self._now or 0)
            self._known[key] = next((each for each in said if each != "too_far" or self._now is not None), None)
        return self._known[key]

    def allows(self, room_id: int, spans: Iterable[Span]) -> bool:
        return all(self.reason(room_id, each) is None for each in spans)


@dataclass(frozen=True, slots=True)
class _Shortlist:
    """The rooms that are looked at: free ones, those that lack one thing, and some that are busy at times."""

    free: frozenset[int]
    partly: Mapping[int, Candidate]
    busy: frozenset[int]

    @property
    def ids(self) -> set[int]:
        return {*self.free, *self.partly, *self.busy}


def _shortlist(candidates: Iterable[Candidate], demand: Demand) -> _Shortlist:
    known = [(_wrong(each, demand), each) for each in candidates]
    busy = sorted((each.busy, each.seats, each.id) for wrong, each in known if each.busy and not wrong)
    partly = [each for wrong, each in known if wrong == 1 and not each.busy]
    partly.sort(key=lambda each: (_short(each, demand), each.seats, each.id))
    return _Shortlist(
        free=frozenset(each.id for wrong, each in known if not wrong and not each.busy),
        partly={each.id: each for each in partly[:MOST_TRIED]},
        busy=frozenset(room_id for _, _, room_id in busy[:MOST_TRIED]),
    )


def _wrong(each: Candidate, demand: Demand) -> int:
    """How many things are wrong with a room at any time."""
    return len(demand.features) - each.has + (_short(each, demand) > 0)


def _short(each: Candidate, demand: Demand) -> int:
    return max(0, demand.seats - each.seats)


class _Search:
    """From a shortlist to free rooms and near misses."""

    def __init__(self, connection: sa.Connection, demand: Demand, now: Instant, listed: _Shortlist) -> None:
        self._demand = demand
        self._now = now
        self._partly = listed.partly
        self._rooms = store.rooms_by_ids(connection, listed.ids)
        self._checker = _Checker(bookings.rules_of(connection, listed.ids), now)
        self._open = {each for each in listed.ids if self._checker.allows(each, demand.spans)}
        self._free = listed.free & self._open
        self._tried = listed.busy | (listed.free - self._open)
        self._words = details_of(connection, listed.partly)
        self._held = self._near_times(connection)

    def found(self, home: int | None) -> Found:
        """Everything, in its order."""
        free = [self._rooms[each] for each in self._free]
        free.sort(key=lambda room: (room.institution_id != home, room.seats, room.name, room.id))
        near = [self._incomplete(each) for each in self._partly.values() if each.id in self._open]
        near += [each for room_id in self._tried for each in self._at_other_times(room_id)]
        near.sort(key=lambda each: (each.cost, each.room.institution_id != home, each.room.name, each.room.id))
        return Found(tuple(free), tuple(near[:MOST_NEAR]))

    def _near_times(self, connection: sa.Connection) -> Mapping[int, list[Span]]:
        """What is held of the rooms that are tried, near the times."""
        windows = []
        for room_id in self._tried:
            for span in self._demand.spans:
                starts, ends = self._checker.rules[room_id].held(span)
                windows.append((room_id, starts - FURTHEST_SHIFT, ends + FURTHEST_SHIFT))
        held: defaultdict[int, list[Span]] = defaultdict(list)
        for each in bookings.claims_touching(connection, windows) if windows else ():
            held[each.resource_id].append((each.starts, each.ends))
        return {room_id: merge(spans) for room_id, spans in held.items()}

    def _incomplete(self, candidate: Candidate) -> Near:
        room, short = self._rooms[candidate.id], _short(candidate, self._demand)
        if short:
            return Near(room, SEATS_COST * short / self._demand.seats, seats_short=short)
        lacks = self._demand.features.difference(self._words[candidate.id].features)
        return Near(room, FEATURE_COST, lacks=tuple(sorted(lacks)))

    def _at_other_times(self, room_id: int) -> Iterator[Near]:
        """Nothing, or a room that is free most times or if all times are moved a little."""
        spans = self._demand.spans
        failing = tuple(self._failing(room_id, spans))
        shift = next((each for each in SHIFTS_MINUTES if self._would_do(room_id, each)), None)
        costs = [] if shift is None else [abs(shift) / SHIFTS_MINUTES[0]]
        if 2 * len(failing) <= len(spans):
            costs.append(WEEKS_COST * len(failing) / len(spans))
        if costs:
            yield Near(self._rooms[room_id], min(costs), failing, shift)

    def _would_do(self, room_id: int, minutes: int) -> bool:
        moved = [(starts + 60 * minutes, ends + 60 * minutes) for starts, ends in self._demand.spans]
        return moved[0][0] > self._now and next(self._failing(room_id, moved), None) is None

    def _failing(self, room_id: int, spans: Iterable[Span]) -> Iterator[Failing]:
        rules, held = self._checker.rules[room_id], self._held.get(room_id, [])
        for span in spans:
            starts, ends = rules.held(span)
            first = bisect_right(held, starts, key=itemgetter(1))
            if first < len(held) and held[first][0] < ends:
                last = bisect_left(held, ends, key=itemgetter(0))
                yield Failing(*span, "taken", held[last - 1][1] + rules.setup)
            elif reason := self._checker.reason(room_id, span):
                yield Failing(*span, reason)
