"""Key frames in H264 payloads (RFC 6184 5.2): decoding starts at a parameter set or an IDR picture's first slice."""

from collections.abc import Iterable

NAL_TYPE = 0x1F
IDR = 5
PARAMETER_SET = 7
STAP_A = 24
FU_A = 28
FU_START = 0x80
FIRST_MACROBLOCK = 0x80


def starts_key_frame(packet: bytes | bytearray, offset: int) -> bool:
    """Whether decoding can start at this packet."""
    if offset >= len(packet):
        return False
    kind = packet[offset] & NAL_TYPE
    if kind == STAP_A:
        return any(_starts(packet, packet[at] & NAL_TYPE, at + 1) for at in _aggregated(packet, offset + 1))
    if kind == FU_A:
        head = packet[offset + 1] if offset + 1 < len(packet) else 0
        return bool(head & FU_START) and _starts(packet, head & NAL_TYPE, offset + 2)
    return _starts(packet, kind, offset + 1)


def _starts(packet: bytes | bytearray, kind: int, at: int) -> bool:
    """A slice says first with which macroblock it begins: 0 is a single bit (ITU-T H.264 7.3.3, 9.1)."""
    if kind == IDR:
        return at < len(packet) and bool(packet[at] & FIRST_MACROBLOCK)
    return kind == PARAMETER_SET


def _aggregated(packet: bytes | bytearray, position: int) -> Iterable[int]:
    """Where the NAL units of an aggregation packet begin (RFC 6184 5.7.1)."""
    while position + 2 < len(packet):
        size = int.from_bytes(packet[position : position + 2], "big")
        if size:
            yield position + 2
        position += 2 + size
