"""How payloads of each codec begin, honest or not, by the payload types of `house`."""

from random import Random

VP8, H264, VP9, AV1 = 96, 98, 99, 100
TYPES = (VP8, VP8, VP8, H264, VP9, VP9, AV1)
"""Those with numbers more often than the others."""


def head(random: Random, payload_type: int, picture: int) -> bytes:
    """The first octets of a payload; a repaired packet is of the first codec."""
    return _HEADS.get(payload_type, _vp8)(random, picture)


def _picture(random: Random, picture: int) -> bytes:
    return random.choice((bytes((0x80 | picture >> 8, picture & 0xFF)), bytes((5,))))


def _vp8(random: Random, picture: int) -> bytes:
    flags = random.choice((0xC0, 0xE0, 0xF0, 0x80, 0x40, 0x30, 0x00))
    head = bytes((random.choice((0x90, 0x10, 0x80, 0x97)), flags))
    layers = random.choice((0, 0x40, 0x60, 0x80, 0xA0, 0xC0))
    return head + _picture(random, picture) + bytes((7, layers, random.choice((0, 1))))


def _vp9(random: Random, picture: int) -> bytes:
    flags = random.choice((0x88, 0xA8, 0xB8, 0xC8, 0xE8, 0x08, 0x2A, 0xAA, 0xFA, random.randrange(256)))
    structure = random.choice((b"\x00", b"\x18\x00\xa0\x00\x78\x01\x00", b"\x08\xff\x0c"))
    layers = bytes((random.choice((0, 0, 0x20, 0x03)), 9))
    frame = bytes((random.choice((0x82, 0x86, 0x88)),))
    return bytes((flags,)) + _picture(random, picture) + layers + (structure if flags & 2 else b"") + frame


def _h264(random: Random, _: int) -> bytes:
    return random.choice((b"\x67\x42", b"\x65\x88", b"\x41\x9a", b"\x7c\x85\x88", b"\x78\x00\x02\x67\x42"))


def _av1(random: Random, _: int) -> bytes:
    return random.choice((b"\x18\x0a\x0b", b"\x68\x0b\x08", b"\x10\x32", b"\x90\x00", b"\x98\x0a"))


_HEADS = {VP8: _vp8, H264: _h264, VP9: _vp9, AV1: _av1}
