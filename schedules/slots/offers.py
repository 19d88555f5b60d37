"""What the slot finder answers: times as they can be booked, once or weekly. Pure."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rooms import Clash, Resource
from schedules.holidays import Holiday
from schedules.recurrence import Occurrence, Rule, expand
from schedules.slots.finder import find
from schedules.slots.model import Choice, Presence, Query, Slot, Week, WeeklySlot
from schedules.slots.question import Asked
from schedules.slots.weekly import weekly
from vclass.core.zones import Instant, WallTime
from vclass.people import Institution, Person

MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Side:
    """An institution that takes part; its own calendar counts where ``shuts`` is true."""

    house: Institution
    shuts: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A time, once or weekly.

    Attributes:
        starts: the first week's start, on the clocks of the anchor zone ``local``.
        comfort: by how many minutes it is off at most, for who comes.
        people: everybody, and ``places``, the houses, as they are in the first week.
        choices: what is free for each need, in every week that works.
        weeks: how many were asked for, of which so many ``works``; 1 for a single lesson.
        odd: the weeks in which somebody or something is missing.
        fold: which of two equal times is meant, where the clocks show it twice.
        occurrences: what booking it comes to, without the weeks that don't work.
        rule: how it repeats then.
        exceeded: the quotas that booking it would exceed.
    """

    starts: Instant
    ends: Instant
    local: WallTime
    comfort: int
    people: tuple[Presence, ...]
    places: tuple[Presence, ...]
    choices: tuple[Choice, ...]
    weeks: int
    works: int
    odd: tuple[Week, ...]
    fold: int | None
    occurrences: tuple[Occurrence, ...]
    rule: Rule | None
    exceeded: tuple[Clash, ...] = ()

    @property
    def complete(self) -> bool:
        return self.works == self.weeks and not self.exceeded

    @property
    def missing(self) -> tuple[Presence, ...]:
        return tuple(each for each in (*self.people, *self.places) if not each.comes)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer, and what it speaks of.

    ``people`` are the accounts by address; who is not among them is a guest. ``resources`` are rooms and kit by the
    public ids in the choices, ``holidays`` the public ones of each house in question.
    """

    asked: Asked
    offers: tuple[Offer, ...]
    sides: tuple[Side, ...]
    people: Mapping[str, Person]
    resources: Mapping[str, Resource]
    holidays: Mapping[int, tuple[Holiday, ...]] = field(default_factory=dict)


def offers(asked: Asked, query: Query, most: int | None) -> Iterator[Offer]:
    number, many = len(asked.required) + len(asked.optional), most or sys.maxsize
    if asked.weeks is None:
        slots = find(query, many, overlapping=most is None)
        yield from (_single(slot, number) for slot in slots)
    else:
        series = weekly(query, asked.weeks, many, overlapping=most is None)
        yield from (_series(asked, slot, number) for slot in series)


def _single(slot: Slot, number: int) -> Offer:
    whole = (Occurrence(slot.local, slot.starts, slot.ends),)
    return Offer(
        starts=slot.starts,
        ends=slot.ends,
        local=slot.local,
        comfort=slot.comfort,
        people=slot.people[:number],
        places=slot.people[number:],
        choices=slot.choices,
        weeks=1,
        works=int(slot.complete),
        odd=(),
        fold=slot.fold,
        occurrences=whole if slot.complete else (),
        rule=None,
    )


def _series(asked: Asked, slot: WeeklySlot, number: int) -> Offer:
    start, rule = _rule(slot)
    expansion = expand(start, asked.zone, asked.minutes, rule, slot.fold) if slot.works else None
    return Offer(
        starts=slot.starts,
        ends=slot.starts + MINUTE * asked.minutes,
        local=slot.local,
        comfort=slot.comfort,
        people=slot.people[:number],
        places=slot.people[number:],
        choices=slot.choices,
        weeks=slot.weeks,
        works=slot.works,
        odd=slot.odd,
        fold=slot.fold,
        occurrences=() if expansion is None else expansion.occurrences,
        rule=rule,
    )


def _rule(slot: WeeklySlot) -> tuple[WallTime, Rule | None]:
    """The start and the rule of the weeks that work: from the first of them to the last, without the others."""
    without = {each.number for each in slot.odd if not each.works}
    working = [week for week in range(1, slot.weeks + 1) if week not in without]
    if not working:
        return slot.local, None
    first, last = working[0], working[-1]
    start = slot.local.plus_days(7 * (first - 1))
    left_out = tuple(slot.local.plus_days(7 * (week - 1)).date for week in sorted(without) if first < week < last)
    return start, Rule("week", count=last - first + 1, except_=left_out) if last > first else None
