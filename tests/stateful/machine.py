"""The machine: whatever people do in whatever order, SQLite, PostgreSQL and the model say the same."""

import datetime as dt
import random
from dataclasses import replace
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from schedules import AlternativeView, ClashError, LessonPatch, Replayed
from schedules.wire import RoomSwap
from tests.stateful.courses import DONE, Body, Told
from tests.stateful.houses import PICK, HouseRules
from tests.stateful.stage import Stage, handed_in, key_for, same, wired
from tests.stateful.twins import Office
from tests.stateful.world import PEOPLE, POOLS, ROOMS, text
from vclass.core.idempotency import KeyReusedError

DAYS: Final = tuple(dt.date(2027, 10, 28) + dt.timedelta(each) for each in range(6))
TIMES: Final = tuple(
    dt.time(*each) for each in ((2, 30), (8, 0), (9, 0), (9, 30), (10, 0), (11, 0), (13, 30), (14, 0), (16, 0), (23, 0))
)
MINUTES: Final = (30, 60, 60, 60, 90, 90, 90, 120, 240, 1440)
OWNERS: Final = ("anna", "anna", "ben", "olha", "vera")
WALLS: Final = st.builds(dt.datetime.combine, st.sampled_from(DAYS), st.sampled_from(TIMES))
SERIES: Final = ((None, 1), (None, 1), (None, 1), ("week", 3), ("day", 3))
AMOUNTS: Final = (0, 0, 0, 1, 2)
TEACHERS: Final = ((), (), (), ("anna",), ("olha", "ben"))


def body_of(number: int) -> Body:
    """A lesson that somebody may ask for. One number costs a run less than a dozen draws, and nothing is shrunk."""
    dice = random.Random(number)
    owner = dice.choice(OWNERS)
    every, count = dice.choice(SERIES)
    teachers = dice.choice(TEACHERS)
    pools = [(name, dice.choice(AMOUNTS)) for name in POOLS]
    return Body(
        owner=owner,
        place=PEOPLE[owner][0],
        start=dt.datetime.combine(dice.choice(DAYS), dice.choice(TIMES)),
        minutes=dice.choice((60, 1440)) if every == "day" else dice.choice(MINUTES),
        fold=dice.choice((None, 0, 1)),
        every=every,
        count=count,
        rooms=rooms_of(owner, dice.getrandbits(32)),
        pools=tuple(each for each in pools if each[1]),
        teachers=(owner, *teachers) if teachers and dice.random() < 1 / 2 else teachers,
        transparent=dice.random() < 1 / 4,
        on_clash=dice.choice(("refuse", "refuse", "skip", "wait", "wait")),
    )


def rooms_of(owner: str, number: int) -> tuple[str, ...]:
    """Some rooms that somebody may book."""
    dice, home = random.Random(number), PEOPLE[owner][0]
    names = [name for name, thing in ROOMS.items() if thing.shared or thing.house == home]
    return tuple(dice.sample(names, dice.choice((0, 1, 1, 2))))


NUMBERS: Final = st.integers(0, 2**32 - 1)
BODIES: Final = NUMBERS.map(body_of)


class LessonRules(Stage):
    """What people do with lessons."""

    @rule(body=BODIES, keyed=st.booleans())
    def book_one(self, body: Body, *, keyed: bool) -> None:
        told, answers = self.book("book", body, f"key {len(self.keyed)}" if keyed else None)
        if told.answer == "ClashError":
            self._alternatives_work(body, answers[0].refusal)

    def _alternatives_work(self, body: Body, refusal: object) -> None:
        """I13: a way out is one that works at once."""
        assert isinstance(refusal, ClashError)
        for way in refusal.facts["alternatives"][:1]:
            told, _ = self.book("alternative", self._as_told(body, way))
            assert told.answer == DONE, f"I13: {way} is no way out: {told}"

    def _as_told(self, body: Body, way: AlternativeView) -> Body:
        """What is asked for as an alternative says."""
        words = self.twins.offices[0].words
        kit = body.pools if way.equipment is None else tuple((words[e.id], e.quantity) for e in way.equipment)
        return replace(
            body,
            rooms=tuple(words[each] for each in way.rooms),
            start=dt.datetime.fromisoformat(way.start),
            minutes=way.minutes or body.minutes,
            pools=kit,
            on_clash=way.on_clash,
        )

    @precondition(lambda self: self.model.courses)
    @rule(pick=PICK)
    def queue_up(self, pick: int) -> None:
        """Two would like to have just what somebody has, or has asked for."""
        states = {"confirmed", "held", "requested"}
        held = [each for each in self.model.courses if {one.booking.state for one in each.meetings} <= states]
        course = held[pick % len(held)] if held else self.course(pick)
        self.queued.append(course)
        for _ in range(2):
            self.book("queue up", replace(course.body, on_clash="wait"))

    @rule(batch=st.lists(BODIES, min_size=2, max_size=4))
    def crowd(self, batch: list[Body]) -> None:
        """I7: several in one batch on SQLite come out as one after another on PostgreSQL."""
        told = [(body, self.model.book(body, self.now)) for body in batch]
        asked = [(body, said) for body, said in told if said.answer in (DONE, "ClashError")]
        for office, at_once in zip(self.twins.offices, (True, False), strict=True):
            answers = self.twins.run(handed_in(office, [body for body, _ in asked], at_once=at_once))
            for (_, said), answer in zip(asked, answers, strict=True):
                same(said, answer, office)
        self.count("crowd", *(said.answer for _, said in asked))

    @precondition(lambda self: self.fresh_keys())
    @rule(pick=PICK, other=BODIES)
    def retry(self, pick: int, other: Body) -> None:
        """I10: the same key gives the same answer and changes nothing; with another body it is refused."""
        keys = self.fresh_keys()
        key, body = keys[pick % len(keys)]

        async def again(office: Office) -> object:
            who = office.actor(body.owner)
            return await office.lessons.create(who, wired(office, body), key_for(office, body, key))

        async def otherwise(office: Office) -> object:
            who = office.actor(body.owner)
            named = key_for(office, body, key)
            assert named is not None
            another = wired(office, other)
            return await office.lessons.create(who, another, type(named)(named.person_id, named.key, "another body"))

        for answer in self.twins.both(again):
            assert isinstance(answer.value, Replayed), f"I10: {answer}"
        for answer in self.twins.both(otherwise):
            assert isinstance(answer.refusal, KeyReusedError), f"I10: {answer}"
        self.count("retry", "KeyReusedError")

    @precondition(lambda self: self.model.courses)
    @rule(pick=PICK, at=st.sampled_from(TIMES))
    def move(self, pick: int, at: dt.time) -> None:
        course = self.course(pick)
        start = text(dt.datetime.combine(course.body.start.date(), at))
        told = self.model.move(course, at, self.now)
        self.change("move", course, told, LessonPatch(start=start), None)

    @precondition(lambda self: self.model.courses)
    @rule(pick=PICK, which=PICK, start=WALLS)
    def move_one(self, pick: int, which: int, start: dt.datetime) -> None:
        course, meeting = self.meeting(pick, which)
        name = text(meeting.name)
        told = self.model.move_one(course, meeting, start, self.now)
        self.change_one("move one", course, name, told, LessonPatch(start=text(start)))

    @precondition(lambda self: self.model.courses)
    @rule(pick=PICK, number=NUMBERS)
    def swap(self, pick: int, number: int) -> None:
        course = self.course(pick)
        rooms = rooms_of(course.body.owner, number)
        told = self.model.swap(course, rooms, self.now)
        self.change("swap", course, told, LessonPatch(), rooms)

    @precondition(lambda self: self.model.courses)
    @rule(pick=PICK, which=PICK, number=NUMBERS)
    def swap_one(self, pick: int, which: int, number: int) -> None:
        course, meeting = self.meeting(pick, which)
        rooms, name = rooms_of(course.body.owner, number), text(meeting.name)
        told = self.model.swap_one(course, meeting, rooms, self.now)
        self.change_one("swap one", course, name, told, LessonPatch(), rooms)

    @precondition(lambda self: self.model.courses)
    @rule(pick=PICK, other=PICK)
    def exchange(self, pick: int, other: int) -> None:
        one = self.course(pick)
        mine = [each for each in self.model.courses if each.body.owner == one.body.owner]
        two = mine[other % len(mine)]
        told = self.model.exchange(one, two, self.now)

        async def step(office: Office) -> object:
            body = RoomSwap((office.ids[one.number], office.ids[two.number]))
            return await office.lessons.swap(office.actor(one.body.owner), body)

        self.step("exchange", told, step)

    @precondition(lambda self: any(each.version > 1 for each in self.model.courses))
    @rule(pick=PICK)
    def come_late(self, pick: int) -> None:
        """Who has read an older version changes nothing."""
        changed = [each for each in self.model.courses if each.version > 1]
        course = changed[pick % len(changed)]

        async def step(office: Office) -> object:
            who = office.actor(course.body.owner)
            return await office.lessons.cancel(who, office.ids[course.number], "Late", course.version - 1)

        self.step("come late", Told("StaleError"), step)

    @precondition(lambda self: self.model.courses)
    @rule(pick=PICK, again=st.booleans())
    def cancel(self, pick: int, *, again: bool) -> None:
        """I9: what was cancelled can be booked again as it was, unless somebody waited for it."""
        course = self.queued.pop() if self.queued and pick % 2 else self.course(pick)
        whole = all(each.booking.holds for each in course.meetings)
        told = self.model.cancel(course, course.meetings, self.now, one=False)

        async def step(office: Office) -> object:
            lesson = await office.lesson(course.number, course.body.owner)
            who = office.actor(course.body.owner)
            return await office.lessons.cancel(who, lesson.public_id, "Off", lesson.version)

        self.step("cancel", told, step)
        if told.answer == DONE and again and whole and not self.model.desk.waiting and not self.model.desk.limits:
            told, _ = self.book("book again", course.body)
            assert told.answer in (DONE, "InThePastError"), f"I9: {told}"

    @precondition(lambda self: self.model.courses)
    @rule(pick=PICK, which=PICK, following=st.booleans())
    def cancel_one(self, pick: int, which: int, *, following: bool) -> None:
        course, meeting = self.meeting(pick, which)
        later = [each for each in course.meetings if each.name >= meeting.name]
        name, scope = text(meeting.name), "following" if following else "this"
        told = self.model.cancel(course, later if following else [meeting], self.now, one=not following)

        async def step(office: Office) -> object:
            lesson = await office.lesson(course.number, course.body.owner)
            who = office.actor(course.body.owner)
            return await office.lessons.cancel_meeting(who, lesson.public_id, name, scope, "", lesson.version)  # type: ignore[arg-type]  # one of the two scopes

        self.step(f"cancel {scope}", told, step)


class Machine(LessonRules, HouseRules):
    """All rules."""
