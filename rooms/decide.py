"""The rule that nothing is ever booked twice: a counting sweep over what is held and what is wanted.

Pure: values in, verdicts out. Wishes are decided in order, and each sees what those before it were granted, so that
a batch of n comes out as n single calls would.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from rooms.model import LONGEST_CLAIM_SECONDS, BookingWish, Claim, Clash, Reason, Verdict, Wish
from vclass.core.spans import Load, Span, peak

NOBODY = 0
"""Stands for the booking id of what was only just granted."""


class Ledger:
    """What is held of each resource, found by day: a claim lasts a day at most."""

    def __init__(self, claims: Iterable[Claim] = ()) -> None:
        self._by_day: defaultdict[tuple[int, int], list[tuple[int, Load]]] = defaultdict(list)
        for each in claims:
            self._add(each.booking_id, each.resource_id, (each.starts, each.ends, each.quantity))

    def _add(self, booking_id: int, resource_id: int, load: Load) -> None:
        self._by_day[resource_id, load[0] // LONGEST_CLAIM_SECONDS].append((booking_id, load))

    def add_wanted(self, wanted: BookingWish) -> None:
        for want in wanted.wants:
            self._add(NOBODY, want.resource_id, (wanted.starts, wanted.ends, want.quantity))

    def near(self, resource_id: int, span: Span, released: Collection[int] = ()) -> Iterator[Load]:
        """All loads that can touch a span, without those of released bookings."""
        first, last = (moment // LONGEST_CLAIM_SECONDS for moment in span)
        for day in range(first - 1, last + 1):
            for booking_id, load in self._by_day.get((resource_id, day), ()):
                if booking_id not in released:
                    yield load


def decide(wishes: Sequence[Wish], capacity: Mapping[int, int], held: Iterable[Claim]) -> list[Verdict]:
    """Say of each wish what is granted and what clashes.

    Args:
        wishes: In the order of their arrival.
        capacity: Quantity of each wanted resource.
        held: All claims that touch a wanted span; more do no harm.
    """
    ledger = Ledger(held)
    released: set[int] = set()
    verdicts = []
    for wish in wishes:
        verdict = _verdict(wish, capacity, ledger, released.union(wish.release))
        if not verdict.refused:
            released.update(wish.release)
            for granted in verdict.granted:
                ledger.add_wanted(granted)
        verdicts.append(verdict)
    return verdicts


def _verdict(wish: Wish, capacity: Mapping[int, int], ledger: Ledger, released: Collection[int]) -> Verdict:
    """Decide one wish; its own earlier bookings count as held, the bookings that it releases don't."""
    mine = Ledger()
    granted: list[BookingWish] = []
    clashes: list[Clash] = []
    for wanted in wish.bookings:
        found = list(_clashes(wanted, capacity, ledger, mine, released))
        clashes += found
        if not found:
            mine.add_wanted(wanted)
            granted.append(wanted)
    if clashes and wish.on_clash == "refuse":
        granted.clear()
    return Verdict(tuple(granted), tuple(clashes))


def _clashes(
    wanted: BookingWish, capacity: Mapping[int, int], ledger: Ledger, mine: Ledger, released: Collection[int]
) -> Iterator[Clash]:
    quantities: Counter[int] = Counter()
    for want in wanted.wants:
        quantities[want.resource_id] += want.quantity
    for resource_id, quantity in quantities.items():
        loads = [*ledger.near(resource_id, wanted.span, released), *mine.near(resource_id, wanted.span)]
        free = capacity[resource_id] - peak(loads, *wanted.span)  # one sweep: a sum of peaks is no peak of the sum
        if quantity > free:
            yield _clash(wanted, resource_id, max(free, 0))


def _clash(wanted: BookingWish, resource_id: int, free: int) -> Clash:
    reason: Reason = "too_few" if free else "taken"
    return Clash(wanted.reference, resource_id, wanted.starts, wanted.ends, free, reason)
