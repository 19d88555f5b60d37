"""EBML elements (RFC 8794): numbers of variable length, and values behind identifiers."""

import struct

UNKNOWN_SIZE = b"\x01" + b"\xff" * 7


class EbmlError(ValueError):
    """Octets are no element, or not all of it."""


def size(number: int) -> bytes:
    """A length in as few octets as it needs (RFC 8794 section 4.4)."""
    width = 1
    while number >= (1 << 7 * width) - 1:
        width += 1
    return (number | 1 << 7 * width).to_bytes(width, "big")


def wide_size(number: int) -> bytes:
    """A length in eight octets, so that it can be written over an unknown one."""
    return (number | 1 << 56).to_bytes(8, "big")


def element(identifier: bytes, body: bytes) -> bytes:
    return identifier + size(len(body)) + body


def master(identifier: bytes, *children: bytes) -> bytes:
    return element(identifier, b"".join(children))


def unsigned(identifier: bytes, number: int) -> bytes:
    return element(identifier, number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big"))


def number(identifier: bytes, value: float) -> bytes:
    return element(identifier, struct.pack(">d", value))


def text(identifier: bytes, value: str) -> bytes:
    return element(identifier, value.encode())


def void(octets: int) -> bytes:
    """Room to be filled later, with its own header: at least nine octets."""
    return b"\xec" + wide_size(octets - 9) + bytes(octets - 9)


def read_header(data: bytes | memoryview, at: int) -> tuple[bytes, int, int]:
    """An element's identifier, where its body starts, and where it ends.

    Raises:
        EbmlError: There is none, or it is cut short.
    """
    after, _ = _width(data, at, 4)
    identifier = bytes(data[at:after])
    start, first = _width(data, after, 8)
    value = int.from_bytes(data[after:start], "big") & ((1 << 7 * (start - after)) - 1)
    if start + value > len(data) or not first:
        raise EbmlError("cut short")
    return identifier, start, start + value


def _width(data: bytes | memoryview, at: int, most: int) -> tuple[int, int]:
    """Where a number of variable length ends, and its first octet."""
    if at >= len(data):
        raise EbmlError("nothing there")
    first = data[at]
    width = 9 - first.bit_length()
    if width > most or at + width > len(data):
        raise EbmlError("no number")
    return at + width, first
