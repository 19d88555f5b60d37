"""The queue of a house: what waits for its answer, rivals for one slot side by side."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from rooms.decide import Ledger
from rooms.model import Rules
from rooms.store import approvals as store
from rooms.store import bookings
from rooms.store.approvals import Answer, Pending
from rooms.store.bookings import Standing
from vclass.core.keys import Actor
from vclass.core.spans import Span, peak
from vclass.people import Subject, allowed, may_ever, require


@dataclass(frozen=True, slots=True)
class Request:
    """What one wish still asks of the houses: its bookings by start, and what each house says of the first.

    ``free`` is what is left now of each resource at the first booking's time, apart from what that holds itself.
    """

    first: Standing
    bookings: tuple[Pending, ...]
    answers: tuple[Answer, ...]
    free: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Slot:
    """Requests of which each wants the same as another at the same time, the soonest first; often there is but one.

    ``span`` is when the first two that meet would take place, from the earlier start to the later end.
    """

    resource_id: int
    span: Span
    requests: tuple[Request, ...]


class _Wanted(NamedTuple):
    """When a thing is wanted, buffers included, by the wish at which place, how many pieces, and for which span."""

    starts: int
    ends: int
    place: int
    pieces: int
    span: Span


@dataclass(frozen=True, slots=True)
class _Group:
    """Rivals before they are looked at closely."""

    resource_id: int
    span: Span
    wishes: tuple[tuple[Pending, ...], ...]

    @property
    def ids(self) -> set[int]:
        return {each.id for some in self.wishes for each in some}


def queue(connection: sa.Connection, actor: Actor, now: int, first: int = 0, most: int | None = None) -> list[Slot]:
    """What waits for the houses in whose name the actor answers, the soonest first; from the ``first`` on so many."""
    groups, rules = _waiting(connection, actor, now)
    return _looked_at(connection, groups[first : None if most is None else first + most], rules)


def slot_of(connection: sa.Connection, actor: Actor, now: int, booking: str) -> Slot | None:
    """The slot of the one request with its rivals; None if it doesn't wait for the actor."""
    asked = bookings.standing_by_public_id(connection, booking)
    if asked is None:
        return None
    groups, rules = _waiting(connection, actor, now)
    found = [each for each in groups if asked.id in each.ids]
    return next(iter(_looked_at(connection, found, rules)), None)


def number_of_requests(connection: sa.Connection, actor: Actor, now: int) -> int | None:
    """How many wishes wait for the actor's answer; None for who answers in no house's name."""
    if not may_ever(actor, "bookings.approve"):
        return None
    return store.number_pending(connection, _houses(actor), now)[0]


def number_expiring(connection: sa.Connection, actor: Actor, now: int, soon: int) -> tuple[int, int]:
    """How many wishes wait for the actor's answer, and how many of them hold something until ``soon``."""
    return store.number_pending(connection, _houses(actor), now, soon)


def _waiting(connection: sa.Connection, actor: Actor, now: int) -> tuple[list[_Group], Mapping[int, Rules]]:
    houses = _houses(actor)
    waits = store.pending_for(connection, houses, now)
    rules = bookings.rules_of(connection, {want.resource_id for each in waits for want in each.wants})
    asked = {i for i, each in rules.items() if houses is None or each.institution_id in houses}
    return _groups(_by_wish(waits), rules, asked), rules


def _houses(actor: Actor) -> Collection[int] | None:
    """The institutions in whose name the actor answers; None stands for all."""
    if allowed(actor, "bookings.approve"):
        return None
    own = {place for place, _ in actor.roles if allowed(actor, "bookings.approve", Subject(institution=place))}
    if not own:
        require(actor, "bookings.approve")
    return own


def _by_wish(waits: Iterable[Pending]) -> list[tuple[Pending, ...]]:
    wishes: defaultdict[str, list[Pending]] = defaultdict(list)
    for each in waits:
        wishes[each.wish].append(each)
    return [tuple(some) for some in wishes.values()]


def _groups(wishes: Sequence[tuple[Pending, ...]], rules: Mapping[int, Rules], asked: Collection[int]) -> list[_Group]:
    """Rivals together: two wishes that want one thing of the houses at one time, and whoever is a rival of either."""
    leader = list(range(len(wishes)))
    contested: dict[int, tuple[Span, int]] = {}
    for one, other, resource_id, span in _meetings(wishes, rules, asked):
        low, high = sorted((_lead(leader, one), _lead(leader, other)))
        leader[high] = low
        found = (span, resource_id)
        contested[low] = min(found, contested.get(low, found), contested.get(high, found))
    together: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(wishes)):
        together[_lead(leader, place)].append(place)
    return [_group([wishes[each] for each in places], contested.get(lead), asked) for lead, places in together.items()]


def _group(wishes: Sequence[tuple[Pending, ...]], contested: tuple[Span, int] | None, asked: Collection[int]) -> _Group:
    first = wishes[0][0]
    own = next((want.resource_id for want in first.wants if want.resource_id in asked), first.wants[0].resource_id)
    span, resource_id = contested or ((first.starts, first.ends), own)
    return _Group(resource_id, span, tuple(wishes))


def _lead(leader: list[int], place: int) -> int:
    while leader[place] != place:
        leader[place] = place = leader[leader[place]]
    return place


def _meetings(
    wishes: Sequence[tuple[Pending, ...]], rules: Mapping[int, Rules], asked: Collection[int]
) -> Iterator[tuple[int, int, int, Span]]:
    """Pairs of wishes that want one of the asked things at a time at which both can't have it."""
    wanted: defaultdict[int, list[_Wanted]] = defaultdict(list)
    for place, some in enumerate(wishes):
        for each in some:
            for want in each.wants:
                if want.resource_id in asked:
                    held = rules[want.resource_id].held((each.starts, each.ends))
                    wanted[want.resource_id].append(_Wanted(*held, place, want.quantity, (each.starts, each.ends)))
    for resource_id, times in wanted.items():
        yield from _crossing(resource_id, sorted(times), rules[resource_id].quantity)


def _crossing(resource_id: int, times: Sequence[_Wanted], quantity: int) -> Iterator[tuple[int, int, int, Span]]:
    running: list[_Wanted] = []
    for wanted in times:
        running = [each for each in running if each.ends > wanted.starts]
        if running and sum(each.pieces for each in running) + wanted.pieces > quantity:
            # All that still run share this moment: of a room they are rivals of one another already.
            rivals = running[-1:] if quantity == 1 else running
            others = (each for each in rivals if each.place != wanted.place)
            yield from ((each.place, wanted.place, resource_id, _hull(each.span, wanted.span)) for each in others)
        running.append(wanted)


def _hull(one: Span, other: Span) -> Span:
    return min(one[0], other[0]), max(one[1], other[1])


def _looked_at(connection: sa.Connection, groups: Sequence[_Group], rules: Mapping[int, Rules]) -> list[Slot]:
    """The groups with what the houses say, and with what is free now."""
    firsts = bookings.standing(connection, {some[0].id for group in groups for some in group.wishes})
    answers: defaultdict[int, list[Answer]] = defaultdict(list)
    for each in store.answers_of(connection, firsts):
        answers[each.booking_id].append(each)
    free = _free(connection, firsts.values(), rules)

    def request(some: tuple[Pending, ...]) -> Request:
        first = some[0].id
        return Request(firsts[first], some, tuple(answers[first]), free[first])

    return [Slot(group.resource_id, group.span, tuple(map(request, group.wishes))) for group in groups]


def _free(
    connection: sa.Connection, firsts: Collection[Standing], rules: Mapping[int, Rules]
) -> dict[int, dict[int, int]]:
    """What is left for each booking of what it wants, apart from what it holds itself."""
    windows = {
        (want.resource_id, *rules[want.resource_id].held((each.starts, each.ends)))
        for each in firsts
        for want in each.wants
    }
    ledger = Ledger(bookings.claims_touching(connection, windows) if windows else ())
    return {
        each.id: {want.resource_id: _left(each, rules[want.resource_id], ledger) for want in each.wants}
        for each in firsts
    }


def _left(booking: Standing, of: Rules, ledger: Ledger) -> int:
    span = of.held((booking.starts, booking.ends))
    return of.quantity - peak(ledger.near(of.id, span, {booking.id}), *span)
