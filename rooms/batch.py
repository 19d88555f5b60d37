"""One transaction of the desk: admit, lock, read, decide, write, record.

The order matters: clerks take their own rows first, then all resources are locked in one statement, and only then
is read what is held. Whatever raises undoes all of it; a refusal is an answer like any other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from rooms.decide import decide
from rooms.model import BookingWish, Claim, Clash, Result, Taken, Verdict, Wish
from rooms.store import bookings as store
from vclass.core.tokens import new_id

Item = TypeVar("Item", Wish, Result)


class Clerk(Protocol):
    """Knows one kind of wish: checks it inside the transaction, and writes what comes with its bookings."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> Sequence[object]:
        """Say of each wish: None (decide it), LATER (it waits for another of the batch), or its answer at once."""

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> Sequence[object]:
        """Write the rows of all results in bulk and give the answers, refusals included."""


def settle(connection: sa.Connection, clerks: Mapping[str, Clerk], wishes: Sequence[Wish]) -> list[object]:
    """Answer a batch of wishes; the answer LATER means that the wish is to come again."""
    answers: list[object] = _by_kind(wishes, lambda kind, some: clerks[kind].admit(connection, some))
    open_ones = [position for position, answer in enumerate(answers) if answer is None]
    results = _book(connection, [wishes[position] for position in open_ones])
    recorded = _by_kind(results, lambda kind, some: clerks[kind].record(connection, some))
    for position, answer in zip(open_ones, recorded, strict=True):
        answers[position] = answer
    return answers


def preview(connection: sa.Connection, wish: Wish) -> list[Clash]:
    """What a wish would clash with if it were handed in now. Takes nothing."""
    capacity = store.capacities(connection, _wanted([wish]))
    [verdict] = decide([wish], capacity, _held(connection, [wish]))
    return list(verdict.clashes)


def _by_kind(items: Sequence[Item], work: Callable[[str, Sequence[Item]], Sequence[object]]) -> list[object]:
    """Hand each kind's wishes or results to its clerk in one call; give the answers in the order of the items."""
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for position, item in enumerate(items):
        positions[item.kind].append(position)
    answers: list[object] = [None] * len(items)
    for kind, places in positions.items():
        for place, answer in zip(places, work(kind, [items[place] for place in places]), strict=True):
            answers[place] = answer
    return answers


def _book(connection: sa.Connection, wishes: Sequence[Wish]) -> list[Result]:
    capacity = store.lock_capacities(connection, _wanted(wishes))
    verdicts = decide(wishes, capacity, _held(connection, wishes))
    pairs = list(zip(wishes, verdicts, strict=True))
    gone = {booking_id for wish, verdict in pairs if not verdict.refused for booking_id in wish.release}
    if gone:
        store.release(connection, gone)
    taken = iter(_insert(connection, pairs, capacity))
    return [Result(wish, tuple(islice(taken, len(verdict.granted))), verdict.clashes) for wish, verdict in pairs]


def _wanted(wishes: Iterable[Wish]) -> set[int]:
    return {want.resource_id for wish in wishes for wanted in wish.bookings for want in wanted.wants}


def _held(connection: sa.Connection, wishes: Iterable[Wish]) -> list[Claim]:
    windows = set(_windows(wishes))
    return store.claims_touching(connection, windows) if windows else []


def _windows(wishes: Iterable[Wish]) -> Iterator[tuple[int, int, int]]:
    for wish in wishes:
        for wanted in wish.bookings:
            for want in wanted.wants:
                yield want.resource_id, wanted.starts, wanted.ends


def _insert(
    connection: sa.Connection, pairs: Iterable[tuple[Wish, Verdict]], capacity: Mapping[int, int]
) -> list[Taken]:
    """Insert the bookings and claims of all granted wishes; tell what was taken, in their order."""
    made = [each for wish, verdict in pairs for each in _booking_rows(wish, verdict.granted)]
    if not made:
        return []
    ids = store.insert_bookings(connection, [row for _, row in made])
    taken = [Taken(granted.reference, ids[row["public_id"]], row["public_id"]) for granted, row in made]
    claims = [
        row
        for (granted, _), each in zip(made, taken, strict=True)
        for row in _claim_rows(granted, each.booking_id, capacity)
    ]
    if claims:
        store.insert_claims(connection, claims)
    return taken


def _booking_rows(wish: Wish, granted: Iterable[BookingWish]) -> Iterator[tuple[BookingWish, dict[str, Any]]]:
    name = new_id()
    for each in granted:
        row = {
            "public_id": new_id(),
            "wish": name,
            "institution_id": wish.institution_id,
            "owner_id": wish.owner_id,
            "state": "confirmed",
            "starts": each.starts,
            "ends": each.ends,
            "created_at": wish.now,
            "version": 1,
        }
        yield each, row


def _claim_rows(granted: BookingWish, booking_id: int, capacity: Mapping[int, int]) -> Iterator[dict[str, Any]]:
    for want in granted.wants:
        yield {
            "booking_id": booking_id,
            "resource_id": want.resource_id,
            "quantity": want.quantity,
            "exclusive": capacity[want.resource_id] == 1,
            "starts": granted.starts,
            "ends": granted.ends,
        }
