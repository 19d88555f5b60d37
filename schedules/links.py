"""Personal links: derived from the installation's key, found by their digest, revoked by raising a generation."""

from config import Keyring
from schedules.model import Attendee
from vclass.core.tokens import derive, digest

PURPOSE = "join"


def new_link(keyring: Keyring, attendee_id: str, generation: int) -> dict[str, str | int]:
    """The columns of an attendee that describe a fresh link."""
    key = keyring.current
    token = derive(key.octets, PURPOSE, attendee_id, generation)
    return {"key_id": key.id, "generation": generation, "token_digest": digest(token)}


def token_of(keyring: Keyring, attendee: Attendee) -> str:
    return join_token(keyring, attendee.public_id, attendee.generation, attendee.key_id)


def join_token(keyring: Keyring, attendee_id: str, generation: int, key_id: str) -> str:
    """The token of ``/join/TOKEN``; a key that was rotated out twice gives the newest one's, which is not valid."""
    key = keyring.find(key_id) or keyring.current
    return derive(key.octets, PURPOSE, attendee_id, generation)
