"""Where decoding can start, in every codec: packets of real encoders, and those that are easily taken for a start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu import av1, h264, payloads, rtp, vp8, vp9
from tests.signaling.sfu.encoded import ENCODERS, frames

KEY, INTER, INTRA_ONLY, SHOWN_AGAIN = b"\x82", b"\x86", b"\x84", b"\x88"
"""First octets of VP9 frames of profile 0 (VP9 bitstream 6.2): the third is an inter frame's that isn't shown."""
HIGH_KEY, HIGH_INTER = b"\xb0", b"\xb2"
"""The same of profile 3, which has one bit more."""


def starts(form: str, packet: bytes) -> bool:
    return payloads.reader(form)(packet, rtp.payload_offset(packet))[1]


@pytest.mark.parametrize("form", ENCODERS)
def test_decoding_starts_with_the_first_packet_of_each_key_frame(form: str) -> None:
    made = frames(form)
    assert [frame.key for frame in made].count(True) > 1
    for frame in made:
        assert starts(form, frame.packets[0]) is frame.key


@pytest.mark.parametrize("form", sorted(ENCODERS.keys() - {"h264/constrained-baseline/1"}))
def test_decoding_starts_nowhere_else(form: str) -> None:
    assert not any(starts(form, packet) for frame in frames(form) for packet in frame.packets[1:])


def test_h264_starts_at_the_picture_too_when_its_parameter_set_came_in_a_packet_before() -> None:
    first = next(frame for frame in frames("h264/constrained-baseline/1") if frame.key)
    found = [starts("h264/constrained-baseline/1", packet) for packet in first.packets]
    assert 1 <= found.count(True) <= 2
    assert not found[-1]


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        (b"\x08" + KEY, True),  # as ffmpeg writes it: no numbers, nothing said of prediction
        (b"\x08" + INTER, False),
        (b"\x08" + INTRA_ONLY, False),
        (b"\x08" + SHOWN_AGAIN, False),
        (b"\x08" + HIGH_KEY, True),
        (b"\x08" + HIGH_INTER, False),
        (b"\x00" + KEY, False),  # goes on with a frame
        (b"\x48" + KEY, False),  # predicted from an earlier picture
        (b"\x88\x05" + KEY, True),
        (b"\xa8\x81\x05\x00\x07" + KEY, True),  # layers, in groups: T=0 S=0
        (b"\xb8\x81\x05\x00" + KEY, True),  # layers, flexible: no TL0PICIDX
        (b"\xb8\x81\x05\x03" + KEY, False),  # the second spatial layer of the same picture, S=1 D=1
        (b"\xb8\x81\x05\x02" + KEY, False),
        (b"\xba\x81\x05\x00\x18\x01\x00\x01\x00\x02\x04\x01\x14\x01" + KEY, True),  # structure, one layer
        (b"\x0a\x30\x00\xa0\x00\x78\x01\x40\x00\xf0" + KEY, True),  # two layers' resolutions, no group
        (b"\x0a\x30\x00\xa0\x00\x78\x01\x40\x00\xf0" + INTER, False),
        (b"\x0a\x08\x05\x04", False),  # a structure cut short
        (b"\x08", False),
        (b"", False),
    ],
)
def test_vp9_starts_with_the_lowest_layer_of_a_key_frame(payload: bytes, key: bool) -> None:
    assert vp9.parse(bytes(12) + payload, 12).key_frame is key


@pytest.mark.parametrize(
    ("payload", "numbers"),
    [
        (b"\x88\x05", (13, 5, False, 0, 0)),
        (b"\xa8\x81\x05\x00\x07", (13, 0x105, True, 16, 7)),
        (b"\xf8\x81\x05\x00\x03", (13, 0x105, True, 0, 0)),
        (b"\x28\x00\x07", (0, 0, False, 14, 7)),
        (b"\xa8\x81\x05\x00", (0, 0, False, 0, 0)),  # TL0PICIDX is missing
        (b"\xa8\x81\x05", (0, 0, False, 0, 0)),
        (b"\x88\x81", (0, 0, False, 0, 0)),
    ],
)
def test_vp9_numbers_stand_where_rfc_9628_puts_them(payload: bytes, numbers: tuple[object, ...]) -> None:
    found = vp9.parse(bytes(12) + payload, 12)
    assert (found.picture_at, found.picture, found.wide, found.tl0_at, found.tl0) == numbers


@pytest.mark.parametrize(
    ("payload", "starts"),
    [
        (b"\x18\x0a\x0b", True),  # N, one element
        (b"\x68\x0b\x08", True),  # N, two elements, the last goes on
        (b"\x10\x32\x00", False),
        (b"\x98\x0a\x0b", False),  # N and Z exclude one another
        (b"\x18", False),
        (b"", False),
    ],
)
def test_av1_starts_where_a_coded_video_sequence_does(payload: bytes, starts: bool) -> None:
    assert av1.starts_key_frame(bytes(12) + payload, 12) is starts


@pytest.mark.parametrize(
    ("payload", "starts"),
    [
        (b"\x65\x88", True),
        (b"\x65\x40", False),  # a later slice of an IDR picture
        (b"\x65", False),
        (b"\x7c\x85\x88", True),
        (b"\x7c\x85\x40", False),
        (b"\x78\x00\x02\x09\x10\x00\x04\x67\x42\xe0\x1f", True),  # an access unit delimiter before the set
        (b"\x78\x00\x02\x09\x10\x00\x02\x41\x9a", False),
        (b"\x78\x00\x00\x00\x00", False),
        (b"\x78\xff\xff\x41\x9a", False),
    ],
)
def test_h264_starts_with_the_first_slice_and_wherever_a_parameter_set_stands(payload: bytes, starts: bool) -> None:
    assert h264.starts_key_frame(bytes(12) + payload, 12) is starts


@given(st.sampled_from(sorted({*ENCODERS, "opus"})), st.binary(max_size=40), st.integers(0, 41))
def test_any_octets_read_as_something_in_any_codec(form: str, data: bytes, offset: int) -> None:
    descriptor, key = payloads.reader(form)(data, offset)
    assert isinstance(descriptor, vp8.Descriptor)
    assert key in {True, False}
