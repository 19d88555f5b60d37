"""Personal links: derived from the installation's key, found by their digest, revoked by raising a generation."""

from config import Keyring
from schedules.model import Attendee
from vclass.core.tokens import derive, digest

PURPOSE = "join"


def first_link(keyring: Keyring, attendee_id: str) -> dict[str, object]:
    """The columns of a new attendee that describe the link."""
    return {**_link(keyring, attendee_id, 1), "replaced_digest": None}


def next_link(keyring: Keyring, attendee: Attendee) -> dict[str, object]:
    """The columns of an attendee whose link is replaced by a fresh one; the old one is still known as such."""
    replaced = digest(token_of(keyring, attendee))
    return {**_link(keyring, attendee.public_id, attendee.generation + 1), "replaced_digest": replaced}


def token_of(keyring: Keyring, attendee: Attendee) -> str:
    return join_token(keyring, attendee.public_id, attendee.generation, attendee.key_id)


def join_token(keyring: Keyring, attendee_id: str, generation: int, key_id: str) -> str:
    """The token of ``/join/TOKEN``; where its key was rotated out twice, the newest key's, which is not valid."""
    key = keyring.find(key_id) or keyring.current
    return derive(key.octets, PURPOSE, attendee_id, generation)


def _link(keyring: Keyring, attendee_id: str, generation: int) -> dict[str, object]:
    key = keyring.current
    token = derive(key.octets, PURPOSE, attendee_id, generation)
    return {"key_id": key.id, "generation": generation, "token_digest": digest(token)}
