"""Pictures of H264 (RFC 6184, H.264 section 7.3.2.1, ISO 14496-15 section 5.3.3)."""

from collections.abc import Iterator, Sequence

from signaling.sfu import h264
from signaling.sfu.recording.picture import Bits, Picture, PictureError

SEQUENCE, PARAMETERS = 7, 8
FU_END = 0x40
CHROMA_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


class Avc:
    """H264: units with their length before them; parameter sets go into the head of the file as well."""

    def begins(self, payload: bytes) -> bool:
        return h264.starts_key_frame(payload, 0)

    def picture(self, payloads: Sequence[bytes]) -> Picture:
        units = list(_units(payloads))
        if not units:
            raise PictureError("nothing in it")
        data = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
        found = {unit[0] & h264.NAL_TYPE: unit for unit in units}
        if h264.IDR not in found or not {SEQUENCE, PARAMETERS} <= found.keys():
            return Picture(data, key=h264.IDR in found)
        width, height = _size(found[SEQUENCE])
        return Picture(data, True, width, height, _private(found[SEQUENCE], found[PARAMETERS]))  # noqa: FBT003 - a field


def _units(payloads: Sequence[bytes]) -> Iterator[bytes]:
    """The NAL units of a picture, put together where they travelled in pieces (RFC 6184 5.7.1, 5.8)."""
    whole = b""
    for payload in payloads:
        kind = payload[0] & h264.NAL_TYPE if payload else 0
        if kind == h264.STAP_A:
            yield from _aggregated(payload)
        elif kind == h264.FU_A:
            if payload[1] & h264.FU_START:
                whole = bytes((payload[0] & ~h264.NAL_TYPE | payload[1] & h264.NAL_TYPE,))
            whole += payload[2:]
            if payload[1] & FU_END:
                yield whole
        elif kind:
            yield payload


def _aggregated(payload: bytes) -> Iterator[bytes]:
    at = 1
    while at + 2 < len(payload):
        size = int.from_bytes(payload[at : at + 2], "big")
        if size and at + 2 + size <= len(payload):
            yield payload[at + 2 : at + 2 + size]
        at += 2 + size


def _private(sequence: bytes, parameters: bytes) -> bytes:
    """An AVCDecoderConfigurationRecord of one parameter set each."""
    return b"".join(
        (
            b"\x01",
            sequence[1:4],
            b"\xff\xe1",
            len(sequence).to_bytes(2, "big"),
            sequence,
            b"\x01",
            len(parameters).to_bytes(2, "big"),
            parameters,
        )
    )


def _size(sequence: bytes) -> tuple[int, int]:
    """Width and height out of a sequence parameter set."""
    bits = Bits(sequence[1:].replace(b"\x00\x00\x03", b"\x00\x00"))
    profile = bits.take(8)
    bits.take(16)
    bits.exponential()
    chroma = _chroma(bits) if profile in CHROMA_PROFILES else 1
    bits.exponential()
    _skip_order(bits)
    bits.exponential()
    bits.take(1)
    columns, rows = bits.exponential() + 1, bits.exponential() + 1
    fields = 2 - bits.take(1)
    bits.take(1 if fields == 1 else 2)
    left, right, top, bottom = (bits.exponential() for _ in range(4)) if bits.take(1) else (0, 0, 0, 0)
    across, down = (2 if chroma in {1, 2} else 1), (2 if chroma == 1 else 1) * fields
    return 16 * columns - across * (left + right), 16 * rows * fields - down * (top + bottom)


def _chroma(bits: Bits) -> int:
    """Reads past what high profiles say more; their chroma format."""
    chroma = bits.exponential()
    if chroma == 3:  # noqa: PLR2004 - 4:4:4
        bits.take(1)
    bits.exponential()
    bits.exponential()
    bits.take(1)
    if bits.take(1):
        raise PictureError("scaling matrices")
    return chroma


def _skip_order(bits: Bits) -> None:
    """Reads past the picture order count."""
    kind = bits.exponential()
    if kind == 0:
        bits.exponential()
    elif kind == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.exponential()):
            bits.signed()
