"""Mail leaves here: rows of the outbox are leased, put into words, handed to SMTP and marked, in this order.

A crash between any two steps loses nothing: the lease runs out and the same mail, with the same Message-ID, goes
again. A temporary refusal is retried, a final one is dead and shown to people.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol, TypeAlias
from urllib.parse import unquote, urlsplit

from aiohttp import web

from config import ConfigurationError
from vclass.core import outbox
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.outbox import Leased

if TYPE_CHECKING:
    import aiosmtplib  # an installation that keeps its mail never needs it

logger = logging.getLogger(__name__)

SMTP_SECONDS = 30
BATCH = 20
FINAL = range(500, 600)
SCHEMES = ("smtp", "smtps")


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail with its envelope: one recipient, and the address that bounces come to."""

    message: EmailMessage
    sender: str
    recipient: str


class TemporaryError(Exception):
    """The other side can't take the mail now; another time it may."""


class FinalError(Exception):
    """The other side will never take this mail."""


Compose: TypeAlias = Callable[[Leased], Mail]


class Transport(Protocol):
    """A way out: one connection for a batch of mails."""

    def connection(self) -> AbstractAsyncContextManager["Connection"]: ...


class Connection(Protocol):
    """An open way out."""

    async def send(self, mail: Mail) -> None:
        """Hand a mail over.

        Raises:
            TemporaryError: Try again later.
            FinalError: Never try again.
        """


class Kept:
    """The ``outbox:`` transport: mail stays in the outbox, where the demo shows it."""

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["Kept"]:
        yield self

    async def send(self, mail: Mail) -> None:
        """Keep the mail where it is."""


class Smtp:
    """SMTP submission.

    Args:
        url: ``smtp://user:password@host:port`` (STARTTLS when offered) or ``smtps://...`` (TLS from the start).
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["SmtpConnection"]:
        import aiosmtplib  # noqa: PLC0415  an installation that keeps its mail never needs it

        parts = self._parts
        client = aiosmtplib.SMTP(
            hostname=parts.hostname or "localhost",
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            timeout=SMTP_SECONDS,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TemporaryError(str(error)) from error
        try:
            yield SmtpConnection(client)
        finally:
            client.close()


class SmtpConnection:
    """One SMTP session."""

    def __init__(self, client: "aiosmtplib.SMTP") -> None:
        self._client = client

    async def send(self, mail: Mail) -> None:
        import aiosmtplib  # noqa: PLC0415  likewise

        try:
            await self._client.sendmail(mail.sender, [mail.recipient], mail.message.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as error:
            _raise(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPSenderRefused as error:
            raise TemporaryError(f"{error.code} {error.message}") from error  # about us, not about this recipient
        except aiosmtplib.SMTPResponseException as error:
            _raise(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TemporaryError(str(error)) from error


def _raise(code: int, message: str) -> None:
    kind = FinalError if code in FINAL else TemporaryError
    raise kind(f"{code} {message}")


def transport(smtp_url: str) -> Transport:
    """The way out that the settings name.

    Raises:
        ConfigurationError: They name none that we know.
    """
    if smtp_url == "outbox:":
        return Kept()
    if urlsplit(smtp_url).scheme not in SCHEMES:
        raise ConfigurationError("[mail] smtp_url is smtp://HOST:PORT, smtps://HOST:PORT or outbox:.")
    return Smtp(smtp_url)


class Postman:
    """Delivers what is due, unless its facts say that it ``expires_at`` an instant that has passed.

    Args:
        database: Where the outbox is.
        clock: For leases and pauses.
        way_out: How mail leaves.
        composers: For each kind of row who puts it into words.
    """

    def __init__(self, database: Database, clock: Clock, way_out: Transport, composers: Mapping[str, Compose]) -> None:
        self._database = database
        self._clock = clock
        self._transport = way_out
        self._composers = composers

    async def deliver_due(self) -> int:
        """Send rows until none is due; gives how many left. Rows of one lane leave in order."""
        sent = 0
        while rows := await self._database.write(outbox.lease, self._clock(), BATCH):
            sent += await self._deliver(rows)
        return sent

    async def _deliver(self, rows: Sequence[Leased]) -> int:
        try:
            async with self._transport.connection() as connection:
                return sum([await self._send(connection, row) for row in rows])
        except TemporaryError as error:
            logger.warning("mail cannot leave", extra={"error": str(error), "rows": len(rows)})
            for row in rows:
                await self._later(row, error)
            return 0

    async def _send(self, connection: Connection, row: Leased) -> bool:
        """Send one row and mark what became of it."""
        if row.facts.get("expires_at", self._clock()) < self._clock():
            await self._database.write(outbox.mark_dead, row.id, self._clock(), "too late to be of use")
            return False
        try:
            await connection.send(await asyncio.to_thread(self.compose, row))
        except TemporaryError as error:
            await self._later(row, error)
        except FinalError as error:
            logger.warning("a mail was refused", extra={"row": row.id, "error": str(error)})
            await self._database.write(outbox.mark_dead, row.id, self._clock(), str(error))
        except Exception:  # a row that can't be put into words must not stop the others
            logger.exception("a mail could not be composed", extra={"row": row.id})
            await self._database.write(outbox.mark_dead, row.id, self._clock(), "could not be composed")
        else:
            await self._database.write(outbox.mark_sent, row.id, self._clock())
            return True
        return False

    async def _later(self, row: Leased, error: TemporaryError) -> None:
        if not await self._database.write(outbox.mark_for_retry, row, self._clock(), str(error)):
            logger.error("a mail was given up", extra={"row": row.id, "error": str(error)})

    def compose(self, row: Leased) -> Mail:
        """The mail of a row, as it leaves."""
        return self._composers[row.kind](row)


POSTMAN = web.AppKey("postman", Postman)
