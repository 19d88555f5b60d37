"""The VP9 payload descriptor (RFC 9628 section 4.2): where decoding can start, and the picture numbers.

A picture may come in spatial layers; decoding starts with the lowest one of a key frame, never with a higher one, even
though that isn't predicted from an earlier picture either.
"""

from signaling.sfu.vp8 import LONG, NOTHING, Descriptor

PICTURE_ID = 0x80
INTER_PICTURE = 0x40
LAYERS = 0x20
FLEXIBLE = 0x10
START_OF_FRAME = 0x08
STRUCTURE = 0x02
SPATIAL_OR_DEPENDENT = 0x0F
RESOLUTIONS = 0x10
PICTURE_GROUP = 0x08
FRAME_MARKER = 0b10
RESERVED_PROFILE = 3


def parse(packet: bytes | bytearray, offset: int) -> Descriptor:
    """Reads the descriptor that starts at an offset; a packet cut short in its numbers reads as nothing."""
    try:
        return _parse(packet, offset)
    except IndexError:
        return NOTHING


def _parse(packet: bytes | bytearray, offset: int) -> Descriptor:
    head, position = packet[offset], offset + 1
    picture_at = picture = tl0_at = tl0 = layer = 0
    wide = False
    if head & PICTURE_ID:
        picture_at, wide = position, bool(packet[position] & LONG)
        picture = (packet[position] & 0x7F) << 8 | packet[position + 1] if wide else packet[position]
        position += 2 if wide else 1
    if head & LAYERS:
        layer = packet[position]
        position += 1
        if not head & FLEXIBLE:
            tl0_at, tl0 = position, packet[position]
            position += 1
    lowest = not layer & SPATIAL_OR_DEPENDENT
    starts = bool(head & START_OF_FRAME) and not head & INTER_PICTURE and lowest
    return Descriptor(
        picture_at, picture, wide, tl0_at, tl0, position, starts and _is_key_frame(packet, position, head)
    )


def _is_key_frame(packet: bytes | bytearray, position: int, head: int) -> bool:
    """Looks at the frame itself: one that is intra-only needs references, although it isn't predicted (VP9 6.2)."""
    try:
        first = packet[_after_structure(packet, position) if head & STRUCTURE else position]
    except IndexError:
        return False
    profile = first >> 5 & 1 | first >> 3 & 2
    shows_or_inter = first >> (1 if profile == RESERVED_PROFILE else 2) & 0b11
    return first >> 6 == FRAME_MARKER and not shows_or_inter


def _after_structure(packet: bytes | bytearray, position: int) -> int:
    """Passes the scalability structure: resolutions of the layers, then a description of the picture group."""
    head = packet[position]
    position += 1
    if head & RESOLUTIONS:
        position += 4 * ((head >> 5) + 1)
    if not head & PICTURE_GROUP:
        return position
    pictures = packet[position]
    position += 1
    for _ in range(pictures):
        position += 1 + (packet[position] >> 2 & 0b11)
    return position
