"""The simplest desk there can be: it counts every five minutes of every thing, one wish after the other.

It knows nothing of spans, batches, locks or SQL; only the rules of the house, as they would be told to a person.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.stateful.limits import Limit
from tests.stateful.world import ADMINISTRATORS, DAY, HOUR, MINUTE, PEOPLE, SLOT, THINGS, Thing, wall_time

Wants = dict[str, int]
HOLDING: Final = frozenset({"held", "confirmed"})
GONE: Final = frozenset({"cancelled", "rejected"})
PASSING: Final = frozenset({"taken", "too_few", "busy", "quota"})
OFFERED_FOR: Final = DAY
MARGIN: Final = DAY
"""A release looks so far around for those who wait."""


@dataclass(eq=False)
class Booking:
    """One booking, in whatever state."""

    owner: str
    starts: int
    ends: int
    wants: Wants
    state: str
    hold_until: int | None = None
    purpose: str = "lesson"
    approvals: dict[str, str] = field(default_factory=dict)
    group: object = None
    """What was wished for together."""

    @property
    def house(self) -> str:
        return PEOPLE[self.owner][0]

    @property
    def holds(self) -> bool:
        return self.state in HOLDING

    def slots(self) -> Iterator[tuple[str, int, int]]:
        """Each five minutes of each thing that it takes, and how many."""
        for name, quantity in self.wants.items():
            for slot in slots_of(name, self.starts, self.ends):
                yield name, slot, quantity


def slots_of(name: str, starts: int, ends: int) -> range:
    thing = THINGS[name]
    return range(starts - MINUTE * thing.setup, ends + MINUTE * thing.teardown, SLOT)


@dataclass(eq=False)
class Entry:
    """A place on the waiting list."""

    bookings: list[Booking]
    offer_until: int | None = None

    @property
    def listed(self) -> list[Booking]:
        """Those that wait or are offered."""
        return [each for each in self.bookings if each.state in ("waiting", "held")]

    @property
    def offered(self) -> bool:
        return any(each.state == "held" for each in self.bookings)


@dataclass
class Asked:
    """A booking that is wished for; ``standing`` is there already and shall have this."""

    name: str
    starts: int
    ends: int
    wants: Wants
    standing: Booking | None = None
    state: str | None = None
    hold_until: int | None = None


@dataclass
class Wish:
    """Everything that is wished for at once."""

    owner: str
    asked: list[Asked]
    release: list[Booking] = field(default_factory=list)
    released: str = "cancelled"
    on_clash: str = "refuse"
    approves: frozenset[str] = frozenset()
    purpose: str = "lesson"
    own: bool = False
    """Whether a lesson's own people do it; what others do to a lesson makes it another version."""


@dataclass
class Verdict:
    """What is granted, and why the rest isn't: name, thing, reason."""

    granted: list[tuple[Asked, str, int | None, frozenset[str]]]
    clashes: set[tuple[str, str, str]]
    refused: bool


Usage = Counter[tuple[str, int]]


class Desk:
    """Counts, grants and releases; offers what is released to those who wait, the oldest first."""

    def __init__(self) -> None:
        self.bookings: list[Booking] = []
        self.waiting: list[Entry] = []
        self.limits: list[Limit] = []
        self.changed: list[Booking] = []
        """Whose state others have changed in the present step."""

    def submit(self, wish: Wish, now: int) -> tuple[Verdict, list[Booking]]:
        """Decide a wish, do what is granted, then offer what became free."""
        verdict = self.decide(wish, now)
        if verdict.refused:
            return verdict, []
        line = self._candidates(wish.release)
        made = self.settle(wish, verdict)
        if wish.release:
            self._offer(line, now)
        self._tidy()
        return verdict, made

    def decide(self, wish: Wish, now: int) -> Verdict:
        gone = {id(each) for each in (*wish.release, *(each.standing for each in wish.asked))}
        used = self._usage(gone)
        granted: list[tuple[Asked, str, int | None, frozenset[str]]] = []
        clashes: set[tuple[str, str, str]] = set()
        for each in wish.asked:
            state, until, asks = _grant(wish, each, now)
            found = set(_objections(wish, each, now)) | set(_shortages(each, used))
            if state in HOLDING and wish.purpose == "lesson":
                mine = [(one, state) for one, state, *_ in granted]
                found |= set(self._exceeded(wish, [*mine, (each, state)], gone))
            clashes |= {(each.name, "" if reason == "quota" else thing, reason) for thing, reason in found}
            if not found:
                used.update(_load(each))
                granted.append((each, state, until, asks))
        return _verdict(wish, granted, clashes)

    def settle(self, wish: Wish, verdict: Verdict) -> list[Booking]:
        """Let go of what is released, and write what is granted."""
        before = {id(each): each.state for each in self.bookings}
        kept = {id(each.standing) for each, *_ in verdict.granted if each.standing is not None}
        for booking in wish.release:
            if id(booking) not in kept:
                booking.state, booking.hold_until = wish.released, None
        group = object()
        made = [_made(wish, group, *each) for each in verdict.granted]
        asked = {id(each.standing) for each, _, _, asks in verdict.granted if asks and each.standing is not None}
        if not wish.own:
            self.changed += [
                each
                for each in (*wish.release, *made)
                if id(each) in before and (before[id(each)] != each.state or id(each) in asked)
            ]
        self.bookings += [each for each in made if not any(each is one for one in self.bookings)]
        waits = [each for each in made if each.state == "waiting"]
        if waits:
            self.waiting.append(Entry(waits))
        return made

    def _usage(self, gone: Collection[int]) -> Usage:
        used: Usage = Counter()
        for each in self.bookings:
            if each.holds and id(each) not in gone:
                for thing, slot, quantity in each.slots():
                    used[thing, slot] += quantity
        return used

    def _exceeded(
        self, wish: Wish, wanted: Sequence[tuple[Asked, str]], gone: Collection[int]
    ) -> Iterator[tuple[str, str]]:
        """The quotas that the last of some bookings of one wish would exceed, with the first thing of the house."""
        last = wanted[-1][0]
        for limit in self.limits:
            who = limit.counted(wish.owner)
            things = [name for name in last.wants if limit.concerns(name)]
            if who is None or not things or limit.house in wish.approves:
                continue
            period = limit.period(last.starts)
            there = [each for each in self.bookings if each.holds and each.purpose == "lesson"]
            mine = [each for each in there if limit.counts(each.owner, each.wants, each.starts, who, period)]
            was = [each.ends - each.starts for each in mine]
            stays = [each.ends - each.starts for each in mine if id(each) not in gone]
            new = [
                each.ends - each.starts
                for each, state in wanted
                if state in HOLDING and limit.counts(wish.owner, each.wants, each.starts, who, period)
            ]
            if limit.exceeded(was, stays + new):
                yield things[0], "quota"

    def _candidates(self, released: Iterable[Booking]) -> list[Entry]:
        """Who waits for any of the things released, near the time of any of them."""
        touched = {id(each) for each in released}
        gone = [(each.starts, each.ends, set(each.wants)) for each in released]
        freed = {thing for *_, wants in gone for thing in wants}
        return [
            entry
            for entry in self.waiting
            if not any(id(each) in touched for each in entry.bookings if each.state == "waiting")
            and any(
                freed & set(each.wants)
                and any(each.starts < ends + MARGIN and starts - MARGIN < each.ends for starts, ends, _ in gone)
                for each in entry.bookings
                if each.state == "waiting"
            )
        ]

    def _offer(self, line: Iterable[Entry], now: int) -> None:
        for entry in line:
            self.offer(entry, now)

    def offer(self, entry: Entry, now: int) -> bool:
        """Hold for an entry all that it waits for, if all of it is free and still ahead."""
        waits = [each for each in entry.bookings if each.state == "waiting"]
        first = min((each.starts for each in waits), default=0)
        if not waits or first <= now:
            return False
        until = min(now + OFFERED_FOR, first)
        asked = [Asked("", each.starts, each.ends, each.wants, each, "held", until) for each in waits]
        wish = Wish(waits[0].owner, asked)
        verdict = self.decide(wish, now)
        if verdict.refused:
            return False
        self.settle(wish, verdict)
        entry.offer_until = until
        return True

    def _tidy(self) -> None:
        """Who neither waits nor has an offer leaves the list."""
        self.waiting = [entry for entry in self.waiting if entry.listed]


def administers(name: str) -> frozenset[str]:
    """The houses in whose name somebody decides."""
    return frozenset(place for place, who in ADMINISTRATORS.items() if who == name)


def _grant(wish: Wish, each: Asked, now: int) -> tuple[str, int | None, frozenset[str]]:
    """The state that a booking gets if it can be had, and who must say yes."""
    if each.state is not None:
        return each.state, each.hold_until, frozenset()
    things = [THINGS[name] for name in each.wants]
    asking = [thing for thing in things if thing.asks and thing.house not in wish.approves]
    if not asking or wish.purpose == "blocking":
        return "confirmed", None, frozenset()
    asks = frozenset(thing.house for thing in asking)
    if each.standing is None and {thing.house for thing in things} == {PEOPLE[wish.owner][0]}:
        return "requested", None, asks
    first = min(one.starts for one in wish.asked)
    answer = now + HOUR * min(thing.answer_hours for thing in asking)
    return "held", max(now, min(answer, first)), asks


def _objections(wish: Wish, each: Asked, now: int) -> Iterator[tuple[str, str]]:
    if (each.standing is not None and each.state is not None) or wish.purpose == "blocking":
        return
    for name in each.wants:
        for reason in _rules(THINGS[name], each, now):
            yield name, reason


def _rules(thing: Thing, each: Asked, now: int) -> Iterator[str]:
    if thing.hours is not None and not all(_open(thing, at) for at in range(each.starts, each.ends, SLOT)):
        yield "outside_hours"
    if thing.longest is not None and each.ends - each.starts > MINUTE * thing.longest:
        yield "too_long"
    if thing.horizon_days is not None and each.ends > now + DAY * thing.horizon_days:
        yield "too_far"


def _open(thing: Thing, at: int) -> bool:
    wall = wall_time(at, thing.house)
    opens, closes = thing.hours or (0, 24)
    return wall.weekday() < 5 and opens <= wall.hour < closes


def _load(each: Asked) -> Usage:
    slots = ((name, slot) for name in each.wants for slot in slots_of(name, each.starts, each.ends))
    return Counter({(name, slot): each.wants[name] for name, slot in slots})


def _shortages(each: Asked, used: Usage) -> Iterator[tuple[str, str]]:
    for name, quantity in each.wants.items():
        thing = THINGS[name]
        free = thing.quantity - max(used[name, slot] for slot in slots_of(name, each.starts, each.ends))
        if quantity > free:
            yield name, "busy" if thing.kind == "person" else "too_few" if free > 0 else "taken"


def _verdict(
    wish: Wish, granted: list[tuple[Asked, str, int | None, frozenset[str]]], clashes: set[tuple[str, str, str]]
) -> Verdict:
    if clashes and wish.on_clash == "wait" and all(reason in PASSING for *_, reason in clashes):
        return Verdict([(each, "waiting", None, frozenset()) for each in wish.asked], clashes, refused=False)
    if clashes and wish.on_clash != "skip":
        granted = []
    return Verdict(granted, clashes, refused=bool(clashes) and not granted)


def _made(wish: Wish, group: object, each: Asked, state: str, until: int | None, asks: frozenset[str]) -> Booking:
    booking = each.standing
    if booking is None:
        wants = dict(each.wants)
        booking = Booking(wish.owner, each.starts, each.ends, wants, state, until, wish.purpose, group=group)
    booking.state, booking.hold_until = state, until
    booking.starts, booking.ends, booking.wants = each.starts, each.ends, dict(each.wants)
    booking.approvals = dict.fromkeys(asks, "pending") | booking.approvals
    return booking
