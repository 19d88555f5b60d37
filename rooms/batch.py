"""One transaction of the desk: lock bookings, admit, lock resources, read, decide, write, record, tell.

The order matters, and is the same in every process: bookings in the order of their ids, then what belongs to them and
the clerks' own rows, then resources in the order of theirs; only then is read what is held. Whatever raises undoes all
of it; a refusal is an answer like any other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeAlias, TypeVar

import sqlalchemy as sa

from rooms.decide import Decider, pieces
from rooms.meter import metered
from rooms.model import (
    HOLDING,
    LATER,
    Claim,
    Granted,
    Result,
    Rules,
    Settled,
    State,
    Taken,
    Verdict,
    Wish,
    wanted_of,
    windows_of,
)
from rooms.store import bookings as store
from rooms.store import waiting
from rooms.store.bookings import Standing
from vclass.core.tokens import new_id

Item = TypeVar("Item", Wish, Result)
_LISTED: frozenset[State] = frozenset({"waiting", "held"})
"""The states of bookings that may be on the waiting list."""
Tell: TypeAlias = Callable[[sa.Connection, Sequence[Settled]], None]
"""Told of every booking that changed its state or asks a house anew, in the same transaction, whoever caused it."""
Lock: TypeAlias = Callable[[sa.Connection, Collection[int]], None]
"""Locks the rows that belong to bookings elsewhere, in the order of their ids, before anything is decided."""


class Clerk(Protocol):
    """Knows one kind of wish: checks it inside the transaction, and writes what comes with its bookings."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> Sequence[object]:
        """Say of each wish: None (decide it), a Wish (decide that instead), LATER (it waits), or its answer at once.

        A wish that is put in another's place touches no other bookings.
        """

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> Sequence[object]:
        """Write the rows of all results in bulk and give the answers, refusals included."""


def settle(
    connection: sa.Connection,
    clerks: Mapping[str, Clerk],
    tell: Tell,
    wishes: Sequence[Wish],
    lock: Lock = lambda *_: None,
) -> list[object]:
    """Answer a batch of wishes; the answer LATER means that the wish is to come again."""
    chosen = _apart(wishes)
    standing, waits = _lock_bookings(connection, chosen)
    lock(connection, standing)
    answers: list[object] = _by_kind(chosen, lambda kind, some: clerks[kind].admit(connection, some))
    answers += [LATER] * (len(wishes) - len(chosen))
    admitted = [each if isinstance(each, Wish) else wish for wish, each in zip(wishes, answers, strict=True)]
    places = [place for place, each in enumerate(answers) if each is None or isinstance(each, Wish)]
    results, offers, changes = _book(connection, [admitted[place] for place in places], waits, standing)
    recorded = _by_kind([*results, *offers], lambda kind, some: clerks[kind].record(connection, some))
    for place, answer in zip(places, recorded, strict=False):
        answers[place] = answer
    if changes:
        waiting.leave_settled(connection, {each.wish for each in changes if each.before in _LISTED})
        tell(connection, changes)
    return answers


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


def _apart(wishes: Sequence[Wish]) -> Sequence[Wish]:
    """The first wishes, as far as no two touch one booking: what a later one may do, the earlier one decides."""
    seen: set[int] = set()
    for place, wish in enumerate(wishes):
        touched = _touched(wish)
        if not seen.isdisjoint(touched):
            return wishes[:place]
        seen |= touched
    return wishes


def _touched(wish: Wish) -> set[int]:
    return {*wish.release, *wish.touches, *_stands(wish)}


def _lock_bookings(connection: sa.Connection, wishes: Sequence[Wish]) -> tuple[dict[int, Standing], list[Wish]]:
    """Lock all bookings that the batch may change, those of the waiting list included that may profit."""
    touched = {each for wish in wishes for each in _touched(wish)}
    if not touched:
        return {}, []
    released = {each for wish in wishes for each in wish.release}
    candidates = waiting.candidates(connection, released, max(wish.now for wish in wishes)) if released else []
    standing = store.lock_bookings(connection, touched.union(*map(_stands, candidates)))
    waits = [each for each in candidates if touched.isdisjoint(_stands(each))]
    return standing, [each for each in waits if all(standing[i].state == "waiting" for i in _stands(each))]


def _book(
    connection: sa.Connection, wishes: Sequence[Wish], waits: Sequence[Wish], standing: Mapping[int, Standing]
) -> tuple[list[Result], list[Result], list[Settled]]:
    """Decide and write; give the wishes' results, those of offers to the waiting list, and what changed its state."""
    if not wishes:
        return [], [], []
    everything = [*wishes, *waits]
    meter = metered(connection, everything, None)
    rules = store.lock_rules(connection, wanted_of(everything))
    decider = Decider(rules, _held(connection, everything, rules), waits, meter)
    decided = [decider.decide(wish) for wish in wishes]
    verdicts = [verdict for each in decided for verdict in each]
    changes = [change for verdict in verdicts for change in _changes(verdict, standing)]
    _release(connection, verdicts)
    taken = _write(connection, verdicts, rules, standing)
    results = [Result(each.wish, tuple(mine), each.clashes) for each, mine in zip(verdicts, taken, strict=True)]
    firsts = _firsts(decided)
    return (
        [results[place] for place in firsts],
        [result for place, result in enumerate(results) if place not in set(firsts)],
        changes,
    )


def _firsts(decided: Iterable[Sequence[Verdict]]) -> list[int]:
    """Where in the flat list each wish's own verdict stands, before the offers that came of it."""
    places, place = [], 0
    for each in decided:
        places.append(place)
        place += len(each)
    return places


def _stands(wish: Wish) -> set[int]:
    return {each.standing for each in wish.bookings if each.standing is not None}


def _held(connection: sa.Connection, wishes: Iterable[Wish], rules: Mapping[int, Rules]) -> list[Claim]:
    windows = windows_of(wishes, rules)
    return store.claims_touching(connection, windows) if windows else []


def _changes(verdict: Verdict, standing: Mapping[int, Standing]) -> Iterator[Settled]:
    """The bookings that stood before and now are in another state."""
    if verdict.refused:
        return
    wish = verdict.wish
    after = {each.wanted.standing: each.state for each in verdict.granted if each.wanted.standing is not None}
    asked = {each.wanted.standing for each in verdict.granted if each.asks}
    after |= {booking_id: wish.released for booking_id in wish.release if booking_id not in after}
    for booking_id, state in after.items():
        before = standing[booking_id]
        if before.state != state or booking_id in asked:
            yield Settled(
                booking_id, before.wish, before.purpose, before.state, state, wish.kind, wish.reason, wish.now, wish.by
            )


def _release(connection: sa.Connection, verdicts: Iterable[Verdict]) -> None:
    """Let go of what the granted wishes replace or release; what stands on is written anew after it."""
    gone: defaultdict[tuple[str, str | None], set[int]] = defaultdict(set)
    kept: set[int] = set()
    for verdict in verdicts:
        if not verdict.refused:
            stays = {each.wanted.standing for each in verdict.granted if each.wanted.standing is not None}
            kept |= stays
            gone[verdict.wish.released, verdict.wish.reason] |= set(verdict.wish.release) - stays
    store.drop_claims(connection, kept.union(*gone.values()))
    for (state, reason), booking_ids in gone.items():
        store.set_state(connection, booking_ids, state, reason)


def _write(
    connection: sa.Connection,
    verdicts: Sequence[Verdict],
    rules: Mapping[int, Rules],
    standing: Mapping[int, Standing],
) -> list[list[Taken]]:
    """Insert or change the bookings of all granted wishes, with their claims and approvals; tell each wish's."""
    named = [(_named(each.wish), each) for each in verdicts]
    new = [(wish, granted, new_id()) for wish, each in named for granted in each.granted if not granted.wanted.standing]
    ids = store.insert_bookings(connection, [_booking_row(*each) for each in new])
    fresh = iter([(booking_id, public_id) for booking_id, (*_, public_id) in zip(ids, new, strict=True)])
    taken: list[list[Taken]] = []
    claims: list[store.Row] = []
    approvals: list[store.Row] = []
    changed: list[store.Row] = []
    for wish, verdict in named:
        mine: list[Taken] = []
        for granted in verdict.granted:
            booking_id = granted.wanted.standing
            if booking_id is None:
                booking_id, public_id = next(fresh)
            else:
                public_id = standing[booking_id].public_id
                changed.append(_changed_row(wish, granted))
            mine.append(Taken(granted.wanted.reference, booking_id, public_id, granted.state, granted.hold_until))
            claims.extend(_claim_rows(granted, booking_id, rules))
            approvals.extend({"booking_id": booking_id, "institution_id": each} for each in sorted(granted.asks))
        taken.append(mine)
    _insert(connection, claims, approvals, changed)
    waiting.enter(connection, [wish for wish, each in named if any(g.state == "waiting" for g in each.granted)])
    return taken


def _insert(
    connection: sa.Connection, claims: Sequence[store.Row], approvals: Sequence[store.Row], changed: Sequence[store.Row]
) -> None:
    if changed:
        store.change_bookings(connection, changed)
    if claims:
        store.insert_claims(connection, claims)
    if approvals:
        store.insert_approvals(connection, approvals)


def _named(wish: Wish) -> Wish:
    return wish if wish.name is not None else replace(wish, name=new_id())


def _booking_row(wish: Wish, granted: Granted, public_id: str) -> dict[str, Any]:
    return {
        "public_id": public_id,
        "wish": wish.name,
        "purpose": wish.purpose,
        "institution_id": wish.institution_id,
        "owner_id": wish.owner_id,
        "state": granted.state,
        "hold_until": granted.hold_until,
        "starts": granted.wanted.starts,
        "ends": granted.wanted.ends,
        "wants": store.wants_text(granted.wanted.wants),
        "created_at": wish.now,
        "confirmed_at": wish.now if granted.state == "confirmed" else None,
        "version": 1,
    }


def _changed_row(wish: Wish, granted: Granted) -> dict[str, Any]:
    return {
        "booking_id": granted.wanted.standing,
        "new_state": granted.state,
        "new_hold": granted.hold_until,
        "new_starts": granted.wanted.starts,
        "new_ends": granted.wanted.ends,
        "new_wants": store.wants_text(granted.wanted.wants),
        "new_reason": wish.reason,
        "confirmed": wish.now if granted.state == "confirmed" else None,
    }


def _claim_rows(granted: Granted, booking_id: int, rules: Mapping[int, Rules]) -> Iterator[dict[str, Any]]:
    if granted.state not in HOLDING:
        return
    for want in granted.wanted.wants:
        of = rules[want.resource_id]
        for starts, ends in pieces(of.held(granted.wanted.span)):
            yield {
                "booking_id": booking_id,
                "resource_id": want.resource_id,
                "quantity": want.quantity,
                "exclusive": of.quantity == 1,
                "starts": starts,
                "ends": ends,
            }
