"""What mail is on its way out, and what a way out must do."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol, TypeAlias

from vclass.core.outbox import Leased

__all__ = ["Compose", "Connection", "FinalError", "Mail", "Parcel", "Sign", "TemporaryError", "Transport"]


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail with its envelope: one recipient, and the address that bounces come to."""

    message: EmailMessage
    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail as it goes over the wire, signed."""

    content: bytes
    sender: str
    recipient: str


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

    async def announce(self, parcel: Parcel) -> None:
        """Ask whether the recipient is taken: nothing has been sent yet."""

    async def hand_over(self, parcel: Parcel) -> None:
        """Send the text; once this answers, the other side has it."""

    def close(self) -> None: ...


class Transport(Protocol):
    """A way out."""

    async def connect(self) -> Connection:
        """Open a connection.

        Raises:
            TemporaryError: Nobody answers, or not as hoped.
        """
