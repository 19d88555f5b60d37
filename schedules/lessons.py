"""The road of a lesson: prepared in a reader, decided at the desk, answered with what stands.

The one asynchronous module of ``schedules``; the API and the pages both walk it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from config import Keyring
from rooms import Desk, Wish
from schedules import service
from schedules.clerks import Done, Refused, Replayed
from schedules.door import DoorState, door
from schedules.model import Attendee, Cancellation, Change, Creation, Draft, Lesson
from schedules.wire import LessonPatch, NewLesson
from vclass.core import idempotency
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Lessons:
    """Books, changes and cancels lessons.

    Every method raises a ``Refusal`` when a rule says no: then nothing was written. ``revoke`` is told the public
    id of an attendee whose link was withdrawn, ``end`` that of a lesson whose door shut, so that those who are
    inside learn it at once.
    """

    database: Database
    desk: Desk
    keyring: Keyring
    clock: Clock
    revoke: Callable[[str], None]
    end: Callable[[str], None]

    async def create(self, actor: Actor, body: NewLesson, key: Key | None = None) -> Done | Replayed:
        """Book a lesson with all its rooms, or none of it."""
        stored = None if key is None else await self.database.read(idempotency.kept, key, self.clock())
        if stored is not None:
            return Replayed(stored)
        wish = await self.database.read(service.prepare_new, actor, body, key=key, now=self.clock())
        assert isinstance(wish.payload, Creation)
        answer = await self._decide(wish, wish.payload.draft)
        assert isinstance(answer, Done | Replayed)
        return answer

    async def change(self, actor: Actor, public_id: str, patch: LessonPatch, version: int) -> Lesson:
        wish = await self.database.read(
            service.prepare_change, actor, public_id, patch, version=version, now=self.clock()
        )
        lesson = _lesson(await self._decide(wish, _after(wish)))
        for each in lesson.attendees:
            if each.removed:
                self.revoke(each.public_id)
        if door(lesson, self.clock()).state is not DoorState.OPEN:
            self.end(lesson.public_id)
        return lesson

    async def cancel(self, actor: Actor, public_id: str, reason: str, version: int) -> Lesson:
        wish = await self.database.read(
            service.prepare_cancellation, actor, public_id, reason, version=version, now=self.clock()
        )
        lesson = _lesson(await self._decide(wish, _before(wish)))
        self.end(lesson.public_id)
        return lesson

    async def renew_link(self, actor: Actor, public_id: str, attendee_id: str) -> Attendee:
        """Revoke an attendee's link and send a fresh one."""
        attendee = await self.database.write(
            service.renew_link, actor, self.keyring, public_id, attendee_id, self.clock()
        )
        self.revoke(attendee.public_id)
        return attendee

    async def shut_doors(self, inside: Collection[str]) -> None:
        """End the lessons that people are still in although the door has closed; ``inside`` are public ids."""
        if not inside:
            return
        still_open = await self.database.read(service.open_lessons, inside, self.clock())
        for public_id in inside:
            if public_id not in still_open:
                self.end(public_id)

    async def _decide(self, wish: Wish, draft: Draft) -> object:
        answer = await self.desk.submit(wish)
        if isinstance(answer, Refusal):
            raise answer
        if isinstance(answer, Refused):
            raise await self.database.read(
                service.clash, wish, draft, answer.clashes, institution_id=wish.institution_id
            )
        return answer


def _after(wish: Wish) -> Draft:
    assert isinstance(wish.payload, Change)
    return wish.payload.after


def _before(wish: Wish) -> Draft:
    assert isinstance(wish.payload, Cancellation)
    return wish.payload.before.draft


def _lesson(answer: object) -> Lesson:
    assert isinstance(answer, Done)
    return answer.lesson
