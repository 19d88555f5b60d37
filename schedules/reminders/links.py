"""The link in a reminder's foot and header: derived, never stored, and good for nothing but reminders."""

import hmac
from typing import Final

from config import Keyring
from vclass.core.tokens import derive

PURPOSE: Final = "reminders"
PATH: Final = "/reminders/{}/{}"


def reminder_path(keyring: Keyring, attendee_id: str) -> str:
    """Where one attendee says which reminders to send."""
    return PATH.format(attendee_id, derive(keyring.current.octets, PURPOSE, attendee_id, 1))


def holds(keyring: Keyring, attendee_id: str, token: str) -> bool:
    """Whether a link is the attendee's, made with any of the active keys."""
    known = (derive(key.octets, PURPOSE, attendee_id, 1) for key in keyring.keys)
    return any(hmac.compare_digest(each.encode(), token.encode("utf-8", "surrogatepass")) for each in known)
