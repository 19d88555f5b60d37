"""The road of an answer to an offer: prepared in a reader, decided at the desk."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa

from rooms.desk import Desk
from rooms.model import Result, Wish
from rooms.waiting import service
from vclass.core.clock import Clock
from vclass.core.db import Database, DatabaseUnavailableError
from vclass.core.keys import Actor
from vclass.core.refusals import Refusal

logger = logging.getLogger(__name__)

Prepare: TypeAlias = Callable[[sa.Connection, Actor, str, int], Wish]


@dataclass(frozen=True, slots=True)
class WaitingList:
    """Takes answers to offers, and makes offers that no release has made."""

    database: Database
    desk: Desk
    clock: Clock

    async def accept(self, actor: Actor, public_id: str) -> Result:
        """Take what is offered, all of it: confirmed, or held until the house that must approve has answered.

        Raises:
            OfferGoneError: The offer is no longer open.
        """
        return await self._answer(service.prepare_acceptance, actor, public_id)

    async def decline(self, actor: Actor, public_id: str) -> Result:
        """Let an offer go, or leave the list.

        Raises:
            NotWaitingError: The booking isn't on the list any more.
        """
        return await self._answer(service.prepare_withdrawal, actor, public_id)

    async def retry(self) -> None:
        """Look through the list, the oldest first; for the clockwork. Nothing happens twice if several do so."""
        for wish in await self.database.read(service.due, self.clock()):
            await self.desk.submit(wish)

    async def wake(self) -> None:
        """Offer at once what there is more of than before; what there is no time for now is the clockwork's."""
        try:
            await self.retry()
        except DatabaseUnavailableError:
            logger.warning("no time for the waiting list; the clockwork looks through it", exc_info=True)

    async def _answer(self, prepare: Prepare, actor: Actor, public_id: str) -> Result:
        answer = await self.desk.submit(await self.database.read(prepare, actor, public_id, self.clock()))
        if isinstance(answer, Refusal):
            raise answer
        assert isinstance(answer, Result)
        return answer
