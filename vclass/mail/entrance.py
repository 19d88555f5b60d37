"""Which way mail comes in, by the address that the settings name."""

from typing import Final
from urllib.parse import urlsplit

from config import ConfigurationError
from vclass.mail.listener import LISTENING
from vclass.mail.mailbox import POLLED

__all__ = ["is_listener", "is_mailbox"]

KNOWN: Final = (*LISTENING, *POLLED)


def is_listener(inbound: str) -> bool:
    """Whether mail is handed to us."""
    return _scheme(inbound) in LISTENING


def is_mailbox(inbound: str) -> bool:
    """Whether we fetch it."""
    return _scheme(inbound) in POLLED


def _scheme(inbound: str) -> str:
    scheme = urlsplit(inbound).scheme
    if inbound and scheme not in KNOWN:
        raise ConfigurationError(
            "[mail] inbound is lmtp://HOST:PORT, smtp://HOST:PORT or imaps://USER:PASSWORD@HOST/FOLDER."
        )
    return scheme
