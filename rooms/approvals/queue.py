"""The queue of a house: what waits for its answer, rivals for one slot side by side."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from rooms.model import Rules
from rooms.store import approvals as store
from rooms.store import bookings
from rooms.store.approvals import Answer
from rooms.store.bookings import Standing
from vclass.core.keys import Actor
from vclass.core.spans import Span, overlaps, peak
from vclass.people import Subject, allowed, may_ever, require


@dataclass(frozen=True, slots=True)
class Request:
    """What one wish still asks of the houses: its bookings by start, and what each house says of the first.

    ``free`` is what is left now of each resource at the first booking's time, apart from what that holds itself.
    """

    bookings: tuple[Standing, ...]
    answers: tuple[Answer, ...]
    free: Mapping[int, int]

    @property
    def first(self) -> Standing:
        return self.bookings[0]


@dataclass(frozen=True, slots=True)
class Slot:
    """Requests of which each wants the same as another at the same time, the soonest first; often there is but one."""

    resource_id: int
    span: Span
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Rivals before they are looked at closely."""

    resource_id: int
    span: Span
    wishes: tuple[tuple[Standing, ...], ...]


def queue(connection: sa.Connection, actor: Actor, now: int, first: int = 0, most: int | None = None) -> list[Slot]:
    """What waits for the houses in whose name the actor answers, the soonest first; from the ``first`` on so many."""
    houses = _houses(actor)
    waits = store.pending_for(connection, houses, now)
    rules = bookings.rules_of(connection, {want.resource_id for each in waits for want in each.wants})
    asked = {i for i, each in rules.items() if houses is None or each.institution_id in houses}
    groups = _groups(_by_wish(waits), rules, asked)
    return _looked_at(connection, groups[first : None if most is None else first + most], rules)


def _houses(actor: Actor) -> Collection[int] | None:
    """The institutions in whose name the actor answers; None stands for all."""
    if allowed(actor, "bookings.approve"):
        return None
    own = {place for place, _ in actor.roles if allowed(actor, "bookings.approve", Subject(institution=place))}
    if not own:
        require(actor, "bookings.approve")
    return own


def _by_wish(waits: Iterable[Standing]) -> list[tuple[Standing, ...]]:
    wishes: defaultdict[str, list[Standing]] = defaultdict(list)
    for each in waits:
        wishes[each.wish].append(each)
    return [tuple(some) for some in wishes.values()]


def _groups(wishes: Sequence[tuple[Standing, ...]], rules: Mapping[int, Rules], asked: Collection[int]) -> list[_Group]:
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


def _group(
    wishes: Sequence[tuple[Standing, ...]], contested: tuple[Span, int] | None, asked: Collection[int]
) -> _Group:
    first = wishes[0][0]
    own = next((want.resource_id for want in first.wants if want.resource_id in asked), first.wants[0].resource_id)
    span, resource_id = contested or ((first.starts, first.ends), own)
    return _Group(resource_id, span, tuple(wishes))


def _lead(leader: list[int], place: int) -> int:
    while leader[place] != place:
        leader[place] = place = leader[leader[place]]
    return place


def _meetings(
    wishes: Sequence[tuple[Standing, ...]], rules: Mapping[int, Rules], asked: Collection[int]
) -> Iterator[tuple[int, int, int, Span]]:
    """Pairs of wishes that want one of the asked things at a time at which both can't have it."""
    wanted: defaultdict[int, list[tuple[Span, int, int]]] = defaultdict(list)
    for place, some in enumerate(wishes):
        for each in some:
            for want in each.wants:
                if want.resource_id in asked:
                    held = rules[want.resource_id].held((each.starts, each.ends))
                    wanted[want.resource_id].append((held, place, want.quantity))
    for resource_id, spans in wanted.items():
        yield from _crossing(resource_id, sorted(spans), rules[resource_id].quantity)


def _crossing(
    resource_id: int, spans: Sequence[tuple[Span, int, int]], quantity: int
) -> Iterator[tuple[int, int, int, Span]]:
    running: list[tuple[Span, int, int]] = []
    for span, place, pieces in spans:
        running = [each for each in running if overlaps(each[0], span)]
        if sum(each[2] for each in running) + pieces > quantity:
            # All that still run share this moment: of a room they are rivals of one another already.
            rivals = running[-1:] if quantity == 1 else running
            yield from ((other, place, resource_id, span) for _, other, _ in rivals if other != place)
        running.append((span, place, pieces))


def _looked_at(connection: sa.Connection, groups: Sequence[_Group], rules: Mapping[int, Rules]) -> list[Slot]:
    """The groups with what the houses say, and with what is free now."""
    firsts = [some[0] for group in groups for some in group.wishes]
    answers = {
        booking_id: tuple(some)
        for booking_id, some in groupby(
            store.answers_of(connection, [each.id for each in firsts]), lambda each: each.booking_id
        )
    }
    free = _free(connection, firsts, rules)
    return [
        Slot(
            group.resource_id,
            group.span,
            tuple(Request(some, answers.get(some[0].id, ()), free[some[0].id]) for some in group.wishes),
        )
        for group in groups
    ]


def _free(
    connection: sa.Connection, firsts: Sequence[Standing], rules: Mapping[int, Rules]
) -> dict[int, dict[int, int]]:
    windows = [
        (want.resource_id, *rules[want.resource_id].held((each.starts, each.ends)))
        for each in firsts
        for want in each.wants
    ]
    claims = bookings.claims_touching(connection, windows) if windows else []
    free: dict[int, dict[int, int]] = {}
    for each in firsts:
        others = [claim for claim in claims if claim.booking_id != each.id]
        free[each.id] = {
            want.resource_id: rules[want.resource_id].quantity
            - peak(
                [(c.starts, c.ends, c.quantity) for c in others if c.resource_id == want.resource_id],
                *rules[want.resource_id].held((each.starts, each.ends)),
            )
            for want in each.wants
        }
    return free


def number_of_requests(connection: sa.Connection, actor: Actor, now: int) -> int | None:
    """How many wishes wait for the actor's answer; None for who answers in no house's name."""
    if not may_ever(actor, "bookings.approve"):
        return None
    return len({each.wish for each in store.pending_for(connection, _houses(actor), now)})
