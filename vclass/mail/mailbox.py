"""A mailbox that is looked into every so often, over IMAP; of several processes one looks.

A mail is marked as seen only after the transaction that took it has committed. One that can't be taken is flagged
and left to people: it keeps nobody else's from being taken.
"""

import asyncio
import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlsplit

from vclass.core.db import Database, DatabaseUnavailableError
from vclass.mail.inbox import Inbox, recipient_of
from vclass.mail.incoming import LONGEST

__all__ = ["POLLED", "POLL_SECONDS", "Mailbox", "poll"]

logger = logging.getLogger(__name__)

POLLED: Final = ("imaps", "imap")
POLL_SECONDS: Final = 30
PATIENCE_SECONDS: Final = 30
IMAPS_PORT: Final = 993
IMAP_PORT: Final = 143
AT_ONCE: Final = 100
LOCK: Final = 0x76636C6D
"""PostgreSQL's advisory lock of whoever looks into the mailbox."""
TAKEN: Final = r"(\Seen)"
SET_ASIDE: Final = r"(\Flagged)"
SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")
RECIPIENT_HEADERS: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")

Connection: TypeAlias = imaplib.IMAP4


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a mailbox is.

    Args:
        url: ``imaps://user:password@host:port/folder``; ``imap://`` in the clear, for a server on this machine.
    """

    url: str

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """A session with the folder selected.

        Raises:
            OSError: Nobody answers.
            imaplib.IMAP4.error: The server refuses the login or the folder.
        """
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        with _connected(host, parts.port, encrypted=parts.scheme == "imaps") as connection:
            connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
            folder = unquote(parts.path.strip("/")) or "INBOX"
            _checked(connection.select('"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'))
            yield connection


def _connected(host: str, port: int | None, *, encrypted: bool) -> Connection:
    if encrypted:
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or IMAPS_PORT, ssl_context=context, timeout=PATIENCE_SECONDS)
    return imaplib.IMAP4(host, port or IMAP_PORT, timeout=PATIENCE_SECONDS)


async def poll(mailbox: Mailbox, database: Database, inbox: Inbox) -> int:
    """Take what is new in the mailbox, unless another process is at it; gives how many were taken."""
    async with database.alone(LOCK) as ours:
        return await _poll(mailbox, inbox) if ours else 0


async def _poll(mailbox: Mailbox, inbox: Inbox) -> int:
    opened = mailbox.open()
    connection = await asyncio.to_thread(opened.__enter__)
    try:
        taken = 0
        for number in await asyncio.to_thread(_unseen, connection):
            taken += await _take(connection, number, inbox)
        return taken
    finally:
        await asyncio.to_thread(opened.__exit__, None, None, None)


async def _take(connection: Connection, number: str, inbox: Inbox) -> bool:
    """Take one mail and mark it; False if it was set aside."""
    content = await asyncio.to_thread(_fetched, connection, number)
    try:
        await inbox.take(content, *envelope_of(content, inbox.domain))
    except DatabaseUnavailableError:
        raise  # it isn't the mail's fault: all of them another time
    except Exception:  # one mail that we stumble over must not stop the others
        logger.exception("a mail was set aside", extra={"uid": number})
        await asyncio.to_thread(_mark, connection, number, SET_ASIDE)
        return False
    await asyncio.to_thread(_mark, connection, number, TAKEN)
    return True


def envelope_of(content: bytes, domain: str) -> tuple[str, str]:
    """Sender and recipient as the delivering server wrote them down; what it didn't, people's headers must tell."""
    headers = BytesHeaderParser().parsebytes(content)
    written = [str(each) for name in RECIPIENT_HEADERS for each in headers.get_all(name, [])]
    ours = [address for _, address in getaddresses(written) if recipient_of(address, domain)]
    return parseaddr(str(headers.get("Return-Path", "")))[1], ours[0] if ours else ""


def _unseen(connection: Connection) -> list[str]:
    (found,) = _checked(connection.uid("SEARCH", "UNSEEN", "UNFLAGGED"))
    return [each.decode() for each in found.split()[:AT_ONCE]] if isinstance(found, bytes) else []


def _fetched(connection: Connection, number: str) -> bytes:
    """The mail; of one that is too long, its headers."""
    (told, *_) = _checked(connection.uid("FETCH", number, "(RFC822.SIZE)"))
    size = SIZE.search(told) if isinstance(told, bytes) else None
    what = "(BODY.PEEK[])" if size is None or int(size[1]) <= LONGEST else "(BODY.PEEK[HEADER])"
    for each in _checked(connection.uid("FETCH", number, what)):
        if isinstance(each, tuple):
            return bytes(each[1])
    return b""  # somebody else has deleted it


def _mark(connection: Connection, number: str, flags: str) -> None:
    _checked(connection.uid("STORE", number, "+FLAGS", flags))


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"the mailbox says {kind}: {data[0]!r}")
    return data
