"""Whatever is changed in whatever order: claims, versions, the audit and everyone's calendar say the same."""

import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
import sqlalchemy as sa

from rooms import HOLDING, PENDING, booking
from rooms.store.tables import claim, resource
from schedules import Lesson, LessonPatch, Repeat, calendar_object, store
from schedules.tables import lesson as lesson_table
from schedules.wire import AddedMeeting, RoomSwap
from tests.judges.calendar import SimulatedCalendar
from tests.office import DOMAIN, GRETA, Office
from vclass.core import audit
from vclass.core.refusals import Refusal

DAY = 24 * 3600
STEPS = 25
SETUP = 15
BOOKED = (
    ("vienna", "2026-12-01T10:00", "Europe/Vienna"),
    ("vienna large", "2026-12-03T12:00", "Africa/Cairo"),
    ("kyiv", "2027-03-23T10:00", "Europe/Kyiv"),
)
ROOMS = ("vienna", "kyiv", "vienna large", "vienna online")

Claims: TypeAlias = set[tuple[int, int, int, int]]
Rule: TypeAlias = Callable[["Chaos", Lesson, Any], Awaitable[object]]


@dataclass
class Chaos:
    """Changes lessons at random, and knows which there are."""

    office: Office
    dice: random.Random
    done: dict[str, int] = field(default_factory=dict)

    def start(self, lesson: Lesson) -> str:
        """Some wall start near one of the meetings."""
        held = self.dice.choice(lesson.dates)
        moved = held.recurrence.plus_days(self.dice.randint(-2, 9))
        return f"{moved.date}T{self.dice.randint(7, 19):02}:{self.dice.choice((0, 30)):02}"

    def rooms(self) -> tuple[str, ...]:
        return tuple(self.office.hall(each) for each in self.dice.sample(ROOMS, self.dice.randint(0, 2)))

    def name(self, lesson: Lesson) -> str:
        return str(self.dice.choice(lesson.dates).recurrence)

    async def change_one(self, lesson: Lesson, scope: Any) -> object:  # noqa: ANN401  a word
        fields: list[dict[str, Any]] = [{"start": self.start(lesson)}, {"rooms": self.rooms()}, {"minutes": 45}]
        patch = LessonPatch(**self.dice.choice(fields))
        lessons = self.office.lessons
        return await lessons.change_meeting(
            self.office.teacher, lesson.public_id, self.name(lesson), patch, scope, lesson.version
        )

    async def cancel_one(self, lesson: Lesson, scope: Any) -> object:  # noqa: ANN401  a word
        lessons, name = self.office.lessons, self.name(lesson)
        return await lessons.cancel_meeting(self.office.teacher, lesson.public_id, name, scope, "Ill.", lesson.version)

    async def change_all(self, lesson: Lesson, _: Any) -> object:  # noqa: ANN401  unused
        fields: list[dict[str, Any]] = [
            {"start": self.start(lesson)},
            {"rooms": self.rooms()},
            {"repeat": Repeat("week", count=self.dice.randint(2, 6))},
            {"title": "Phonetics"},
            {"teachers": ("teacher@athens.example",)},
        ]
        return await self.office.change(lesson, **self.dice.choice(fields))

    async def add(self, lesson: Lesson, _: Any) -> object:  # noqa: ANN401  unused
        body = AddedMeeting(self.name(lesson))
        return await self.office.lessons.add_meeting(self.office.teacher, lesson.public_id, body, lesson.version)

    async def swap(self, lesson: Lesson, _: Any) -> object:  # noqa: ANN401  unused
        other = self.dice.choice(await self.lessons())
        return await self.office.lessons.swap(self.office.teacher, RoomSwap((lesson.public_id, other.public_id)))

    async def wait(self, _lesson: Lesson, _: Any) -> None:  # noqa: ANN401  unused
        self.office.clock.advance(self.dice.randint(1, 4) * DAY)
        await self.office.approvals.expire()

    async def answer(self, lesson: Lesson, scope: Any) -> object:  # noqa: ANN401  a word
        admin = self.office.world.actors["room_admin", self.dice.choice(("vienna", "kyiv"))]
        pending = [each for each in lesson.dates if each.state in PENDING] or lesson.dates
        name = self.dice.choice(pending).booking_public_id
        if self.dice.random() < 2 / 3:
            return await self.office.approvals.approve(admin, name, scope)
        return await self.office.approvals.reject(admin, name, scope, "Needed for exams.")

    async def settle(self) -> None:
        """Decide everything that is still open."""
        while pending := [each for lesson in await self.lessons() for each in lesson.dates if each.state in PENDING]:
            for place in ("vienna", "kyiv"):
                admin = self.office.world.actors["room_admin", place]
                with contextlib.suppress(Refusal):
                    await self.office.approvals.reject(admin, pending[0].booking_public_id, "this", "Too late.")

    async def lessons(self) -> list[Lesson]:
        def read(connection: sa.Connection) -> list[Lesson]:
            ids = connection.execute(sa.select(lesson_table.c.id).order_by(lesson_table.c.id)).scalars()
            return store.lessons(connection, list(ids))

        return await self.office.database.read(read)

    async def step(self) -> None:
        rule, argument = self.dice.choice(RULES)
        lesson = self.dice.choice(await self.lessons())
        before = await self.everything()
        try:
            await rule(self, lesson, argument)
        except Refusal:
            after = await self.everything()
        else:
            self.done[rule.__name__] = self.done.get(rule.__name__, 0) + 1
            return
        assert after == before, "a refused request left a trace"

    async def everything(self) -> tuple[list[Lesson], Claims, int]:
        return await self.lessons(), await self.claims(), await self.office.count(audit.audit)

    async def claims(self) -> Claims:
        columns = (claim.c.booking_id, claim.c.resource_id, claim.c.starts, claim.c.ends)
        return await self.office.database.read(lambda c: {tuple(row) for row in c.execute(sa.select(*columns))})

    async def check(self) -> None:
        """Invariants I2, I3, I4 and I11."""
        lessons = await self.lessons()
        buffered = self.office.world.halls["vienna"].id
        assert await self.claims() == {
            (held.booking_id, want.resource_id, held.starts - 60 * SETUP * (want.resource_id == buffered), held.ends)
            for lesson in lessons
            for held in lesson.dates
            if held.state in HOLDING
            for want in held.wants
        }
        for lesson in lessons:
            entries = await self.office.database.read(audit.history, "lesson", lesson.id)
            assert len(entries) == lesson.version
        standing = {held.booking_id for lesson in lessons for held in lesson.dates}
        holding = sa.select(booking.c.id).where(booking.c.state.in_(HOLDING))
        assert set(await self.office.database.read(lambda c: list(c.execute(holding).scalars()))) <= standing


def furnish(connection: sa.Connection, office: Office, *, asking: bool) -> None:
    """Let one hall need time before a lesson, and some need approval."""
    halls = office.world.halls
    changes: list[tuple[str, dict[str, Any]]] = [("vienna", {"setup_minutes": SETUP})]
    changes += [(place, {"approval": "required"}) for place in ("vienna large", "kyiv") if asking]
    for place, values in changes:
        connection.execute(sa.update(resource).where(resource.c.id == halls[place].id).values(**values))


RULES: list[tuple[Rule, Any]] = [
    (Chaos.change_one, "this"),
    (Chaos.change_one, "this"),
    (Chaos.change_one, "following"),
    (Chaos.cancel_one, "this"),
    (Chaos.cancel_one, "following"),
    (Chaos.change_all, None),
    (Chaos.change_all, None),
    (Chaos.add, None),
    (Chaos.swap, None),
    (Chaos.wait, None),
    (Chaos.answer, "this"),
    (Chaos.answer, "all"),
]


@pytest.mark.parametrize(("seed", "asking"), [(seed, seed % 2 == 1) for seed in range(6)])
async def test_claims_are_what_meetings_want_and_each_step_is_noted_once(
    office: Office,
    seed: int,
    asking: bool,
) -> None:
    await office.database.write(furnish, office, asking=asking)
    for place, start in (
        ("vienna", "2026-12-01T10:00"),
        ("vienna large", "2026-12-03T12:00"),
        ("kyiv", "2027-03-23T10:00"),
    ):
        await office.book(rooms=(office.hall(place),), start=start, repeat=Repeat("week", count=4))
    chaos = Chaos(office, random.Random(seed))
    for _ in range(STEPS):
        await chaos.step()
        await chaos.check()
    assert sum(chaos.done.values()) > STEPS // 3, chaos.done
    await chaos.settle()
    await chaos.check()
    assert await shown_to_greta(office) == sorted(
        (held.starts, held.ends)
        for lesson in await chaos.lessons()
        for held in lesson.dates
        if held.state in HOLDING and not lesson.cancelled
    )


async def shown_to_greta(office: Office) -> list[tuple[int, int]]:
    """What a calendar shows that got all mails to one attendee."""
    calendar = SimulatedCalendar()
    for facts in await office.mails(GRETA.email):
        calendar.receive(calendar_object(facts, link="https://vclass.example/join/x", domain=DOMAIN, rsvp=False))
    return calendar.shown()
