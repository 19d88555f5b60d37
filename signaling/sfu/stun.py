"""STUN as far as ICE-lite needs it (RFC 8489, RFC 8445): binding requests in, binding responses out."""

import hashlib
import hmac
import ipaddress
import struct
import zlib
from dataclasses import dataclass

MAGIC_COOKIE = 0x2112A442
BINDING_REQUEST = 0x0001
BINDING_SUCCESS = 0x0101
HEADER_SIZE = 20
DIGEST_SIZE = 20
INTEGRITY_SIZE = 24
FINGERPRINT_SIZE = 8

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
XOR_MAPPED_ADDRESS = 0x0020
PRIORITY = 0x0024
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
ICE_CONTROLLING = 0x802A

FINGERPRINT_MASK = 0x5354554E
MAX_ATTRIBUTES = 32

_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")


class StunError(ValueError):
    """A datagram is no STUN message."""


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed STUN message; `integrity_at` is where its MESSAGE-INTEGRITY starts in `raw`."""

    kind: int
    transaction: bytes
    attributes: dict[int, bytes]
    raw: bytes
    integrity_at: int | None = None

    @property
    def username(self) -> tuple[str, str]:
        """The two halves of the user name: the receiver's ufrag and the sender's."""
        local, _, remote = self.attributes.get(USERNAME, b"").decode("ascii", "replace").partition(":")
        return local, remote

    @property
    def nominates(self) -> bool:
        return USE_CANDIDATE in self.attributes


def parse(data: bytes) -> Message:
    """Reads a message; attributes after MESSAGE-INTEGRITY other than FINGERPRINT don't count (RFC 8489 14.5)."""
    if len(data) < HEADER_SIZE:
        raise StunError("shorter than a header")
    kind, length, cookie, transaction = _HEADER.unpack_from(data)
    if cookie != MAGIC_COOKIE or length % 4 or HEADER_SIZE + length != len(data) or kind & 0xC000:
        raise StunError("header doesn't fit")
    attributes: dict[int, bytes] = {}
    integrity_at = None
    position = HEADER_SIZE
    while position < len(data):
        name, value, following = _attribute(data, position)
        if len(attributes) >= MAX_ATTRIBUTES:
            raise StunError("too many attributes")
        if integrity_at is None or name == FINGERPRINT:
            attributes.setdefault(name, value)
        if name == MESSAGE_INTEGRITY and integrity_at is None:
            integrity_at = position
        position = following
    return Message(kind, transaction, attributes, data, integrity_at)


def _attribute(data: bytes, position: int) -> tuple[int, bytes, int]:
    if position + 4 > len(data):
        raise StunError("attribute header cut short")
    name, length = _ATTRIBUTE.unpack_from(data, position)
    end = position + 4 + length
    if end > len(data):
        raise StunError("attribute cut short")
    return name, data[position + 4 : end], end + (-length % 4)


def authentic(message: Message, password: str) -> bool:
    """Whether the sender knows the password (RFC 8489 14.5, short-term credentials)."""
    start = message.integrity_at
    if start is None or len(message.attributes[MESSAGE_INTEGRITY]) != DIGEST_SIZE:
        return False
    covered = _with_length(message.raw[:start], start + INTEGRITY_SIZE - HEADER_SIZE)
    return hmac.compare_digest(_digest(covered, password), message.attributes[MESSAGE_INTEGRITY])


def build(kind: int, transaction: bytes, attributes: dict[int, bytes], password: str | bytes) -> bytes:
    """Writes a message with MESSAGE-INTEGRITY and FINGERPRINT; the key is a password, or octets as they are."""
    unsigned = build_unsigned(kind, transaction, attributes)
    length = len(unsigned) - HEADER_SIZE + INTEGRITY_SIZE
    message = _with_length(unsigned, length)
    digest = _digest(message, password)
    message += _ATTRIBUTE.pack(MESSAGE_INTEGRITY, len(digest)) + digest
    message = _with_length(message, length + FINGERPRINT_SIZE)
    return message + struct.pack("!HHI", FINGERPRINT, 4, zlib.crc32(message) ^ FINGERPRINT_MASK)


def build_unsigned(kind: int, transaction: bytes, attributes: dict[int, bytes]) -> bytes:
    """Writes a message that proves nothing."""
    body = b"".join(
        _ATTRIBUTE.pack(name, len(value)) + value + bytes(-len(value) % 4) for name, value in attributes.items()
    )
    return _HEADER.pack(kind, len(body), MAGIC_COOKIE, transaction) + body


def success(request: Message, address: tuple[str, int], password: str) -> bytes:
    """The answer to a binding request that came from the address."""
    mapped = xor_address(*address, request.transaction)
    return build(BINDING_SUCCESS, request.transaction, {XOR_MAPPED_ADDRESS: mapped}, password)


def xor_address(host: str, port: int, transaction: bytes = b"") -> bytes:
    """XOR-MAPPED-ADDRESS (RFC 8489 14.2); the transaction id takes part for IPv6 only."""
    ip = ipaddress.ip_address(host)
    mask = (MAGIC_COOKIE.to_bytes(4, "big") + transaction)[: len(ip.packed)]
    masked = bytes(a ^ b for a, b in zip(ip.packed, mask, strict=True))
    family = 1 if ip.version == 4 else 2  # noqa: PLR2004 - IP version
    return struct.pack("!BBH", 0, family, port ^ (MAGIC_COOKIE >> 16)) + masked


def _digest(data: bytes, password: str | bytes) -> bytes:
    key = password if isinstance(password, bytes) else password.encode()
    return hmac.new(key, data, hashlib.sha1).digest()


def _with_length(message: bytes, length: int) -> bytes:
    return message[:2] + length.to_bytes(2, "big") + message[4:]
