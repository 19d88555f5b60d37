"""Mail leaves here: rows of the outbox are leased, put into words, handed to SMTP and marked, in this order.

A crash between any two steps loses nothing: the lease runs out and the same mail, with the same Message-ID, goes
again. A temporary refusal is retried, a final one is dead and shown to people. A domain that is slow or refuses
keeps nobody back: each has its own pace and its own share of the connections.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from aiohttp import web

from vclass.core import outbox
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.outbox import LEASE_SECONDS, Leased
from vclass.core.patience import Patience
from vclass.mail.hand import Hand
from vclass.mail.model import Compose, FinalError, Mail, Sign, TemporaryError, Transport
from vclass.mail.pace import Pace, Rate

__all__ = ["POSTMAN", "UNWRITABLE", "Delivery", "Postman"]

logger = logging.getLogger(__name__)

SHARE: Final = 16
"""At most so many rows of one domain are in hand."""
BATCH: Final = 32
UNWRITABLE: Final = "could not be composed"
"""What is noted of a row whose facts make no mail."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How mail is carried: connections at once, those for one domain, its rate, and how often a refusal is retried."""

    connections: int = 16
    per_domain: int = 2
    rate: Rate = field(default_factory=Rate)
    patience: Patience = field(default_factory=Patience)


AS_USUAL: Final = Delivery()


class Postman:
    """Delivers what is due, unless its facts say that it ``expires_at`` an instant that has passed.

    Args:
        database: Where the outbox is.
        clock: For leases and pauses.
        way_out: How mail leaves.
        composers: For each kind of row who puts it into words.
        delivery: How it is carried.
        sign: Puts a signature on each mail.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        way_out: Transport,
        composers: Mapping[str, Compose],
        delivery: Delivery = AS_USUAL,
        sign: Sign = bytes,
    ) -> None:
        self._database = database
        self._clock = clock
        self._transport = way_out
        self._composers = composers
        self._delivery = delivery
        self._pace = Pace(delivery.rate)
        self._sign = sign

    async def deliver_due(self) -> int:
        """Send rows until none is due that may go now; gives how many left. Rows of one lane leave in order."""
        hand = Hand(self._transport, self._delivery.connections, self._delivery.per_domain)
        try:
            await self._deliver_all(hand)
        except asyncio.CancelledError:
            hand.drop()
            raise
        finally:
            await hand.finish()
        return hand.sent

    async def _deliver_all(self, hand: Hand) -> None:
        renewed = self._clock()
        while True:
            rows = await self._lease(hand)
            hand.take(rows, partial(self._deliver, hand, self._clock()))
            if rows and hand.room:
                continue
            if not hand.rows:
                return
            await hand.half_done()
            if self._clock() - renewed >= LEASE_SECONDS // 3:
                renewed = self._clock()
                await self._database.write(outbox.renew, [each.id for each in hand.rows], renewed)

    async def _lease(self, hand: Hand) -> list[Leased]:
        if not hand.room:
            return []
        now = self._clock()
        shares = self._pace.shares(hand.rows, SHARE, now)
        rows = await self._database.write(outbox.lease, now, min(hand.room, BATCH), shares)
        for row in rows:
            self._pace.take(row.domain, now)
        return rows

    async def _deliver(self, hand: Hand, leased_at: int, row: Leased) -> bool:
        """Send one row and mark what became of it, unless it was withdrawn while it waited for its turn."""
        if leased_at < self._clock() and not await self._database.read(outbox.waits, row.id):
            return False
        if row.facts.get("expires_at", self._clock()) < self._clock():
            await self._database.write(outbox.mark_late, row.id, self._clock())
            return False
        try:
            await self._send(hand, row, await asyncio.to_thread(self._packed, row))
        except TemporaryError as error:
            await self._later(row, error)
        except FinalError as error:
            logger.warning("a mail was refused", extra={"row": row.id, "error": str(error)})
            await self._database.write(outbox.mark_dead, row.id, self._clock(), str(error))
        except _UnwritableError:
            await self._database.write(outbox.mark_dead, row.id, self._clock(), UNWRITABLE)
        else:
            return True
        return False

    async def _send(self, hand: Hand, row: Leased, mail: Mail) -> None:
        async with hand.connection() as connection:
            await connection.announce(mail)
            async with hand.brink.alone():
                await connection.hand_over(mail)
                await self._database.write(outbox.mark_sent, row.id, self._clock())

    async def _later(self, row: Leased, error: TemporaryError) -> None:
        again = (row, self._clock(), str(error), self._delivery.patience)
        if not await self._database.write(outbox.mark_for_retry, *again):
            logger.error("a mail was given up", extra={"row": row.id, "error": str(error)})

    def _packed(self, row: Leased) -> Mail:
        try:
            mail = self.compose(row)
            return replace(mail, content=self._sign(mail.content))
        except Exception as error:  # a row that can't be put into words must not stop the others
            logger.exception("a mail could not be composed", extra={"row": row.id})
            raise _UnwritableError from error

    def compose(self, row: Leased) -> Mail:
        """The mail of a row, as it leaves but for the signature."""
        return self._composers[row.kind](row)


class _UnwritableError(Exception):
    """A row's facts make no mail."""


POSTMAN = web.AppKey("postman", Postman)
