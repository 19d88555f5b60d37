"""The ways out: SMTP submission, and the outbox itself, where mail is kept."""

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from config import ConfigurationError
from vclass.mail.model import Connection, FinalError, Mail, TemporaryError, Transport

if TYPE_CHECKING:
    import aiosmtplib  # an installation that keeps its mail never needs it

__all__ = ["KEEP", "Kept", "Smtp", "transport"]

KEEP = "outbox:"
CONNECT_SECONDS = 30
ANSWER_SECONDS = 300  # RFC 5321 section 4.5.3.2
FINAL = range(500, 600)
SERVICE_CLOSES = 421
SCHEMES = ("smtp", "smtps")


class Kept:
    """The ``outbox:`` transport: mail stays in the outbox, where the demo shows it."""

    usable = True

    async def connect(self) -> Connection:
        return self

    async def announce(self, mail: Mail) -> None:
        """Take whatever comes."""

    async def hand_over(self, mail: Mail) -> None:
        """Keep the mail where it is."""

    def close(self) -> None:
        """Nothing is open."""


class Smtp:
    """SMTP submission.

    Args:
        url: ``smtp://user:password@host:port`` (STARTTLS where offered, and always before a password leaves this
            machine) or ``smtps://...`` (TLS from the start).
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)

    async def connect(self) -> Connection:
        import aiosmtplib  # noqa: PLC0415  an installation that keeps its mail never needs it

        parts = self._parts
        client = aiosmtplib.SMTP(
            hostname=parts.hostname or "localhost",
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            start_tls=True if _must_hide(parts) else None,
            timeout=CONNECT_SECONDS,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            raise TemporaryError(str(error) or type(error).__name__) from error
        client.timeout = ANSWER_SECONDS
        return SmtpConnection(client)


def _must_hide(parts: SplitResult) -> bool:
    """Whether a password would cross the network in the clear."""
    return parts.scheme == "smtp" and bool(parts.username) and not _is_here(parts.hostname or "localhost")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class SmtpConnection:
    """One SMTP session: mail after mail."""

    def __init__(self, client: "aiosmtplib.SMTP") -> None:
        self._client = client
        self._open_transaction = False

    @property
    def usable(self) -> bool:
        return self._client.is_connected

    async def announce(self, mail: Mail) -> None:
        """MAIL and RCPT; a refusal of MAIL is about us and never final for this recipient."""
        import aiosmtplib  # noqa: PLC0415  likewise

        try:
            await self._forget_refused()
            options, encoding = self._international(mail)
            self._open_transaction = True
            await self._client.mail(mail.sender, options=options, encoding=encoding)
            await self._client.rcpt(mail.recipient, encoding=encoding)
        except aiosmtplib.SMTPRecipientRefused as error:
            self._refused(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._broke_off(error)

    async def hand_over(self, mail: Mail) -> None:
        """DATA."""
        import aiosmtplib  # noqa: PLC0415  likewise

        try:
            await self._client.data(mail.content)
        except aiosmtplib.SMTPResponseException as error:
            self._refused(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._broke_off(error)
        self._open_transaction = False

    def close(self) -> None:
        self._client.close()

    async def _forget_refused(self) -> None:
        if self._open_transaction:
            await self._client.rset()

    def _international(self, mail: Mail) -> tuple[list[str], str]:
        """What RFC 6531 wants said of an address with letters beyond ASCII."""
        if mail.recipient.isascii():
            return [], "ascii"
        if not self._client.supports_extension("smtputf8"):
            raise FinalError("the mail server takes no addresses with such letters (SMTPUTF8)")
        return ["SMTPUTF8"], "utf-8"

    def _refused(self, code: int, message: str) -> None:
        if code == SERVICE_CLOSES:
            self.close()
        kind = FinalError if code in FINAL else TemporaryError
        raise kind(f"{code} {message}")

    def _broke_off(self, error: Exception) -> None:
        self.close()
        said = f"{getattr(error, 'code', '')} {getattr(error, 'message', error)}".strip()
        raise TemporaryError(said or type(error).__name__) from error


def transport(smtp_url: str) -> Transport:
    """The way out that the settings name.

    Raises:
        ConfigurationError: They name none that we know.
    """
    if smtp_url == KEEP:
        return Kept()
    if urlsplit(smtp_url).scheme not in SCHEMES:
        raise ConfigurationError("[mail] smtp_url is smtp://HOST:PORT, smtps://HOST:PORT or outbox:.")
    return Smtp(smtp_url)
