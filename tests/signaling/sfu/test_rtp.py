"""RTP packets: header extensions and retransmission, judged by aiortc's own codec too."""

import struct

import pytest
from aiortc.rtp import RtpPacket, unwrap_rtx, wrap_rtx
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu import rtp

sequences = st.integers(0, 0xFFFF)
elements = st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=5)


def packet(payload: bytes = b"payload", *, sequence: int = 7, extension: bytes = b"", first: int = 0x80) -> bytes:
    """An RTP packet of payload type 96."""
    return rtp.HEADER.pack(first | (0x10 if extension else 0), 0x80 | 96, sequence, 1000, 0xABCD) + extension + payload


def one_byte(found: dict[int, bytes]) -> bytes:
    block = b"".join(bytes((name << 4 | len(value) - 1,)) + value for name, value in found.items())
    block += bytes(-len(block) % 4)
    return struct.pack("!HH", rtp.ONE_BYTE_PROFILE, len(block) // 4) + block


def two_byte(found: dict[int, bytes]) -> bytes:
    block = b"".join(bytes((name, len(value))) + value for name, value in found.items())
    block += bytes(-len(block) % 4)
    return struct.pack("!HH", rtp.TWO_BYTE_PROFILE, len(block) // 4) + block


@given(elements)
def test_header_extensions_of_both_forms_are_found(found: dict[int, bytes]) -> None:
    for block in (one_byte(found), two_byte(found)):
        assert rtp.extensions(packet(extension=block)) == found


@given(elements)
def test_stripping_leaves_the_payload_as_it_was(found: dict[int, bytes]) -> None:
    assert rtp.strip_extensions(packet(extension=one_byte(found))) == packet()


def test_contributing_sources_stay_when_extensions_go() -> None:
    with_source = packet(b"SRCEpayload", first=0x81)
    extended = bytes((0x91,)) + with_source[1:16] + one_byte({1: b"x"}) + b"payload"
    assert rtp.strip_extensions(extended) == with_source


@given(st.binary(max_size=100), sequences, sequences)
def test_a_retransmission_restores_the_packet(payload: bytes, sequence: int, counter: int) -> None:
    original = packet(payload, sequence=sequence)
    wrapped = rtp.wrap_retransmission(original, 97, 0x1234, counter)
    assert rtp.restore_retransmission(wrapped, 96, 0xABCD) == original


def test_retransmissions_are_those_of_aiortc() -> None:
    original = packet()
    theirs = wrap_rtx(RtpPacket.parse(original), payload_type=97, sequence_number=9, ssrc=5)
    assert rtp.wrap_retransmission(original, 97, 5, 9) == theirs.serialize()
    assert rtp.restore_retransmission(theirs.serialize(), 96, 0xABCD) == unwrap_rtx(theirs, 96, 0xABCD).serialize()


def test_a_probe_of_mere_padding_restores_to_nothing() -> None:
    probe = bytes((0xA0,)) + packet(bytes(254) + b"\xff")[1:]
    assert rtp.restore_retransmission(probe, 96, 1) is None


def test_a_padded_retransmission_loses_its_padding() -> None:
    padded = bytes((0xA0,)) + packet(b"\x00\x07payload\x00\x02")[1:]
    assert rtp.restore_retransmission(padded, 96, 0xABCD) == packet()


@pytest.mark.parametrize("cut", [packet(extension=one_byte({1: b"abc"}))[:13], bytes((0x8F,)) + bytes(20)])
def test_a_cut_header_is_refused(cut: bytes) -> None:
    with pytest.raises(rtp.RtpError):
        rtp.payload_offset(cut)


@given(st.binary(min_size=12, max_size=80))
def test_noise_raises_nothing_else(data: bytes) -> None:
    for read in (rtp.extensions, rtp.strip_extensions, lambda each: rtp.restore_retransmission(each, 96, 1)):
        try:
            read(data)
        except rtp.RtpError:
            continue
