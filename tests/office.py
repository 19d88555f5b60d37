"""A desk that books lessons on a real database, and what tests ask of it."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from config import Keyring
from rooms import Clerk, Desk, approvals, waiting
from rooms.store.tables import claim, resource
from schedules import (
    CANCEL,
    CHANGE,
    CREATE,
    LESSON_MAIL,
    NOTICE,
    SPLIT,
    SWAP,
    CancelClerk,
    ChangeClerk,
    CreateClerk,
    Done,
    Guest,
    Lesson,
    LessonPatch,
    Lessons,
    MailFacts,
    NewLesson,
    NoticeFacts,
    SplitClerk,
    SwapClerk,
    agreed,
    encoded,
    lock_lessons,
    lost,
    settled,
    visible_lesson,
)
from schedules.approvals import Approvals
from tests.houses import World
from tests.support import SettableClock
from vclass.core import outbox
from vclass.core.db import Database
from vclass.core.keys import Actor

DOMAIN = "vclass.example"
GRETA = Guest("greta@example.org", "Greta")


@dataclass
class Office:
    """Books lessons for the teacher in Vienna unless told otherwise."""

    database: Database
    world: World
    keyring: Keyring
    clock: SettableClock
    revoked: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        clerks: dict[str, Clerk] = {
            CREATE: CreateClerk(self.keyring, DOMAIN, encoded),
            CHANGE: ChangeClerk(self.keyring),
            SWAP: SwapClerk(ChangeClerk(self.keyring)),
            SPLIT: SplitClerk(self.keyring, DOMAIN),
            CANCEL: CancelClerk(),
            **waiting.clerks(),
            **approvals.clerks(lost, agreed),
        }
        self.desk = Desk(self.database, clerks, settled, lock_lessons)
        self.approvals = Approvals(self.database, self.desk, self.clock)
        self.lessons = Lessons(
            self.database, self.desk, self.keyring, self.clock, self.revoked.append, self.ended.append
        )

    @property
    def teacher(self) -> Actor:
        return self.world.actors["teacher", "vienna"]

    def hall(self, place: str) -> str:
        return self.world.halls[place].public_id

    def body(self, **changes: Any) -> NewLesson:  # noqa: ANN401  any field of a lesson
        """A joint lesson in both halls with both sides' teachers and students and a guest, with some fields changed."""
        usual = NewLesson(
            title="Joint seminar",
            zone="Europe/Vienna",
            start="2026-12-01T10:00",
            minutes=90,
            rooms=(self.hall("vienna"), self.hall("kyiv")),
            teachers=("teacher@kyiv.example",),
            attendees=(Guest("student@vienna.example"), Guest("student@kyiv.example"), GRETA),
        )
        return msgspec.structs.replace(usual, **changes)

    async def book(self, **changes: Any) -> Lesson:  # noqa: ANN401  any field of a lesson
        answer = await self.lessons.create(self.teacher, self.body(**changes))
        assert isinstance(answer, Done)
        return answer.lesson

    async def change(self, lesson: Lesson, **patch: Any) -> Lesson:  # noqa: ANN401  any field of a patch
        """Change a lesson as its teacher, from the version given."""
        return await self.lessons.change(self.teacher, lesson.public_id, LessonPatch(**patch), lesson.version)

    async def cancel(self, lesson: Lesson, reason: str = "") -> Lesson:
        return await self.lessons.cancel(self.teacher, lesson.public_id, reason, lesson.version)

    async def read(self, lesson: Lesson) -> Lesson:
        return await self.database.read(visible_lesson, self.teacher, lesson.public_id, "lesson.see")

    async def mails(self, email: str = "") -> list[MailFacts]:
        """What was written to be told, oldest first; to one address, or to all."""
        rows = await self.database.read(outbox.listing)
        told = [each.leased for each in reversed(rows) if each.leased.kind == LESSON_MAIL]
        found = [msgspec.convert(each.facts, MailFacts) for each in told]
        return [each for each in found if email in ("", each.email)]

    async def notices(self, email: str = "") -> list[NoticeFacts]:
        """What owners and approvers were told beside, oldest first; one address, or all."""
        rows = await self.database.read(outbox.listing, 500)
        told = [each.leased for each in reversed(rows) if each.leased.kind == NOTICE]
        found = [msgspec.convert(each.facts, NoticeFacts) for each in told]
        return [each for each in found if email in ("", each.email)]

    async def count(self, table: sa.Table) -> int:
        counted = sa.select(sa.func.count()).select_from(table)
        return await self.database.read(lambda connection: connection.execute(counted).scalar_one())

    async def held(self) -> list[tuple[int, int]]:
        """Resource and start of every claim on a room or kit."""
        found = sa.select(claim.c.resource_id, claim.c.starts).join(resource, resource.c.id == claim.c.resource_id)
        found = found.where(resource.c.kind != "person").order_by(claim.c.starts, claim.c.resource_id)
        return await self.database.read(lambda c: [(row[0], row[1]) for row in c.execute(found)])


def attendee_id(lesson: Lesson, email: str) -> str:
    return next(each.public_id for each in lesson.attendees if each.email == email)
