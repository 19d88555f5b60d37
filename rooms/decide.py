"""The rule that nothing is ever booked twice: a counting sweep over what is held and what is wanted.

Pure: values in, verdicts out. Wishes are decided in order, and each sees what those before it were granted, so that
a batch of n comes out as n single calls would. What a wish lets go is offered to the waiting list before the next
wish is looked at.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from rooms.model import (
    HOLDING,
    LONGEST_CLAIM_SECONDS,
    BookingWish,
    Claim,
    Clash,
    Granted,
    Reason,
    Rules,
    Verdict,
    Wish,
)
from rooms.rules import grants, objections
from vclass.core.spans import Load, Span, peak

NOBODY = 0
"""Stands for the booking id of what was only just granted."""

PASSING: frozenset[Reason] = frozenset({"taken", "too_few", "busy", "quota"})
"""What one can wait for; a room's own rules don't pass."""


class Meter(Protocol):
    """Counts what people and institutions have booked, against their quotas."""

    def objections(
        self, wish: Wish, granted: Granted, before: Iterable[Granted], released: Collection[int]
    ) -> Iterable[Clash]:
        """The quotas that a booking would exceed after those ``before`` it of the same wish, without the released."""

    def count(self, wish: Wish, granted: Granted) -> None:
        """Count a booking that was granted."""


class Ledger:
    """What is held of each resource, found by day: a piece lasts a day at most."""

    def __init__(self, claims: Iterable[Claim] = ()) -> None:
        self._by_day: defaultdict[tuple[int, int], list[tuple[int, Load]]] = defaultdict(list)
        for each in claims:
            self._add(each.booking_id, each.resource_id, (each.starts, each.ends, each.quantity))

    def _add(self, booking_id: int, resource_id: int, load: Load) -> None:
        self._by_day[resource_id, load[0] // LONGEST_CLAIM_SECONDS].append((booking_id, load))

    def add_wanted(self, wanted: BookingWish, rules: Mapping[int, Rules]) -> None:
        for want in wanted.wants:
            for starts, ends in pieces(rules[want.resource_id].held(wanted.span)):
                self._add(NOBODY, want.resource_id, (starts, ends, want.quantity))

    def near(self, resource_id: int, span: Span, released: Collection[int] = ()) -> Iterator[Load]:
        """All loads that can touch a span, without those of released bookings."""
        first, last = (moment // LONGEST_CLAIM_SECONDS for moment in span)
        for day in range(first - 1, last + 1):
            for booking_id, load in self._by_day.get((resource_id, day), ()):
                if booking_id not in released:
                    yield load


class Decider:
    """Decides wishes one after another.

    Args:
        rules: Of each resource that is wanted or waited for.
        held: All claims that touch a wanted span; more do no harm.
        waiting: The waiting list's wishes, the oldest first; each is offered whole or not at all.
        meter: Counts quotas; None where there are none.
    """

    def __init__(
        self,
        rules: Mapping[int, Rules],
        held: Iterable[Claim] = (),
        waiting: Sequence[Wish] = (),
        meter: Meter | None = None,
    ) -> None:
        self._rules = rules
        self._ledger = Ledger(held)
        self._waiting = list(waiting)
        self._meter = meter
        self._released: set[int] = set()

    def decide(self, wish: Wish) -> list[Verdict]:
        """Say what is granted and what clashes; then what the waiting list gets of what was let go."""
        verdict = self._verdict(wish)
        if verdict.refused:
            return [verdict]
        self._settle(verdict)
        return [verdict, *(self._offers() if wish.release else ())]

    def weigh(self, wish: Wish) -> Verdict:
        """Say what would be granted and what clashes; the next wish doesn't see it."""
        return self._verdict(wish)

    def _offers(self) -> Iterator[Verdict]:
        for waits in list(self._waiting):
            if not self._released.isdisjoint(_standing(waits)):
                self._waiting.remove(waits)
                continue
            offer = self._verdict(waits)
            if not offer.refused:
                self._waiting.remove(waits)
                self._settle(offer)
                yield offer

    def _settle(self, verdict: Verdict) -> None:
        gone = {*verdict.wish.release, *(each.wanted.standing for each in verdict.granted if each.wanted.standing)}
        self._released |= gone
        for granted in verdict.granted:
            if granted.state in HOLDING:
                self._ledger.add_wanted(granted.wanted, self._rules)
            if self._meter is not None:
                self._meter.count(verdict.wish, granted)

    def _verdict(self, wish: Wish) -> Verdict:
        """Decide one wish; its own earlier bookings count as held, the bookings that it replaces don't."""
        mine = Ledger()
        released = self._released.union(wish.release, _standing(wish))
        granted: list[Granted] = []
        clashes: list[Clash] = []
        for each in grants(wish, self._rules):
            found = list(self._objections(wish, each, mine, released))
            if self._meter is not None:
                found += self._meter.objections(wish, each, granted, released)
            clashes += found
            if not found:
                if len(wish.bookings) > 1:
                    mine.add_wanted(each.wanted, self._rules)
                granted.append(each)
        if clashes and wish.on_clash not in ("skip", "displace"):
            granted = _waiting(wish, clashes)
        return Verdict(wish, tuple(granted), tuple(clashes))

    def _objections(self, wish: Wish, each: Granted, mine: Ledger, released: Collection[int]) -> Iterator[Clash]:
        wanted = each.wanted
        if (wanted.standing is None or wanted.state is None or wanted.offer) and wish.purpose == "lesson":
            for want in wanted.wants:
                for reason in objections(wanted, self._rules[want.resource_id], wish.now):
                    yield _clash(wanted, want.resource_id, 0, reason, None)
        yield from self._shortages(wanted, mine, released)

    def _shortages(self, wanted: BookingWish, mine: Ledger, released: Collection[int]) -> Iterator[Clash]:
        for resource_id, quantity in _quantities(wanted).items():
            rules = self._rules[resource_id]
            span = rules.held(wanted.span)
            loads = [*self._ledger.near(resource_id, span, released), *mine.near(resource_id, span)]
            free = rules.quantity - peak(loads, *span)  # one sweep: a sum of peaks is no peak of the sum
            if quantity > free:
                until = free_again(loads, span, rules.quantity - quantity)
                reason: Reason = "busy" if rules.kind == "person" else "too_few" if free > 0 else "taken"
                yield replace(_clash(wanted, resource_id, max(free, 0), reason, until + rules.setup), quantity=quantity)


def decide(wishes: Sequence[Wish], rules: Mapping[int, Rules], held: Iterable[Claim] = ()) -> list[Verdict]:
    """The verdicts on some wishes, in the order of their arrival, where nobody waits and nothing is metered."""
    decider = Decider(rules, held)
    return [decider.decide(wish)[0] for wish in wishes]


def pieces(span: Span) -> Iterator[Span]:
    """A span in pieces that claims can have."""
    starts, ends = span
    while ends - starts > LONGEST_CLAIM_SECONDS:
        yield starts, starts + LONGEST_CLAIM_SECONDS
        starts += LONGEST_CLAIM_SECONDS
    yield starts, ends


def _waiting(wish: Wish, clashes: Iterable[Clash]) -> list[Granted]:
    """Nothing, or all of it on the waiting list, if that is wished and waiting may help."""
    if wish.on_clash != "wait" or any(each.reason not in PASSING for each in clashes):
        return []
    return [Granted(replace(each, state="waiting"), "waiting") for each in wish.bookings]


def _standing(wish: Wish) -> set[int]:
    return {each.standing for each in wish.bookings if each.standing is not None}


def _quantities(wanted: BookingWish) -> Counter[int]:
    quantities: Counter[int] = Counter()
    for want in wanted.wants:
        quantities[want.resource_id] += want.quantity
    return quantities


def free_again(loads: Iterable[Load], span: Span, bearable: int) -> int:
    """From when on the loads leave enough, as far as they are known."""
    known = list(loads)
    ends = sorted({ends for _, ends, _ in known if ends > span[0]})
    last = max(ends, default=span[1]) + 1
    return next((moment for moment in ends if peak(known, moment, last) <= bearable), span[1])


def _clash(wanted: BookingWish, resource_id: int, free: int, reason: Reason, until: int | None) -> Clash:
    return Clash(wanted.reference, resource_id, wanted.starts, wanted.ends, free, reason, until)
