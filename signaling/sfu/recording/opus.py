"""Opus packets (RFC 6716, RFC 7845): how long each lasts, and silence to put where none came.

Browsers play sound without looking at the times of packets after the first, so a hole would bring all later sound too
early. Silence is coded as digital silence in CELT, which every decoder reads.
"""

import struct

CLOCK = 48_000
CODES = 0x03
SILENCE_MS = 20
_SILENCE = b"\xff\xfe"
_SILENT = b"\xf8" + _SILENCE
_MOST_FRAMES = 6
_FRAME_MS = (
    *(10.0, 20.0, 40.0, 60.0) * 3,  # SILK
    *(10.0, 20.0) * 2,  # hybrid
    *(2.5, 5.0, 10.0, 20.0) * 4,  # CELT
)


def head() -> bytes:
    """The identification header (RFC 7845 section 5.1) of stereo at 48 kHz without delay."""
    return b"OpusHead" + struct.pack("<BBHIHB", 1, 2, 0, CLOCK, 0, 0)


def milliseconds(packet: bytes) -> float:
    """How long a packet lasts (RFC 6716 section 3.1)."""
    if not packet:
        return 0.0
    code = packet[0] & CODES
    frames = (1, 2, 2)[code] if code < CODES else packet[1] & 0x3F if len(packet) > 1 else 0
    return _FRAME_MS[packet[0] >> 3] * frames


def silence(duration: float) -> list[tuple[float, bytes]]:
    """Silent packets for about so many milliseconds: when each starts, and what it is."""
    found: list[tuple[float, bytes]] = []
    at = 0.0
    while duration - at >= SILENCE_MS:
        frames = min(_MOST_FRAMES, int((duration - at) // SILENCE_MS))
        packet = _SILENT if frames == 1 else bytes((0xFB, frames)) + _SILENCE * frames
        found.append((at, packet))
        at += frames * SILENCE_MS
    return found
