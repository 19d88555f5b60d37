"""Mail comes in here, by whichever way: it is read outside of the loop and taken in one transaction, once."""

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import sqlalchemy as sa
from aiohttp import web

from schedules.answers import Incoming
from vclass.core import inbox, outbox
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.zones import Instant
from vclass.mail.incoming import Envelope, Received, classify

__all__ = ["INBOX", "Inbox", "Recipient", "recipient_of"]

logger = logging.getLogger(__name__)

OURS: Final = re.compile(r"(b-|bounce\+)([A-Za-z0-9_.=-]{1,64})@([A-Za-z0-9.-]{1,253})", re.ASCII)

Answer: TypeAlias = Callable[[sa.Connection, Incoming, Instant], object]
"""Takes down what a mail to a lesson's own address says, in the transaction in which the mail is taken."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One of our addresses: a lesson's own, or the return path of a mail that we sent."""

    kind: Literal["lesson", "bounce"]
    token: str


def recipient_of(address: str, domain: str) -> Recipient | None:
    """What an address of ours is for; None for any other address."""
    found = OURS.fullmatch(address.strip())
    if found is None or found[3].lower() != domain.lower():
        return None
    return Recipient("lesson" if found[1].lower() == "b-" else "bounce", found[2].lower())


class Inbox:
    """Takes mails in.

    Args:
        database: Where what they say is written.
        clock: Gives the present.
        domain: Of our own addresses.
        trusted_authserv_id: Whose Authentication-Results count.
        answer: What is done with calendar objects that came to a lesson's address.
    """

    def __init__(self, database: Database, clock: Clock, domain: str, trusted_authserv_id: str, answer: Answer) -> None:
        self.domain = domain
        self._database = database
        self._clock = clock
        self._trusted = trusted_authserv_id
        self._answer = answer

    async def take(self, content: bytes, sender: str, recipient: str) -> None:
        """Take a mail; once this answers, it will never be needed again.

        Raises:
            DatabaseUnavailableError: It isn't taken; deliver it again.
        """
        envelope = Envelope(sender, recipient, self._clock())
        mail = await asyncio.to_thread(classify, content, envelope, self._trusted)
        named = mail.message_id or hashlib.sha256(content).hexdigest()
        await self._database.write(self._take, mail, envelope, f"{recipient.lower()}\n{named}")

    def _take(self, connection: sa.Connection, mail: Received, envelope: Envelope, name: str) -> None:
        to = recipient_of(envelope.recipient, self.domain)
        if to is None or not inbox.is_new(connection, name, envelope.received_at):
            logger.info("a mail was not taken: known, or not for us")
        elif to.kind == "lesson" and mail.incoming is not None:
            self._answer(connection, mail.incoming, envelope.received_at)
        elif to.kind == "bounce" and mail.bounce is not None and mail.bounce.failed:
            _mark_bounced(connection, to.token, mail.bounce.reason, envelope.received_at)
        else:
            logger.info("a mail says nothing that counts", extra={"kind": to.kind})


def _mark_bounced(connection: sa.Connection, token: str, reason: str, now: Instant) -> None:
    row_id = outbox.returned(connection, token)
    if row_id is None:
        logger.info("a bounce of none of our mails")
        return
    outbox.mark_bounced(connection, row_id, now, reason)
    logger.warning("a mail came back", extra={"row": row_id, "error": reason})


INBOX = web.AppKey("inbox", Inbox)
