"""Packets over a stream of octets, however they are cut on the way."""

import pytest

from signaling.sfu.framing import BUFFER_SIZE, Frames, FramingError, framed
from signaling.sfu.srtp import CELL_SIZE

PACKETS = [b"a", bytes(CELL_SIZE), b"check", bytes(range(200))]


def feed(frames: Frames, octets: bytes) -> list[bytes]:
    frames.room()[: len(octets)] = octets
    return frames.take(len(octets))


@pytest.mark.parametrize("step", [1, 2, 3, 1000, 5000])
def test_packets_come_out_as_they_went_in(step: int) -> None:
    stream = b"".join(framed(packet) for packet in PACKETS) * 5
    frames = Frames()
    pieces = [stream[at : at + step] for at in range(0, len(stream), step)]
    assert [packet for piece in pieces for packet in feed(frames, piece)] == PACKETS * 5


def test_an_empty_packet_counts_for_nothing() -> None:
    assert feed(Frames(), framed(b"") * 3 + framed(b"x")) == [b"x"]


def test_a_packet_longer_than_any_of_ours_breaks_the_stream() -> None:
    with pytest.raises(FramingError):
        feed(Frames(), (CELL_SIZE + 1).to_bytes(2, "big"))


def test_there_is_always_room_for_more() -> None:
    frames = Frames()
    for _ in range(3 * BUFFER_SIZE):
        feed(frames, b"\x01")
        assert len(frames.room()) > BUFFER_SIZE // 2
