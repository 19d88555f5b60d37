"""The link in a reminder's foot and header: derived, never stored, and good for nothing but reminders."""

from typing import Final

from config import Keyring
from vclass.core import tokens

PURPOSE: Final = "reminders"
PATH: Final = "/reminders/{}/{}"


def reminder_path(keyring: Keyring, attendee_id: str) -> str:
    """Where one attendee says which reminders to send."""
    return PATH.format(attendee_id, tokens.derive(keyring.current.octets, PURPOSE, attendee_id, 1))


def holds(keyring: Keyring, attendee_id: str, token: str) -> bool:
    """Whether a link is the attendee's, made with any of the active keys."""
    return tokens.holds(keyring, PURPOSE, attendee_id, 1, token)
