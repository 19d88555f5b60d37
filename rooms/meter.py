"""Counts what people and institutions have booked, against the quotas of the houses whose rooms they want."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from rooms.decide import Meter
from rooms.model import HOLDING, BookingWish, Clash, Exceeded, Granted, Rules, Wish
from rooms.quotas.model import MINUTE, Quota, Use
from rooms.store import quotas as store
from rooms.store.quotas import Window
from vclass import people
from vclass.core.spans import Span


def metered(connection: sa.Connection, wishes: Sequence[Wish], rules: Mapping[int, Rules] | None) -> Meter | None:
    """The meter for some wishes, None where no house that they concern has a quota.

    Without ``rules``, before the resources are locked, it locks the quotas, so that what it counts can't change; where
    there are none that costs one query. A look that takes nothing knows it from the rules.
    """
    if rules is not None and not any(each.metered for each in rules.values()):
        return None
    resource_ids = {want.resource_id for wish in wishes for each in wish.bookings for want in each.wants}
    quotas = store.quotas_on(connection, resource_ids, lock=rules is None) if resource_ids else []
    if not quotas:
        return None
    zones = {each.id: each.zone for each in people.institutions(connection)}
    meter = QuotaMeter(quotas, store.houses_of(connection, resource_ids), zones)
    meter.read(connection, wishes)
    return meter


class QuotaMeter:
    """Knows what was held before the batch, and counts what the batch grants.

    Args:
        quotas: Of all houses concerned.
        houses: The institution of each resource that is counted.
        zones: The zone of each institution.
    """

    def __init__(self, quotas: Sequence[Quota], houses: Mapping[int, int], zones: Mapping[int, str]) -> None:
        self._quotas = quotas
        self._houses = houses
        self._zones = zones
        self._held: dict[Window, dict[int | None, Use]] = {}
        self._granted: dict[Window, Use] = {}
        self._periods: dict[tuple[int, int], Span | None] = {}

    def read(self, connection: sa.Connection, wishes: Sequence[Wish]) -> None:
        """Count what is held in all periods that the wishes touch."""
        named = {each for wish in wishes for each in _let_go(wish)}
        houses = {each.id: each.institution_id for each in self._quotas}
        for subject in ("person", "institution"):
            windows = {
                window
                for wish in wishes
                for each in wish.bookings
                for quota, window in self._windows(wish, each)
                if quota.subject == subject
            }
            self._held |= store.used(connection, subject, sorted(windows), houses, named)

    def objections(
        self, wish: Wish, granted: Granted, before: Iterable[Granted], released: Collection[int]
    ) -> Iterator[Clash]:
        """The quotas that a booking would exceed after those ``before`` it of the same wish."""
        if granted.state not in HOLDING or wish.purpose != "lesson" or wish.on_clash == "displace":
            return
        mine = [each for each in before if each.state in HOLDING]
        for quota, window in self._windows(wish, granted.wanted):
            if quota.institution_id in wish.approves:
                continue
            was = self._used(window, set(released) - _let_go(wish))
            now = self._used(window, released)
            for each in (*mine, granted):
                if window in {theirs for _, theirs in self._windows(wish, each.wanted)}:
                    now = now.plus(_use(each))
            unit = quota.exceeded(was, now)
            if unit is not None:
                yield self._clash(granted.wanted, quota, window, Exceeded(unit, *_facts(quota, unit, was)))

    def count(self, wish: Wish, granted: Granted) -> None:
        if granted.state not in HOLDING or wish.purpose != "lesson":
            return
        for _, window in self._windows(wish, granted.wanted):
            self._granted[window] = self._granted.get(window, Use()).plus(_use(granted))

    def _used(self, window: Window, released: Collection[int]) -> Use:
        total = self._granted.get(window, Use())
        for name, use in self._held.get(window, {}).items():
            if name is None or name not in released:
                total = total.plus(use)
        return total

    def _windows(self, wish: Wish, wanted: BookingWish) -> Iterator[tuple[Quota, Window]]:
        """The quotas that concern a booking, each with the period in which it counts."""
        concerned = {self._houses.get(want.resource_id) for want in wanted.wants}
        for quota in self._quotas:
            who = quota.counted(wish.institution_id, wish.owner_id)
            if quota.institution_id in concerned and who is not None:
                period = self._period(quota, wanted.starts)
                if period is not None:
                    yield quota, (quota.id, who, *period)

    def _period(self, quota: Quota, starts: int) -> Span | None:
        known = (quota.id, starts)
        if known not in self._periods:
            self._periods[known] = quota.period_at(starts, self._zones[quota.institution_id])
        return self._periods[known]

    def _clash(self, wanted: BookingWish, quota: Quota, window: Window, exceeded: Exceeded) -> Clash:
        theirs = (
            want.resource_id for want in wanted.wants if self._houses.get(want.resource_id) == quota.institution_id
        )
        ends = window[3]
        return Clash(wanted.reference, next(theirs), wanted.starts, wanted.ends, 0, "quota", ends, exceeded=exceeded)


def _let_go(wish: Wish) -> set[int]:
    """What a wish gives back: what it replaces, and what stands and is counted anew."""
    return {*wish.release, *(each.standing for each in wish.bookings if each.standing is not None)}


def _use(granted: Granted) -> Use:
    return Use(1, granted.wanted.ends - granted.wanted.starts)


def _facts(quota: Quota, unit: str, was: Use) -> tuple[int, int]:
    """The limit, and what was used of it before."""
    if unit == "bookings":
        return quota.bookings or 0, was.bookings
    return quota.minutes or 0, was.seconds // MINUTE
