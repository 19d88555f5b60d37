"""How a step of the machine is done on both databases and in the model, and how what they say is compared."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

import pytest
import sqlalchemy as sa
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from rooms import Wish, see_bookings, see_rooms
from rooms.store.occupancy import Sought
from schedules import ClashError, EquipmentWish, LessonPatch, NewLesson, Repeat, lessons_between, visible_lesson
from schedules.clerks import Done, Refused
from schedules.service import prepare_new
from schedules.wire import ClashView
from tests.stateful.courses import DONE, Body, Course, Meeting, Registry, Told
from tests.stateful.invariants import Tables
from tests.stateful.mirror import compare
from tests.stateful.twins import Answer, Office, Twins
from tests.stateful.world import BEGINNING, DAY, THINGS, ZONES, address, text
from vclass.core.idempotency import KEPT_SECONDS, Key, key_of
from vclass.core.refusals import NotFoundError, Refusal

Step = Callable[[Office], Awaitable[object]]


class Stage(RuleBasedStateMachine):
    """What all rules need; the counts are of all runs together."""

    twins: ClassVar[Twins]
    fired: ClassVar[Counter[str]] = Counter()
    refusals: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        self.twins.reset()
        self.model = Registry()
        self.keyed: list[tuple[str, Body, int]] = []
        self.queued: list[Course] = []
        """What others wait for."""
        self.count("begin")

    @invariant()
    def the_tables_hold_what_the_model_holds(self) -> None:
        assert not self.twins.alarm.heard, f"the desk failed: {self.twins.alarm.heard}"
        for office in self.twins.offices:
            tables = Tables(office)
            tables.check()
            compare(office, tables, self.model)

    def teardown(self) -> None:
        """I15: who shares nothing with the houses learns nothing of them but when shared things are busy."""
        for office in self.twins.offices:
            self.twins.run(office.database.read(sees_nothing, office))

    @property
    def now(self) -> int:
        return self.twins.now

    def fresh_keys(self) -> list[tuple[str, Body]]:
        """The keys whose answers are still kept."""
        return [(key, body) for key, body, at in self.keyed if self.now - at < KEPT_SECONDS]

    def count(self, rule: str, *answers: str) -> None:
        self.fired[rule] += 1
        self.refusals.update(answer for answer in answers if answer != DONE)

    def course(self, pick: int) -> Course:
        return self.model.courses[pick % len(self.model.courses)]

    def meeting(self, pick: int, which: int) -> tuple[Course, Meeting]:
        course = self.course(pick)
        return course, course.meetings[which % len(course.meetings)]

    def step(self, rule: str, told: Told, step: Step) -> list[Answer]:
        """Do a step on both databases; each must say what the model says."""
        answers = self.twins.both(step)
        self.count(rule, told.answer)
        for office, answer in zip(self.twins.offices, answers, strict=True):
            same(told, answer, office)
        return answers

    def book(self, rule: str, body: Body, key: str | None = None) -> tuple[Told, list[Answer]]:
        told = self.model.book(body, self.now)

        async def step(office: Office) -> object:
            wire = wired(office, body)
            return await office.lessons.create(office.actor(body.owner), wire, key_for(office, body, key))

        answers = self.step(rule, told, step)
        if key is not None and told.course is not None:
            self.keyed.append((key, body, self.now))
        return told, answers

    def change(self, rule: str, course: Course, told: Told, patch: LessonPatch, rooms: Sequence[str] | None) -> None:
        """Change a whole lesson, in ``rooms`` by their names here."""

        async def step(office: Office) -> object:
            who = office.actor(course.body.owner)
            lesson = await office.lesson(course.number, course.body.owner)
            return await office.lessons.change(who, lesson.public_id, in_rooms(office, patch, rooms), lesson.version)

        self.step(rule, told, step)

    def change_one(
        self, rule: str, course: Course, name: str, told: Told, patch: LessonPatch, rooms: Sequence[str] | None = None
    ) -> None:
        """Change one meeting of a lesson."""

        async def step(office: Office) -> object:
            who = office.actor(course.body.owner)
            lesson = await office.lesson(course.number, course.body.owner)
            what = in_rooms(office, patch, rooms)
            return await office.lessons.change_meeting(who, lesson.public_id, name, what, "this", lesson.version)

        self.step(rule, told, step)


def sees_nothing(connection: sa.Connection, office: Office) -> None:
    """Nobody in Athens is invited to anything."""
    nikos, always = office.actor("nikos"), (BEGINNING, BEGINNING + 90 * DAY)
    shared = {name for name, thing in THINGS.items() if thing.shared and thing.kind != "person"}
    assert {each.name for each in see_rooms(connection, nikos)} <= shared
    assert not lessons_between(connection, nikos, *always)
    for public_id in office.ids.values():
        with pytest.raises(NotFoundError):
            visible_lesson(connection, nikos, public_id, "lesson.see")
    busy, _ = see_bookings(connection, nikos, Sought(always))
    assert {office.words[each.resource_public_id] for each, _ in busy} <= shared
    assert not any(details for _, details in busy)


async def handed_in(office: Office, bodies: Sequence[Body], *, at_once: bool) -> list[Answer]:
    """Book lessons in one batch of the desk, or one after the other; alternatives aren't looked for."""
    if not at_once:
        return [await decided(office, await prepared(office, body)) for body in bodies]
    wishes = [await prepared(office, body) for body in bodies]
    return list(await asyncio.gather(*(decided(office, wish) for wish in wishes)))


async def prepared(office: Office, body: Body) -> Wish:
    who = office.actor(body.owner)
    return await office.database.read(prepare_new, who, wired(office, body), key=None, now=office.clock())


async def decided(office: Office, wish: Wish) -> Answer:
    answer = await office.desk.submit(wish)
    if isinstance(answer, Refused):
        words = {(each.reference, office.names.resources[each.resource_id], each.reason) for each in answer.clashes}
        return Answer(refusal=ClashError("", clashes=words))
    return Answer(refusal=answer) if isinstance(answer, Refusal) else Answer(answer)


def same(told: Told, answer: Answer, office: Office) -> None:
    """Compare what a database said with what the model said, and learn what it calls the lesson."""
    clashes = set() if answer.refusal is None else clashes_of(office, answer.refusal)
    assert answer.name == told.answer, f"{office.kind} says {answer.name} {clashes}, the model {told}"
    if told.clashes and answer.refusal is not None:
        assert clashes == told.clashes, f"{office.kind} says {clashes}, the model {told.clashes}"
    if told.course is not None and isinstance(answer.value, Done):
        office.ids[told.course.number] = answer.value.lesson.public_id


def clashes_of(office: Office, refusal: Refusal) -> set[tuple[str, str, str]]:
    """What stands in the way: the meeting, the thing, the reason."""
    if not isinstance(refusal, ClashError):
        return set()
    found: set[tuple[str, str, str]] | list[ClashView] = refusal.facts["clashes"]
    if not isinstance(found, set):
        found = {(each.recurrence, office.words[each.resource], each.reason) for each in found}
    return {(name, "" if reason == "quota" else thing, reason) for name, thing, reason in found}


def wired(office: Office, body: Body) -> NewLesson:
    """What is sent for a lesson, in the words of one database."""
    called = office.names.public_ids
    return NewLesson(
        title=f"Lesson of {body.owner}",
        zone=ZONES[body.place],
        start=text(body.start),
        minutes=body.minutes,
        fold=body.fold,  # type: ignore[arg-type]  # 0, 1 or none
        repeat=None if body.every is None else Repeat(body.every, count=body.count),  # type: ignore[arg-type]  # day or week
        rooms=tuple(called[name] for name in body.rooms),
        equipment=tuple(EquipmentWish(called[name], quantity) for name, quantity in body.pools),
        teachers=tuple(map(address, body.teachers)),
        transparent=body.transparent,
        on_clash=body.on_clash,  # type: ignore[arg-type]  # as the strategy draws it
    )


def in_rooms(office: Office, patch: LessonPatch, rooms: Sequence[str] | None) -> LessonPatch:
    if rooms is None:
        return patch
    return LessonPatch(rooms=tuple(office.names.public_ids[name] for name in rooms))


def key_for(office: Office, body: Body, key: str | None) -> Key | None:
    return key_of(office.actor(body.owner).person_id or 0, key, wired(office, body))
