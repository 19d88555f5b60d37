"""RTP packets as bytes (RFC 3550, RFC 4588, RFC 8285): views and rewriting, without an object for each packet."""

import struct

HEADER = struct.Struct("!BBHII")
HEADER_SIZE = 12
PADDING_BIT = 0x20
EXTENSION_BIT = 0x10
SOURCES_MASK = 0x0F
MARKER_BIT = 0x80
ONE_BYTE_PROFILE = 0xBEDE
TWO_BYTE_PROFILE = 0x1000
END_OF_ONE_BYTE = 15

_U16 = struct.Struct("!H")
_EXTENSION = struct.Struct("!HH")


class RtpError(ValueError):
    """A packet is no RTP packet."""


def payload_offset(packet: bytes) -> int:
    """Where the payload starts, after contributing sources and header extensions."""
    end = HEADER_SIZE + 4 * (packet[0] & 0x0F)
    if packet[0] & EXTENSION_BIT:
        if len(packet) < end + 4:
            raise RtpError("extension header cut short")
        end += 4 + 4 * _U16.unpack_from(packet, end + 2)[0]
    if len(packet) < end:
        raise RtpError("header cut short")
    return int(end)


def extensions(packet: bytes) -> dict[int, bytes]:
    """The header extension elements by their local id (RFC 8285 4.2 and 4.3)."""
    if len(packet) < HEADER_SIZE or not packet[0] & EXTENSION_BIT:
        return {}
    end = payload_offset(packet)
    start = HEADER_SIZE + 4 * (packet[0] & 0x0F)
    profile = _U16.unpack_from(packet, start)[0]
    block = packet[start + 4 : end]
    if profile == ONE_BYTE_PROFILE:
        return _one_byte_elements(block)
    if profile & 0xFFF0 == TWO_BYTE_PROFILE:
        return _two_byte_elements(block)
    return {}


def _one_byte_elements(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    while position < len(block):
        head = block[position]
        position += 1
        if head == 0:
            continue
        if head >> 4 in {0, END_OF_ONE_BYTE}:
            break
        size = (head & 0x0F) + 1
        found[head >> 4] = block[position : position + size]
        position += size
    return found


def _two_byte_elements(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    while position + 1 < len(block):
        name = block[position]
        if name == 0:
            position += 1
            continue
        size = block[position + 1]
        found[name] = block[position + 2 : position + 2 + size]
        position += 2 + size
    return found


def strip_extensions(packet: bytes) -> bytes:
    """The packet without header extensions: their ids differ from peer to peer; its header is as long as it says."""
    if not packet[0] & EXTENSION_BIT:
        if packet[0] & SOURCES_MASK:
            payload_offset(packet)
        return packet
    fixed = HEADER_SIZE + 4 * (packet[0] & 0x0F)
    return bytes((packet[0] & ~EXTENSION_BIT,)) + packet[1:fixed] + packet[payload_offset(packet) :]


def is_empty(packet: bytes) -> bool:
    """Whether a packet without extensions carries nothing, or mere padding."""
    size = len(packet) - HEADER_SIZE - 4 * (packet[0] & SOURCES_MASK)
    return size <= (packet[-1] if packet[0] & PADDING_BIT else 0)


def restore_retransmission(packet: bytes, payload_type: int, ssrc: int) -> bytes | None:
    """The original packet out of an RTX packet (RFC 4588 section 4); nothing for a probe of mere padding."""
    offset = payload_offset(packet)
    first, second, _, timestamp, _ = HEADER.unpack_from(packet)
    end = len(packet) - (packet[-1] if first & PADDING_BIT else 0)
    if end < offset + 2:
        return None
    sequence = _U16.unpack_from(packet, offset)[0]
    head = HEADER.pack(first & ~PADDING_BIT, second & MARKER_BIT | payload_type, sequence, timestamp, ssrc)
    return head + packet[HEADER_SIZE:offset] + packet[offset + 2 : end]


def wrap_retransmission(packet: bytes, payload_type: int, ssrc: int, sequence: int) -> bytes:
    """An RTX packet that carries a packet again (RFC 4588 section 4)."""
    offset = payload_offset(packet)
    first, second, original, timestamp, _ = HEADER.unpack_from(packet)
    head = HEADER.pack(first, second & MARKER_BIT | payload_type, sequence & 0xFFFF, timestamp, ssrc)
    return head + packet[HEADER_SIZE:offset] + _U16.pack(original) + packet[offset:]
