"""VP8 and H264 payloads: key frames and picture numbers, with aiortc's descriptors as the second opinion."""

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu import h264, vp8

KEY, INTER = b"\x00", b"\x01"
descriptors = st.builds(
    lambda start, picture, tl0, tid, keyidx: VpxPayloadDescriptor(
        partition_start=start, partition_id=0, picture_id=picture, tl0picidx=tl0, tid=tid, keyidx=keyidx
    ),
    st.integers(0, 1),
    st.none() | st.integers(0, 0x7FFF),
    st.none() | st.integers(0, 255),
    st.none() | st.tuples(st.integers(0, 3), st.integers(0, 1)),
    st.none() | st.integers(0, 31),
)


@given(descriptors, st.booleans())
def test_descriptors_are_read_as_aiortc_writes_them(theirs: VpxPayloadDescriptor, key: bool) -> None:
    data = bytes(12) + bytes(theirs) + (KEY if key else INTER)
    ours = vp8.parse(data, 12)
    assert (ours.picture, ours.tl0) == (theirs.picture_id or 0, theirs.tl0picidx or 0)
    assert ours.payload_at == len(data) - 1
    assert ours.key_frame == (key and bool(theirs.partition_start))


@given(descriptors, st.integers(-70000, 70000), st.integers(-300, 300))
def test_shifting_moves_the_numbers_and_nothing_else(theirs: VpxPayloadDescriptor, by: int, tl0_by: int) -> None:
    packet = bytearray(bytes(theirs) + KEY)
    before = vp8.parse(packet, 0)
    vp8.shift(packet, before, by, tl0_by)
    after = vp8.parse(packet, 0)
    assert after.wide == before.wide
    if before.picture_at:
        assert after.picture == (before.picture + by) & before.picture_mask
    if before.tl0_at:
        assert after.tl0 == (before.tl0 + tl0_by) & 0xFF
    assert after.payload_at == before.payload_at


@given(st.binary(max_size=8), st.integers(0, 10))
def test_any_octets_read_as_something(data: bytes, offset: int) -> None:
    assert isinstance(vp8.parse(data, offset), vp8.Descriptor)
    assert h264.starts_key_frame(data, offset) in {True, False}


@pytest.mark.parametrize(
    ("payload", "starts"),
    [
        (b"\x67\x42", True),
        (b"\x65\x88", True),
        (b"\x41\x9a", False),
        (b"\x78\x00\x04\x67\x42\xe0\x1f", True),
        (b"\x78\x00\x02\x41\x9a", False),
        (b"\x7c\x85\x88", True),
        (b"\x7c\x05\x88", False),
        (b"\x7c\x81\x9a", False),
        (b"\x7c", False),
    ],
)
def test_h264_starts_at_parameter_sets_and_idr_slices(payload: bytes, starts: bool) -> None:
    assert h264.starts_key_frame(bytes(12) + payload, 12) is starts
