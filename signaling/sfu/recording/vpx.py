"""Pictures of VP8 (RFC 7741, RFC 6386 section 9.1) and VP9 (RFC 9628, VP9 bitstream section 7.2)."""

from collections.abc import Sequence

from signaling.sfu import vp8
from signaling.sfu.recording.picture import Bits, Picture, PictureError

VP8_KEY_HEAD = 10
SYNC_CODE = 0x498342
RGB = 7
# the first octet of a VP9 payload
PICTURE_ID, PREDICTED, LAYERS, FLEXIBLE, BEGINS, STRUCTURE = 0x80, 0x40, 0x20, 0x10, 0x08, 0x02
SPATIAL_LAYER = 0x0E
MOST_REFERENCES = 3


class Vp8:
    """VP8: a key frame has its size in its first octets."""

    def begins(self, payload: bytes) -> bool:
        return vp8.parse(payload, 0).key_frame

    def picture(self, payloads: Sequence[bytes]) -> Picture:
        data = b"".join([payload[_after_vp8(payload) :] for payload in payloads])
        if not data:
            raise PictureError("nothing in it")
        if data[0] & vp8.INTER_FRAME:
            return Picture(data, key=False)
        if len(data) < VP8_KEY_HEAD:
            raise PictureError("cut short")
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return Picture(data, key=True, width=width, height=height)


def _after_vp8(payload: bytes) -> int:
    """Where the descriptor ends."""
    if not payload[0] & vp8.EXTENDED:
        return 1
    flags = payload[1]
    at = 2
    if flags & vp8.PICTURE_ID:
        at += 2 if payload[2] & vp8.LONG else 1
    return at + bool(flags & vp8.TL0PICIDX) + bool(flags & vp8.TID_OR_KEYIDX)


class Vp9:
    """VP9 with one spatial layer, as browsers send it when they aren't told otherwise."""

    def begins(self, payload: bytes) -> bool:
        head = payload[0] if payload else PREDICTED
        if head & PREDICTED or not head & BEGINS:
            return False
        return not head & LAYERS or not payload[_after_picture_id(payload)] & SPATIAL_LAYER

    def picture(self, payloads: Sequence[bytes]) -> Picture:
        data = b"".join([payload[_after_vp9(payload) :] for payload in payloads])
        if not data:
            raise PictureError("nothing in it")
        if payloads[0][0] & PREDICTED:
            return Picture(data, key=False)
        width, height = _vp9_size(Bits(data[:16]))
        return Picture(data, key=bool(width), width=width, height=height)


def _after_picture_id(payload: bytes) -> int:
    if not payload[0] & PICTURE_ID:
        return 1
    return 3 if payload[1] & 0x80 else 2


def _after_vp9(payload: bytes) -> int:
    """Where the descriptor ends."""
    head, at = payload[0], _after_picture_id(payload)
    if head & LAYERS:
        at += 1 if head & FLEXIBLE else 2
    if head & FLEXIBLE and head & PREDICTED:
        last = (each for each in range(at, at + MOST_REFERENCES) if not payload[each] & 1)
        at = next(last, at + MOST_REFERENCES - 1) + 1
    return _after_structure(payload, at) if head & STRUCTURE else at


def _after_structure(payload: bytes, at: int) -> int:
    head = payload[at]
    at += 1
    if head & 0x10:
        at += 4 * ((head >> 5) + 1)
    if not head & 0x08:
        return at
    groups = payload[at]
    at += 1
    for _ in range(groups):
        at += 1 + (payload[at] >> 2 & 0x03)
    return at


def _vp9_size(bits: Bits) -> tuple[int, int]:
    """Width and height of a key frame; nothing of any other."""
    if bits.take(2) != 2:  # noqa: PLR2004 - frame_marker
        raise PictureError("no frame marker")
    profile = bits.take(1) | bits.take(1) << 1
    bits.take(int(profile == MOST_REFERENCES))
    if bits.take(1) or bits.take(1):  # show_existing_frame, or no key frame
        return 0, 0
    bits.take(2)
    if bits.take(24) != SYNC_CODE:
        raise PictureError("no sync code")
    bits.take(int(profile >= 2))  # noqa: PLR2004 - ten or twelve bits deep
    color = bits.take(3)
    bits.take(profile % 2 if color == RGB else 1 + 3 * (profile % 2))
    return bits.take(16) + 1, bits.take(16) + 1
