"""The installation's secret keys: made at the first start, rotated by hand, two of them active.

The file holds one key a line, the newest first. Tokens are derived with the first; those that the second
derived stay valid until it is taken out.
"""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from config.settings import ConfigurationError

ACTIVE_KEYS = 2
KEY_OCTETS = 32


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One secret; its id says which key derived a token without telling the key."""

    id: str
    octets: bytes

    def __repr__(self) -> str:
        return f"SecretKey({self.id})"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The active keys, the newest first."""

    keys: tuple[SecretKey, ...]

    @property
    def current(self) -> SecretKey:
        return self.keys[0]

    def find(self, key_id: str) -> SecretKey | None:
        return next((key for key in self.keys if key.id == key_id), None)


def read_or_make(path: Path) -> Keyring:
    """Read the secret file, or make it (mode 0600) with one fresh key.

    Raises:
        ConfigurationError: The file holds no usable key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_OCTETS)).decode() + "\n")
    return keyring(path.read_text("ascii"), str(path))


def keyring(text: str, origin: str) -> Keyring:
    """Parse the lines of a secret file."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    keys = tuple(_key(line, origin) for line in lines[:ACTIVE_KEYS])
    if not keys:
        raise ConfigurationError(f"{origin} holds no key. Remove it, and the next start makes one.")
    return Keyring(keys)


def _key(line: str, origin: str) -> SecretKey:
    try:
        octets = base64.urlsafe_b64decode(line)
    except ValueError:
        octets = b""
    if len(octets) < KEY_OCTETS:
        raise ConfigurationError(f"A line of {origin} is not a key of {KEY_OCTETS} octets in base64url.")
    return SecretKey(hashlib.sha256(octets).hexdigest()[:8], octets)
