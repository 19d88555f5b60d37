"""The listener: LMTP or SMTP in the server's own loop, for the mail server in front of it.

One recipient a transaction, so that each mail is taken or refused as a whole. Every limit is one that the mail server
in front understands: it tries again, or tells the sender.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from config import ConfigurationError
from vclass.core.db import DatabaseUnavailableError
from vclass.mail.inbox import Inbox, recipient_of

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

__all__ = ["LISTENING", "listening"]

logger = logging.getLogger(__name__)

LISTENING: Final = ("lmtp", "smtp")
PORTS: Final = {"lmtp": 24, "smtp": 25}
LARGEST: Final = 50_000_000
"""Octets of a mail; well above the thirty that people's attachments have at most."""
LONGEST_LINE: Final = 65_536
CONNECTIONS: Final = 20
IDLE_SECONDS: Final = 60
LONGEST_SECONDS: Final = 600

TAKEN: Final = "250 2.0.0 taken"
NOT_OURS: Final = "550 5.1.1 no such address here"
ONE_ONLY: Final = "452 4.5.3 one recipient at a time"
LATER: Final = "451 4.3.0 not now, try again"
BUSY: Final = b"421 4.3.2 too many connections, try again\r\n"


class Door:
    """What aiosmtpd asks about each mail."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.domain = inbox.domain
        self.open_ones: set[Any] = set()

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name, as below
        self, _server: "SMTP", _session: "Session", envelope: "Envelope", address: str, _options: list[str]
    ) -> str:
        if recipient_of(address, self.domain) is None:
            return NOT_OURS
        if envelope.rcpt_tos:
            return ONE_ONLY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: "SMTP", _session: "Session", envelope: "Envelope") -> str:  # noqa: N802
        content = envelope.original_content or b""
        try:
            await self._inbox.take(content, envelope.mail_from or "", envelope.rcpt_tos[0])
        except DatabaseUnavailableError as error:
            logger.warning("a mail can't be taken now", extra={"error": str(error)})
            return LATER
        except Exception:  # one mail that we stumble over must not close the door to the others
            logger.exception("a mail could not be taken")
            return LATER
        return TAKEN


@asynccontextmanager
async def listening(url: str, inbox: Inbox) -> AsyncIterator[int]:
    """Listen at ``lmtp://host:port`` or ``smtp://host:port`` until the block ends; gives the port.

    Raises:
        ConfigurationError: Something else is there already.
    """
    parts = urlsplit(url)
    door = Door(inbox)
    make = _protocol(parts.scheme, door)
    loop = asyncio.get_running_loop()
    host, port = parts.hostname or "127.0.0.1", PORTS[parts.scheme] if parts.port is None else parts.port
    try:
        server = await loop.create_server(make, host, port)
    except OSError as error:
        raise ConfigurationError(f"[mail] inbound can't listen at {host}:{port}: {error.strerror}.") from None
    try:
        bound = server.sockets[0].getsockname()[1]
        logger.info("taking mail", extra={"host": host, "port": bound})
        yield bound
    finally:
        server.close()
        for each in list(door.open_ones):
            each.transport.close()


def _protocol(scheme: str, door: Door) -> Any:  # noqa: ANN401  aiosmtpd has no types
    """Makes the protocol of each connection."""
    from aiosmtpd.lmtp import LMTP  # noqa: PLC0415  an installation that takes no mail never needs it
    from aiosmtpd.smtp import SMTP  # noqa: PLC0415  likewise

    base: Any = LMTP if scheme == "lmtp" else SMTP

    class Bounded(base):  # type: ignore[misc]  # aiosmtpd has no types
        """One connection of few, for some minutes at most."""

        line_length_limit = LONGEST_LINE

        def connection_made(self, transport: asyncio.Transport) -> None:
            if len(door.open_ones) >= CONNECTIONS:
                transport.write(BUSY)
                transport.close()
                return
            door.open_ones.add(self)
            self._limit = asyncio.get_running_loop().call_later(LONGEST_SECONDS, transport.abort)
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            if self in door.open_ones:
                door.open_ones.remove(self)
                self._limit.cancel()
                super().connection_lost(error)

    options = {"hostname": door.domain, "ident": "vclass", "data_size_limit": LARGEST, "timeout": IDLE_SECONDS}
    return lambda: Bounded(door, enable_SMTPUTF8=True, loop=asyncio.get_running_loop(), **options)
