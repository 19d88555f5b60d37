"""What mail is on its way out, and what a way out must do."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol, TypeAlias

from vclass.core.outbox import Leased

__all__ = ["Compose", "Connection", "FinalError", "Mail", "Sign", "TemporaryError", "Transport"]


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail with its envelope: one recipient, and the address that bounces come to."""

    content: bytes
    sender: str
    recipient: str

    @property
    def message(self) -> EmailMessage:
        """The mail as a program reads it."""
        read = email.message_from_bytes(self.content, policy=email.policy.SMTP)
        assert isinstance(read, EmailMessage)
        return read


class TemporaryError(Exception):
    """The other side can't take the mail now; another time it may."""


class FinalError(Exception):
    """The other side will never take this mail."""


Compose: TypeAlias = Callable[[Leased], Mail]
Sign: TypeAlias = Callable[[bytes], bytes]
"""Gives a mail with its signature on top."""


class Connection(Protocol):
    """An open way out; both steps may raise `TemporaryError` and `FinalError`."""

    @property
    def usable(self) -> bool:
        """Whether another mail may follow."""

    async def announce(self, mail: Mail) -> None:
        """Ask whether the recipient is taken: nothing has been sent yet."""

    async def hand_over(self, mail: Mail) -> None:
        """Send the text; once this answers, the other side has it."""

    def close(self) -> None: ...


class Transport(Protocol):
    """A way out."""

    async def connect(self) -> Connection:
        """Open a connection.

        Raises:
            TemporaryError: Nobody answers, or not as hoped.
        """
