"""A real SMTP server in the test: it keeps what it gets, and refuses or hangs up when told to."""

import email
import email.policy
import socket
from collections import deque
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
HANG_UP = "hang up"


@dataclass(frozen=True)
class Delivered:
    """A mail that was taken, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def calendar(self) -> bytes:
        part = next(each for each in self.message.walk() if each.get_content_type() == "text/calendar")
        octets = part.get_payload(decode=True)
        assert isinstance(octets, bytes)
        return octets


@dataclass
class MailServer:
    """Takes mail on a port of its own; `answers_to` says what recipients hear one time after another."""

    port: int = 0
    delivered: list[Delivered] = field(default_factory=list)
    connections: int = 0
    senders: deque[str] = field(default_factory=deque)
    answers_to: dict[str, deque[str]] = field(default_factory=dict)
    after_data: deque[str] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def tell(self, recipient: str, *answers: str) -> None:
        self.answers_to[recipient] = deque(answers)

    def to(self, recipient: str) -> list[Delivered]:
        return [each for each in self.delivered if each.recipients == (recipient,)]

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name, as below
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.senders.popleft() if self.senders else OK
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        waiting = self.answers_to.get(address)
        answer = waiting.popleft() if waiting else OK
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.SMTP)
        assert isinstance(message, EmailMessage)
        answer = self.after_data.popleft() if self.after_data else OK
        if answer in (OK, HANG_UP):
            self.delivered.append(Delivered(str(envelope.mail_from), tuple(envelope.rcpt_tos), message))
        if answer == HANG_UP:
            assert server.transport is not None
            server.transport.close()
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
