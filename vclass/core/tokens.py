"""Unguessable names: random ids, and tokens that can be derived again but are stored only as digests."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import time

from config import Keyring

ID_OCTETS = 16
TOKEN_OCTETS = 16
TIME_OCTETS, TIME_SHIFT = 6, 20
URL_SAFE = bytes.maketrans(b"+/", b"-_")


def new_id() -> str:
    """A public id: the time in 48 bits and 80 random ones, in base64url. Unguessable, yet no permission in itself.

    What is made together so stands together in every index: a batch of bookings touches a few pages, not all.
    """
    octets = (time.time_ns() >> TIME_SHIFT).to_bytes(TIME_OCTETS, "big") + os.urandom(ID_OCTETS - TIME_OCTETS)
    return binascii.b2a_base64(octets).translate(URL_SAFE, b"=\n").decode()


def new_token() -> str:
    """A random secret that is handed out once: session cookies, sign-in links, API tokens."""
    return secrets.token_urlsafe(32)


def derive(key: bytes, purpose: str, subject: str, generation: int) -> str:
    """A 128-bit token that mails, updates and feeds can derive again.

    base64url(HMAC-SHA256(key, purpose|id|generation)); raising the generation revokes it.
    """
    message = f"{purpose}|{subject}|{generation}".encode()
    octets = hmac.digest(key, message, "sha256")[:TOKEN_OCTETS]
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def holds(keyring: Keyring, purpose: str, subject: str, generation: int, token: str) -> bool:
    """Whether a token was derived so, with any of the active keys."""
    octets = token.encode("utf-8", "surrogatepass")
    known = [derive(key.octets, purpose, subject, generation).encode() for key in keyring.keys]
    return any(hmac.compare_digest(each, octets) for each in known)


def digest(token: str) -> str:
    """What is stored for look-up: SHA-256 in hexadecimal. 128 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
