"""Pictures of AV1 (RTP Payload Format For AV1 v1.0 section 4, AV1 bitstream section 5.5, AV1 in Matroska)."""

from collections.abc import Iterator, Sequence

from signaling.sfu.recording.picture import Bits, Picture, PictureError

CONTINUES, CONTINUED, NEW_SEQUENCE = 0x80, 0x40, 0x08
HAS_SIZE, HAS_EXTENSION = 0x02, 0x04
SEQUENCE, DELIMITER = 1, 2
EIGHT_BITS_420 = 0x0C


class Av1:
    """AV1: units with their length in them, without delimiters; the sequence header goes into the head of the file."""

    def begins(self, payload: bytes) -> bool:
        return bool(payload) and bool(payload[0] & NEW_SEQUENCE) and not payload[0] & CONTINUES

    def picture(self, payloads: Sequence[bytes]) -> Picture:
        units = [sized for unit in _units(payloads) if (sized := _with_size(unit)) and _kind(unit) != DELIMITER]
        data = b"".join(units)
        if not data:
            raise PictureError("nothing in it")
        sequence = next((unit for unit in units if _kind(unit) == SEQUENCE), None)
        if sequence is None or not self.begins(payloads[0]):
            return Picture(data, key=False)
        width, height, profile, level, tier = _described(sequence)
        private = bytes((0x81, profile << 5 | level, tier << 7 | EIGHT_BITS_420, 0)) + sequence
        return Picture(data, True, width, height, private)  # noqa: FBT003 - a field


def _kind(unit: bytes) -> int:
    return unit[0] >> 3 & 0x0F


def _units(payloads: Sequence[bytes]) -> Iterator[bytes]:
    """The open bitstream units of a picture, put together where they travelled in pieces."""
    whole = b""
    for payload in payloads:
        elements = list(_elements(payload))
        if payload[0] & CONTINUES and elements:
            elements[0] = whole + elements[0]
        whole = elements.pop() if payload[0] & CONTINUED and elements else b""
        yield from (each for each in elements if each)


def _elements(payload: bytes) -> Iterator[bytes]:
    count, at, place = payload[0] >> 4 & 0x03, 1, 0
    while at < len(payload):
        place += 1
        if place == count:
            yield payload[at:]
            return
        size, at = _leb128(payload, at)
        yield payload[at : at + size]
        at += size


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """A number, and where it ends."""
    value = 0
    for shift in range(0, 35, 7):
        value |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
    raise PictureError("an endless length")


def _with_size(unit: bytes) -> bytes:
    if unit[0] & HAS_SIZE:
        return unit
    head = 2 if unit[0] & HAS_EXTENSION else 1
    if len(unit) < head:
        raise PictureError("cut short")
    size, rest = bytearray(), len(unit) - head
    while rest >= 0x80:  # noqa: PLR2004 - seven bits in each octet
        size.append(rest & 0x7F | 0x80)
        rest >>= 7
    size.append(rest)
    return bytes((unit[0] | HAS_SIZE,)) + unit[1:head] + bytes(size) + unit[head:]


def _described(sequence: bytes) -> tuple[int, int, int, int, int]:
    """Width, height, profile, level and tier out of a sequence header, as browsers write it."""
    _, start = _leb128(sequence, 2 if sequence[0] & HAS_EXTENSION else 1)
    bits = Bits(sequence[start:])
    profile = bits.take(3)
    bits.take(1)
    level = tier = 0
    if bits.take(1):
        level = bits.take(5)
    else:
        level, tier = _operating_points(bits)
    across, down = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(across) + 1, bits.take(down) + 1, profile, level, tier


def _operating_points(bits: Bits) -> tuple[int, int]:
    """Level and tier of the first."""
    if bits.take(1):
        raise PictureError("timing information")
    delays = bits.take(1)
    found = [_operating_point(bits, delays) for _ in range(bits.take(5) + 1)]
    return found[0]


def _operating_point(bits: Bits, delays: int) -> tuple[int, int]:
    bits.take(12)
    level = bits.take(5)
    tier = bits.take(1) if level > 7 else 0  # noqa: PLR2004 - from level 4.0 on
    if delays and bits.take(1):
        bits.take(4)
    return level, tier
