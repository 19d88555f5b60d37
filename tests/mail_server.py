"""A real SMTP server in the test: it keeps what it gets, and refuses, stands still or hangs up when told to."""

import asyncio
import email
import email.policy
import secrets
import socket
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

OK = "250 OK"
HANG_UP = "hang up"
PATIENCE = 60


@dataclass(frozen=True)
class Delivered:
    """A mail that was taken, with its envelope, as it came, and when."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes = b""
    at: float = 0

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
    """Takes mail on a port of its own; `answers_to` says what recipients hear one time after another.

    Attributes:
        answers_of: What all recipients of a domain hear, whenever; HANG_UP takes the mail and breaks off.
        tls: Offers STARTTLS, or speaks TLS from the start if ``implicit_tls``.
        logins: Names and passwords, one of which must be given before anything is taken.
    """

    port: int = 0
    delivered: list[Delivered] = field(default_factory=list)
    connections: int = 0
    senders: deque[str] = field(default_factory=deque)
    answers_to: dict[str, deque[str]] = field(default_factory=dict)
    after_data: deque[str] = field(default_factory=deque)
    answers_of: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    logins: dict[str, str] = field(default_factory=dict)
    international: bool = False
    tried: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting: int = 0
    after_data_of: dict[str, deque[str]] = field(default_factory=dict)
    _held: dict[str, asyncio.Event] = field(default_factory=dict)
    _open: set[SMTP] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.port = self.port or free_port()

    def start(self) -> None:
        """Answer, again if it was down."""
        self._held = {domain: asyncio.Event() for domain in self._held}
        options: dict[str, Any] = {"enable_SMTPUTF8": self.international}
        if self.tls is not None:
            options |= {"ssl_context": self.tls} if self.implicit_tls else {"tls_context": self.tls}
        if self.logins:
            options |= {"authenticator": self._login, "auth_required": True, "auth_require_tls": not self.implicit_tls}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()

    def stop(self) -> None:
        """Be down: whoever is connected is cut off."""
        self._controller.loop.call_soon_threadsafe(self._cut_off)
        self._controller.stop()

    def _cut_off(self) -> None:
        while self._open:
            _hang_up(self._open.pop())

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def tell(self, recipient: str, *answers: str) -> None:
        self.answers_to[recipient] = deque(answers)

    def hold(self, domain: str) -> None:
        """Let recipients of a domain wait for their answer, until it is released."""
        self._held[domain] = asyncio.Event()

    def release(self, domain: str) -> None:
        self._controller.loop.call_soon_threadsafe(self._held.pop(domain).set)

    async def held(self, number: int) -> None:
        """Wait until so many recipients wait for their answer."""
        await _until(lambda: self.waiting >= number)

    async def taken(self, number: int) -> None:
        """Wait until so many mails were taken."""
        await _until(lambda: len(self.delivered) >= number)

    def to(self, recipient: str) -> list[Delivered]:
        return [each for each in self.delivered if each.recipients == (recipient,)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name, as below
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        self._open.add(server)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: Iterable[str]
    ) -> str:
        answer = self.senders.popleft() if self.senders else OK
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Iterable[str]
    ) -> str:
        domain = address.rpartition("@")[2]
        self.tried[domain] += 1
        if domain in self._held:
            self.waiting += 1
            await self._held[domain].wait()
        waiting = self.answers_to.get(address)
        answer = waiting.popleft() if waiting else self.answers_of.get(domain, OK)
        if answer in (OK, HANG_UP):
            envelope.rcpt_tos.append(address)
            return OK
        if answer.startswith("421"):
            await server.push(answer)
            _hang_up(server)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        message = email.message_from_bytes(raw, policy=email.policy.SMTP)
        assert isinstance(message, EmailMessage)
        answer = self._answer_to(envelope)
        if answer in (OK, HANG_UP):
            recipients = tuple(envelope.rcpt_tos)
            self.delivered.append(Delivered(str(envelope.mail_from), recipients, message, raw, time.monotonic()))
        if answer == HANG_UP:
            _hang_up(server)
        return answer

    def _answer_to(self, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        for waiting in (self.after_data, self.after_data_of.get(recipient)):
            if waiting:
                return waiting.popleft()
        return self.answers_of.get(recipient.rpartition("@")[2], OK)

    def _login(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401  aiosmtpd's
        wanted = self.logins.get(data.login.decode(), secrets.token_hex())
        return AuthResult(success=wanted == data.password.decode(), handled=False)


def _hang_up(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.close()


async def _until(reached: Callable[[], bool]) -> None:
    """The server lives in another thread, and gives no sign."""
    async with asyncio.timeout(PATIENCE):
        while not reached():  # noqa: ASYNC110  see above
            await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
