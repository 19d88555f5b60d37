"""The road of a lesson: prepared in a reader, decided at the desk, answered with what stands.

The one asynchronous module of ``schedules``; the API and the pages both walk it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

import sqlalchemy as sa

from config import Keyring
from rooms import Desk, Wish, add_times
from schedules import leftovers, meetings, service, swaps, trials
from schedules.clashes import clash_error
from schedules.clerks import Done, Exchanged, Refused, Replayed
from schedules.door import DoorState, door
from schedules.model import Attendee, Cancellation, Change, Creation, Draft, Lesson, Split, Swap
from schedules.preview import preview_lesson
from schedules.trials import Reach, Trial, foretold
from schedules.wants import TimesMissingError
from schedules.wire import AddedMeeting, LessonPatch, LessonPreview, NewLesson, RoomSwap, Scope
from vclass.core import idempotency
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import Refusal

P = ParamSpec("P")


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
        wish = await self._prepared(service.prepare_new, actor, body, key=key, now=self.clock())
        assert isinstance(wish.payload, Creation)
        answer = await self._decide(wish, wish.payload.wanted)
        assert isinstance(answer, Done | Replayed)
        return answer

    async def preview(self, actor: Actor, body: NewLesson) -> LessonPreview:
        """What a lesson would be like if it were booked now; takes nothing."""
        wish = await self._prepared(service.prepare_new, actor, body, key=None, now=self.clock())
        return await self.database.read(preview_lesson, wish)

    async def change(self, actor: Actor, public_id: str, patch: LessonPatch, version: int) -> Lesson:
        wish = await self._prepared(service.prepare_change, actor, public_id, patch, version=version, now=self.clock())
        lesson = _lesson(await self._decide(wish, _after(wish)))
        self._see_out(lesson)
        return lesson

    async def cancel(self, actor: Actor, public_id: str, reason: str, version: int) -> Lesson:
        wish = await self.database.read(
            service.prepare_cancellation, actor, public_id, reason, version=version, now=self.clock()
        )
        lesson = _lesson(await self._decide(wish, _before(wish)))
        self.end(lesson.public_id)
        return lesson

    async def change_meeting(
        self, actor: Actor, public_id: str, recurrence: str, patch: LessonPatch, scope: Scope, version: int
    ) -> Lesson:
        """Change one meeting alone, or it and those that follow: then the answer is the lesson that continues."""
        wish = await self._prepared(
            meetings.prepare_change, actor, public_id, recurrence, patch, scope, version=version, now=self.clock()
        )
        lesson = _lesson(await self._decide(wish, _after(wish)))
        self._see_out(lesson)
        return lesson

    async def attempt(
        self, actor: Actor, public_id: str, recurrence: str, patch: LessonPatch | None, reach: Reach, version: int
    ) -> Trial:
        """What a change of some meetings, or their cancellation without a patch, would come to now; takes nothing."""
        wish = await self._prepared(
            trials.prepare, actor, public_id, recurrence, patch, reach, version=version, now=self.clock()
        )
        return await self.database.read(foretold, wish)

    async def add_meeting(self, actor: Actor, public_id: str, body: AddedMeeting, version: int) -> Lesson:
        """Let a date take place that was left out or cancelled."""
        wish = await self._prepared(
            meetings.prepare_addition, actor, public_id, body, version=version, now=self.clock()
        )
        return _lesson(await self._decide(wish, _after(wish)))

    async def swap(self, actor: Actor, body: RoomSwap) -> tuple[Lesson, Lesson]:
        """Let two lessons exchange rooms."""
        wish = await self._prepared(swaps.prepare, actor, body, now=self.clock())
        answer = await self._decide(wish, _after(wish))
        assert isinstance(answer, Exchanged)
        return answer.lessons

    async def cancel_meeting(
        self, actor: Actor, public_id: str, recurrence: str, scope: Scope, reason: str, version: int
    ) -> Lesson:
        """Cancel one meeting, or it and those that follow."""
        wish = await self.database.read(
            meetings.prepare_cancellation,
            actor,
            public_id,
            recurrence,
            scope,
            reason,
            version=version,
            now=self.clock(),
        )
        lesson = _lesson(await self._decide(wish, _before(wish)))
        self._see_out(lesson)
        return lesson

    async def drop_lost(self, actor: Actor, public_id: str, version: int) -> Lesson:
        """Go on without the dates that were approved too late."""
        wish = await self.database.read(leftovers.prepare_dropping, actor, public_id, version=version, now=self.clock())
        return _lesson(await self._decide(wish, _before(wish)))

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

    async def _prepared(
        self,
        prepare: Callable[Concatenate[sa.Connection, P], Wish],
        *arguments: P.args,
        **more: P.kwargs,
    ) -> Wish:
        """Prepare a wish in a reader; a teacher's time that was never wanted before is made a resource first."""
        try:
            return await self.database.read(prepare, *arguments, **more)
        except TimesMissingError as missing:
            await self.database.write(add_times, missing.people, self.clock())
            return await self.database.read(prepare, *arguments, **more)

    def _see_out(self, lesson: Lesson) -> None:
        """Tell those inside who are no longer invited, or for whom the door has shut."""
        for each in lesson.attendees:
            if each.removed:
                self.revoke(each.public_id)
        if door(lesson, self.clock()).state is not DoorState.OPEN:
            self.end(lesson.public_id)

    async def _decide(self, wish: Wish, draft: Draft) -> object:
        answer = await self.desk.submit(wish)
        if isinstance(answer, Refusal):
            raise answer
        if isinstance(answer, Refused):
            raise await self.database.read(clash_error, wish, draft, answer.clashes)
        return answer


def _after(wish: Wish) -> Draft:
    payload = wish.payload
    assert isinstance(payload, Change | Split | Swap)
    return payload.changes[0].wanted if isinstance(payload, Swap) else payload.wanted


def _before(wish: Wish) -> Draft:
    assert isinstance(wish.payload, Cancellation)
    return wish.payload.before.draft


def _lesson(answer: object) -> Lesson:
    assert isinstance(answer, Done)
    return answer.lesson
