"""What a camera sends in any codec plays again out of the file."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from aiortc.codecs.h264 import H264Encoder

from signaling.sfu.recording.line import Line
from signaling.sfu.recording.obu import DELIMITER
from signaling.sfu.recording.reel import Reel
from tests.signaling.sfu.recording.media import FPS, VIDEO_CLOCK, Sender, pictures, pieces, seen, vp8_payload

STRUCTURE = struct.pack("!BHHBBB", 0x18, 64, 48, 1, 0x04, 1)
COUNT = 6

Cut: TypeAlias = Callable[[bytes, bool], Iterator[bytes]]


def vp8(data: bytes, key: bool) -> Iterator[bytes]:
    del key
    for piece, first, _ in pieces(data):
        yield vp8_payload(piece, first=first)


def vp9(data: bytes, key: bool) -> Iterator[bytes]:
    """As Chromium does: picture number, layer indices, and in key frames the structure."""
    for piece, first, last in pieces(data):
        tells = key and first
        head = 0xA0 | (0 if key else 0x40) | 0x08 * first | 0x04 * last | 0x02 * tells
        yield struct.pack("!BHBB", head, 0x8005, 0, 7) + STRUCTURE * tells + piece


def flexible_vp9(data: bytes, key: bool) -> Iterator[bytes]:
    """As a sender with flexible references does."""
    for piece, first, last in pieces(data):
        head = 0x90 | (0 if key else 0x40) | 0x08 * first | 0x04 * last
        yield bytes((head, 5)) + (b"" if key else b"\x03\x04") + piece


def h264(data: bytes, key: bool) -> Iterator[bytes]:
    del key
    yield from H264Encoder._packetize(H264Encoder._split_bitstream(data))


def av1(data: bytes, key: bool) -> Iterator[bytes]:
    """One unit in a packet, long ones in several."""
    units = [unit for unit in _units(data) if unit[0] >> 3 & 0x0F != DELIMITER]
    for place, unit in enumerate(units):
        for piece, first, last in pieces(unit, 400):
            head = 0x10 | 0x80 * (not first) | 0x40 * (not last) | 0x08 * (key and place == 0 and first)
            yield bytes((head,)) + piece


def _units(data: bytes) -> Iterator[bytes]:
    """Open bitstream units without their length."""
    while data:
        size = shift = 0
        at = 1
        while True:
            size |= (data[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not data[at - 1] & 0x80:
                break
        yield bytes((data[0] & ~0x02,)) + data[at : at + size]
        data = data[at + size :]


@pytest.mark.parametrize(
    ("codec", "encoder", "cut"),
    [
        ("vp8", "libvpx", vp8),
        ("vp9/0", "libvpx-vp9", vp9),
        ("vp9/0", "libvpx-vp9", flexible_vp9),
        ("h264/42e0", "libx264", h264),
        ("av1", "libsvtav1", av1),
    ],
)
def test_every_codec_plays_again(tmp_path: Path, codec: str, encoder: str, cut: Cut) -> None:
    sender, line = Sender(), Line("video", {96: codec})
    reel = Reel(tmp_path, 0)
    for number, data in enumerate(pictures(encoder, COUNT)):
        payloads = list(cut(data, number == 0))
        ticks = number * VIDEO_CLOCK // FPS
        drips = [sender.packet(each, ticks, 0, marker=each is payloads[-1]) for each in payloads]
        for frame in line.feed(b"".join(drips), 0):
            reel.add("video", frame.codec, 1000 * frame.ticks / VIDEO_CLOCK, frame.picture)
    reel.finish()
    assert [(each.width, each.height) for each in seen(tmp_path / reel.name)] == [(64, 48)] * COUNT
    assert (reel.tracks[0].width, reel.tracks[0].height) == (64, 48)
