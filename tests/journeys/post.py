"""A real SMTP server that keeps what it gets, and what stands in a mail."""

import email
import email.policy
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE = 20.0
LINK = re.compile(r"https?://\S+/(?:join|sign-in)/[\w-]+")


class Post(AbstractContextManager["Post"]):
    """Takes every mail; `port` is where."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        del server, session
        content = envelope.original_content or b""
        message = email.message_from_bytes(content, policy=email.policy.SMTP)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    def wait_for(self, number: int, fits: Callable[[EmailMessage], bool]) -> list[EmailMessage]:
        """So many mails of a kind; more than that is a failure."""
        deadline = time.monotonic() + PATIENCE
        while len(found := [mail for mail in self.mails if fits(mail)]) < number:
            assert time.monotonic() < deadline, f"{len(found)} of {number} mails came: {[m['Subject'] for m in found]}"
            time.sleep(0.05)
        assert len(found) == number, [mail["To"] for mail in found]
        return found


def link_in(mail: EmailMessage) -> str:
    """The personal link of a mail, from its plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = LINK.search(str(body.get_content()))
    assert found is not None, "a mail without a link"
    return found[0]


def calendar_in(mail: EmailMessage) -> bytes:
    """The iCalendar object of a mail."""
    part = next(each for each in mail.walk() if each.get_content_type() == "text/calendar")
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets
