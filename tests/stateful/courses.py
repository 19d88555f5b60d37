"""Lessons as the model knows them: walls and wants, and what becomes of their bookings when they change."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from tests.stateful.model import GONE, Asked, Booking, Desk, Verdict, Wants, Wish, administers
from tests.stateful.world import MINUTE, readings, text

STEPS: Final = {"day": 1, "week": 7}
DONE: Final = "done"


@dataclass(frozen=True)
class Body:
    """A lesson that somebody asks for, in the words of the world."""

    owner: str
    place: str
    start: dt.datetime
    minutes: int
    fold: int | None = None
    every: str | None = None
    count: int = 1
    rooms: tuple[str, ...] = ()
    pools: tuple[tuple[str, int], ...] = ()
    teachers: tuple[str, ...] = ()
    transparent: bool = False
    on_clash: str = "refuse"

    @property
    def starts(self) -> list[dt.datetime]:
        step = dt.timedelta(STEPS[self.every] if self.every else 0)
        return [self.start + number * step for number in range(self.count if self.every else 1)]

    @property
    def things(self) -> Wants:
        return {**dict.fromkeys(self.rooms, 1), **dict(self.pools)}

    @property
    def times(self) -> Wants:
        """Whose time it takes: the owner's too, unless others alone are named."""
        spared = bool(self.teachers) and self.owner not in self.teachers
        teaching = {each for each in (self.owner, *self.teachers) if not (spared and each == self.owner)}
        return {} if self.transparent else dict.fromkeys(teaching, 1)


@dataclass(eq=False)
class Meeting:
    """One date of a lesson."""

    name: dt.datetime
    start: dt.datetime
    minutes: int
    fold: int | None
    booking: Booking

    @property
    def stands(self) -> bool:
        return self.booking.state not in GONE


@dataclass(eq=False)
class Course:
    """A lesson as it stands."""

    number: int
    body: Body
    meetings: list[Meeting]
    cancelled: bool = False
    version: int = 1

    def closed(self, now: int) -> bool:
        """Whether all of it took place: nothing is open any more, and what is confirmed is over."""
        states = {each.booking.state for each in self.meetings}
        confirmed = [each.booking.ends for each in self.meetings if each.booking.state == "confirmed"]
        return bool(confirmed) and max(confirmed) <= now and states.isdisjoint(("held", "requested", "waiting"))


@dataclass
class Plan:
    """A date as it shall be."""

    of: Meeting
    name: dt.datetime
    start: dt.datetime
    minutes: int
    fold: int | None
    starts: int
    ends: int
    wants: Wants

    @property
    def stays(self) -> bool:
        there = self.of.booking
        return (self.starts, self.ends, self.wants) == (there.starts, there.ends, there.wants)

    @property
    def stands(self) -> bool:
        return self.of.stands or not self.stays


@dataclass
class Told:
    """What somebody hears: ``done`` or the name of a refusal; the clashes; what it was about."""

    answer: str
    clashes: set[tuple[str, str, str]] = field(default_factory=set)
    course: Course | None = None


class Registry:
    """All lessons, on one desk."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.courses: list[Course] = []

    def book(self, body: Body, now: int) -> Told:
        asked = _asked(body)
        if asked is None:
            return Told("FoldError")
        if asked[0].ends <= now:
            return Told("InThePastError")
        wish = Wish(body.owner, asked, on_clash=body.on_clash, approves=administers(body.owner), own=True)
        verdict, made = self.submit(wish, now)
        if verdict.refused:
            return Told("ClashError", verdict.clashes)
        walls = {text(wall): wall for wall in body.starts}
        meetings = [
            Meeting(walls[each.name], walls[each.name], body.minutes, body.fold, booking)
            for (each, *_), booking in zip(verdict.granted, made, strict=True)
        ]
        course = Course(len(self.courses), body, meetings)
        self.courses.append(course)
        return Told(DONE, set() if body.on_clash == "wait" else verdict.clashes, course)

    def move(self, course: Course, start: dt.time, now: int) -> Told:
        """Move a whole lesson to another time of the same days."""
        body = course.body
        moved = replace(body, start=dt.datetime.combine(body.start.date(), start))
        if course.cancelled or course.closed(now):
            return Told("AlreadyCancelledError" if course.cancelled else "ClosedError")
        if moved == body:
            return self._change(course, body, [_as_it_is(each) for each in course.meetings], now)
        plans = []
        for each in course.meetings:
            name = dt.datetime.combine((each.name if body.every else body.start).date(), start)
            at = _instant(name, body.place, body.fold)
            if at is None:
                return Told("FoldError")
            plans.append(_moved(each, name if body.every else each.name, name, at, body, now))
        if not any(each.starts > now for each in plans):
            return Told("AlreadyBegunError")
        return self._change(course, moved, plans, now)

    def move_one(self, course: Course, meeting: Meeting, start: dt.datetime, now: int) -> Told:
        refusal = _unchangeable(course, meeting, now)
        if refusal is not None:
            return refusal
        plan = _as_it_is(meeting)
        if start != meeting.start:
            at = _instant(start, course.body.place, meeting.fold)
            if at is None:
                return Told("FoldError")
            if at <= now:
                return Told("InThePastError")
            plan = replace(plan, start=start, starts=at, ends=at + MINUTE * meeting.minutes)
        plans = [plan if each is meeting else _as_it_is(each) for each in course.meetings]
        return self._change(course, course.body if course.body.every else replace(course.body, start=start), plans, now)

    def swap(self, course: Course, rooms: tuple[str, ...], now: int) -> Told:
        """Give a whole lesson other rooms; a date that has rooms of its own keeps them."""
        if course.cancelled or course.closed(now):
            return Told("AlreadyCancelledError" if course.cancelled else "ClosedError")
        plans = _in_rooms(course, rooms, now)
        if rooms != course.body.rooms and not any(each.starts > now for each in plans):
            return Told("AlreadyBegunError")
        return self._change(course, replace(course.body, rooms=rooms), plans, now)

    def exchange(self, one: Course, other: Course, now: int) -> Told:
        """Two lessons take one another's rooms; their bookings stay, with other rooms."""
        if one is other or one.cancelled or other.cancelled:
            return Told("InvalidInputError" if one is other else "AlreadyCancelledError")
        both = ((one, _in_rooms(one, other.body.rooms, now)), (other, _in_rooms(other, one.body.rooms, now)))
        refused = next((why for course, plans in both if (why := _in_its_way(course, plans, now))), None)
        if refused is not None:
            return refused
        new = [each for _, plans in both for each in plans if not each.stays]
        if any(each.of.booking.state != "confirmed" for each in new):
            return Told("NotConfirmedError")
        asked = [Asked(text(each.name), each.starts, each.ends, each.wants, each.of.booking) for each in new]
        verdict, _ = self.submit(Wish(one.body.owner, asked, approves=administers(one.body.owner), own=True), now)
        if verdict.clashes:
            return Told("ClashError", verdict.clashes)
        one.body, other.body = replace(one.body, rooms=other.body.rooms), replace(other.body, rooms=one.body.rooms)
        for course in (one, other):
            course.version += 1
        return Told(DONE)

    def swap_one(self, course: Course, meeting: Meeting, rooms: tuple[str, ...], now: int) -> Told:
        refusal = _unchangeable(course, meeting, now)
        if refusal is not None:
            return refusal
        plan = _as_it_is(meeting)
        kept = {name: n for name, n in plan.wants.items() if name not in _ROOMS}
        plan.wants = {**dict.fromkeys(rooms, 1), **kept}
        plans = [plan if each is meeting else _as_it_is(each) for each in course.meetings]
        return self._change(course, course.body if course.body.every else replace(course.body, rooms=rooms), plans, now)

    def cancel(self, course: Course, off: Sequence[Meeting], now: int, *, one: bool) -> Told:
        if course.cancelled:
            return Told("AlreadyCancelledError")
        if one and off[0].booking.state == "cancelled":
            return Told("AlreadyCancelledError")
        if one and off[0].booking.ends <= now:
            return Told("ClosedError")
        coming = [each for each in off if each.stands and each.booking.ends > now]
        if not coming:
            return Told("ClosedError" if any(each.stands for each in off) else "AlreadyCancelledError")
        whole = all(any(each is gone for gone in off) for each in course.meetings if each.stands)
        self.submit(Wish(course.body.owner, [], [each.booking for each in coming], own=True), now)
        course.version += 1
        course.cancelled = whole
        return Told(DONE, course=course)

    def _change(self, course: Course, after: Body, plans: Sequence[Plan], now: int) -> Told:
        if _meets_itself(plans):
            return Told("OverlapError")
        new = [each for each in plans if not each.stays]
        wish = Wish(
            owner=course.body.owner,
            asked=[Asked(text(each.name), each.starts, each.ends, each.wants) for each in new],
            release=[each.of.booking for each in new if each.of.stands],
            approves=administers(course.body.owner),
            own=True,
        )
        verdict, made = self.submit(wish, now)
        if verdict.clashes:
            return Told("ClashError", verdict.clashes)
        for each, booking in zip(new, made, strict=True):
            each.of.booking = booking
        for each in plans:
            each.of.name, each.of.start = each.name, each.start
        course.body, course.version = after, course.version + 1
        return Told(DONE, course=course)

    def submit(self, wish: Wish, now: int) -> tuple[Verdict, list[Booking]]:
        """Hand in a wish; lessons that it changes beside its own become another version."""
        with self.one_batch():
            if not wish.asked and not wish.release:
                return Verdict([], set(), refused=False), []
            return self.desk.submit(wish, now)

    @contextmanager
    def one_batch(self) -> Iterator[None]:
        """What is done to a lesson in one batch is one change."""
        self.desk.changed.clear()
        yield
        for course in self.courses:
            course.version += any(m.booking is each for m in course.meetings for each in self.desk.changed)

    def meeting_of(self, booking: Booking) -> tuple[Course, Meeting] | None:
        """The lesson and the date that a booking is for."""
        found = ((course, each) for course in self.courses for each in course.meetings if each.booking is booking)
        return next(found, None)


_ROOMS: Final = frozenset({"aula", "hall", "studio", "cave", "dome"})


def _asked(body: Body) -> list[Asked] | None:
    """What the desk is asked for; None where a start exists twice and nobody said which is meant."""
    asked = []
    for wall in body.starts:
        at = _instant(wall, body.place, body.fold)
        if at is None:
            return None
        asked.append(Asked(text(wall), at, at + MINUTE * body.minutes, {**body.things, **body.times}))
    return asked


def _instant(wall: dt.datetime, place: str, fold: int | None) -> int | None:
    found = readings(wall, place)
    if len(found) == 1:
        return found[0]
    return None if fold is None else found[fold]


def _as_it_is(meeting: Meeting) -> Plan:
    there = meeting.booking
    return Plan(
        meeting, meeting.name, meeting.start, meeting.minutes, meeting.fold, there.starts, there.ends, dict(there.wants)
    )


def _in_rooms(course: Course, rooms: tuple[str, ...], now: int) -> list[Plan]:
    """The meetings to come in other rooms; a date that has rooms of its own keeps them."""
    body, plans = course.body, [_as_it_is(each) for each in course.meetings]
    things = {**dict.fromkeys(rooms, 1), **dict(body.pools)}
    for plan in plans:
        own = {name: quantity for name, quantity in plan.wants.items() if name not in body.times}
        times = {name: quantity for name, quantity in plan.wants.items() if name in body.times}
        settled = plan.of.booking.starts <= now or plan.of.booking.state == "cancelled"
        if not settled and own == body.things:
            plan.wants = {**things, **times}
    return plans


def _in_its_way(course: Course, plans: Sequence[Plan], now: int) -> Told | None:
    """What keeps a lesson from other rooms, wherever they are."""
    if course.closed(now):
        return Told("ClosedError")
    if not any(each.starts > now for each in plans):
        return Told("AlreadyBegunError")
    return Told("OverlapError") if _meets_itself(plans) else None


def _moved(meeting: Meeting, name: dt.datetime, start: dt.datetime, at: int, body: Body, now: int) -> Plan:
    plan = replace(_as_it_is(meeting), name=name)
    there = meeting.booking
    if there.starts <= now or there.state == "cancelled" or at <= now:
        return plan
    return replace(plan, start=start, fold=body.fold, starts=at, ends=at + MINUTE * body.minutes)


def _unchangeable(course: Course, meeting: Meeting, now: int) -> Told | None:
    there = meeting.booking
    if course.cancelled or there.state == "cancelled":
        return Told("AlreadyCancelledError")
    if there.ends <= now:
        return Told("ClosedError")
    return Told("AlreadyBegunError") if there.starts <= now else None


def _meets_itself(plans: Iterable[Plan]) -> bool:
    standing = sorted((each for each in plans if each.stands), key=lambda each: (each.starts, each.ends))
    return any(one.ends > other.starts and not (one.stays and other.stays) for one, other in pairwise(standing))
