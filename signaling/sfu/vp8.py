"""The VP8 payload descriptor (RFC 7741 section 4.2): key frames, and picture numbers that run on across sources."""

from dataclasses import dataclass

EXTENDED = 0x80
PICTURE_ID = 0x80
TL0PICIDX = 0x40
TID = 0x20
TID_OR_KEYIDX = 0x30
LAYER_SYNC = 0x20
START_OF_PARTITION = 0x10
PARTITION_INDEX = 0x07
LONG = 0x80
WIDE_MASK, NARROW_MASK = 0x7FFF, 0x7F
INTER_FRAME = 0x01


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Where the picture numbers of one packet stand and what they are; a position of 0 means absent.

    `layer` is its picture's temporal layer; `sync` says that the picture refers to none but pictures of layer 0.
    """

    picture_at: int = 0
    picture: int = 0
    wide: bool = False
    tl0_at: int = 0
    tl0: int = 0
    payload_at: int = 0
    key_frame: bool = False
    layer: int = 0
    sync: bool = False

    @property
    def picture_mask(self) -> int:
        return WIDE_MASK if self.wide else NARROW_MASK


NOTHING = Descriptor()


def parse(packet: bytes | bytearray, offset: int) -> Descriptor:
    """Reads the descriptor that starts at an offset; a packet cut short reads as nothing."""
    try:
        return _parse(packet, offset)
    except IndexError:
        return NOTHING


def _parse(packet: bytes | bytearray, offset: int) -> Descriptor:
    head = packet[offset]
    position = offset + 1
    flags = 0
    if head & EXTENDED:
        flags = packet[position]
        position += 1
    picture_at = picture = tl0_at = tl0 = 0
    wide = False
    if flags & PICTURE_ID:
        picture_at, wide = position, bool(packet[position] & LONG)
        picture = (packet[position] & 0x7F) << 8 | packet[position + 1] if wide else packet[position]
        position += 2 if wide else 1
    if flags & TL0PICIDX:
        tl0_at, tl0 = position, packet[position]
        position += 1
    layers = packet[position] if flags & TID else 0
    if flags & TID_OR_KEYIDX:
        position += 1
    starts = bool(head & START_OF_PARTITION) and not head & PARTITION_INDEX
    key_frame = starts and not packet[position] & INTER_FRAME
    layer, sync = layers >> 6, bool(layers & LAYER_SYNC)
    return Descriptor(picture_at, picture, wide, tl0_at, tl0, position, key_frame, layer, sync)


def shift(buffer: bytearray | memoryview, descriptor: Descriptor, picture_by: int, tl0_by: int) -> None:
    """Moves the picture numbers of a packet in place, so that a receiver sees one unbroken stream."""
    if descriptor.picture_at:
        picture = (descriptor.picture + picture_by) & descriptor.picture_mask
        at = descriptor.picture_at
        if descriptor.wide:
            buffer[at] = LONG | picture >> 8
            buffer[at + 1] = picture & 0xFF
        else:
            buffer[at] = picture
    if descriptor.tl0_at:
        buffer[descriptor.tl0_at] = (descriptor.tl0 + tl0_by) & 0xFF
