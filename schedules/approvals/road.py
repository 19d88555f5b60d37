"""The road of an approval: prepared in a reader, decided at the desk, answered with what stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rooms import Clash, Desk, Wish
from rooms.approvals import Decided, Scope, due, outdone, prepare_approval, prepare_rejection
from schedules import store
from schedules.clashes import alternatives, explained_to, retrial
from schedules.reasons import said
from schedules.refusals import ClashError
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.keys import Actor
from vclass.core.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Approvals:
    """Takes the answers of the houses whose rooms are wanted.

    Every method raises a ``Refusal`` when a rule says no.
    """

    database: Database
    desk: Desk
    clock: Clock

    async def approve(self, actor: Actor, public_id: str, scope: Scope) -> Decided:
        """Say yes to one booking, or to all of its wish that wait for the actor's house.

        Raises:
            ClashError: Every one of them has lost its slot meanwhile; they stay open.
            AlreadyDecidedError: None waits for the actor's house any more.
        """
        wish = await self.database.read(prepare_approval, actor, public_id, scope, self.clock())
        decided = await self._decide(wish)
        if decided.clashes and not (decided.settled or decided.waiting):
            raise await self.database.read(lost_error, wish, decided.clashes)
        return decided

    async def reject(self, actor: Actor, public_id: str, scope: Scope, reason: str) -> Decided:
        """Say no, and why."""
        wish = await self.database.read(prepare_rejection, actor, public_id, scope, reason, self.clock())
        return await self._decide(wish)

    async def expire(self) -> None:
        """Let go of what nobody answered in time; for the clockwork. Nothing happens twice if several do so."""
        for wish in await self.database.read(due, self.clock()):
            await self.desk.submit(wish)

    async def tell_outdone(self) -> None:
        """Tell whoever asked for what somebody else was given meanwhile; for the clockwork, and told once."""
        for wish in await self.database.read(outdone, self.clock()):
            await self.desk.submit(wish)

    async def _decide(self, wish: Wish) -> Decided:
        answer = await self.desk.submit(wish)
        if isinstance(answer, Refusal):
            raise answer
        assert isinstance(answer, Decided)
        return answer


def lost_error(connection: sa.Connection, wish: Wish, clashes: Sequence[Clash]) -> ClashError:
    """What an approver is told whose yes came too late: what has the slot, and what the owner could have instead."""
    assert wish.by is not None, "an answer is somebody's"
    lessons = store.lessons_of_bookings(connection, {int(each.reference) for each in clashes})
    lesson = next(iter(lessons.values()))
    again, draft = retrial(connection, lesson, [e for e in lesson.dates if e.booking_id in lessons], wish.now)
    return ClashError(
        f"{said(connection, clashes)}: somebody was faster. The request stays open and who asked is told. Reject it, "
        "or approve it again when the slot is free.",
        clashes=explained_to(connection, wish.by, clashes),
        alternatives=alternatives(connection, again, draft),
    )
