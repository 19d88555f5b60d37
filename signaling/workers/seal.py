"""Who may speak to a worker of another machine: a secret that both know, and a seal on every frame. Without I/O.

The worker challenges first. Each side proves that it knows the secret by an HMAC over both nonces and its own role, so
that no proof can be sent back; frames are sealed with a key of this connection, their direction and their number, so
that none can be changed, repeated or left out. Nothing is encrypted.
"""

import hashlib
import hmac
import secrets
from typing import Final, Literal, TypeAlias

from signaling.workers.wire import FrameError

NONCE: Final = 32
PROOF: Final = 32
TAG: Final = 16
SHORTEST_SECRET: Final = 16

Role: TypeAlias = Literal["supervisor", "worker"]
OTHER: Final[dict[Role, Role]] = {"supervisor": "worker", "worker": "supervisor"}


def nonce() -> bytes:
    return secrets.token_bytes(NONCE)


def proof(secret: str, role: Role, nonces: bytes) -> bytes:
    """What shows that a side knows the secret; `nonces` are the worker's and the supervisor's."""
    return _mac(secret.encode(), b"proof", role.encode(), nonces)


def proves(candidate: bytes, secret: str, role: Role, nonces: bytes) -> bool:
    return hmac.compare_digest(candidate, proof(secret, role, nonces))


class Seal:
    """Seals what one side says, and opens what the other says, each in order."""

    def __init__(self, secret: str, role: Role, nonces: bytes) -> None:
        self._key = _mac(secret.encode(), b"session", nonces)
        self._role = role
        self._sealed = self._opened = 0

    def close(self, body: bytes) -> bytes:
        self._sealed += 1
        return body + self._tag(self._role, self._sealed, body)

    def open(self, sealed: bytes) -> bytes:
        """The body of a sealed frame.

        Raises:
            FrameError: It isn't the other side's next one.
        """
        body, tag = sealed[:-TAG], sealed[-TAG:]
        self._opened += 1
        if not hmac.compare_digest(tag, self._tag(OTHER[self._role], self._opened, body)):
            raise FrameError("a frame with a broken seal")
        return body

    def _tag(self, role: Role, number: int, body: bytes) -> bytes:
        return _mac(self._key, role.encode(), number.to_bytes(8, "big"), body)[:TAG]


class NoSeal:
    """For a pipe that nobody else has: frames as they are."""

    def close(self, body: bytes) -> bytes:
        return body

    def open(self, sealed: bytes) -> bytes:
        return sealed


def _mac(key: bytes, *parts: bytes) -> bytes:
    return hmac.new(key, b"\0".join(parts), hashlib.sha256).digest()
