"""Encoded media to record, and what files give back."""

import fractions
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext

from signaling.sfu import rtp
from signaling.sfu.engine.base import DRIP

FPS = 20
VIDEO_CLOCK, AUDIO_CLOCK = 90_000, 48_000
TONE = bytes.fromhex("f8") + bytes(range(1, 60))


def pictures(codec: str, count: int, width: int = 64, height: int = 48) -> list[bytes]:
    """Encoded pictures, the first a key frame; H264 with start codes, AV1 as open bitstream units."""
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base = fractions.Fraction(1, FPS)
    context.options = OPTIONS[codec]
    frames = [frame(number, width, height) for number in range(count)]
    return [bytes(packet) for each in (*frames, None) for packet in context.encode(each)]


OPTIONS = {
    "libvpx": {"deadline": "realtime", "lag-in-frames": "0", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "lag-in-frames": "0", "cpu-used": "8"},
    "libx264": {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"},
    "libsvtav1": {"preset": "12", "svtav1-params": "pred-struct=1:lookahead=0"},
    "libaom-av1": {"usage": "realtime", "cpu-used": "10", "lag-in-frames": "0"},
}


def frame(number: int, width: int, height: int) -> av.VideoFrame:
    """A picture that differs from every other."""
    made = av.VideoFrame(width, height, "yuv420p")
    for plane in made.planes:
        plane.update(random.Random(number).randbytes(plane.buffer_size))
    made.pts, made.time_base = number, fractions.Fraction(1, FPS)
    return made


def drip(
    sequence: int, ticks: int, payload: bytes, *, at: float = 0.0, marker: bool = False, payload_type: int = 96
) -> bytes:
    """A packet as a tap gives it."""
    second = payload_type | (rtp.MARKER_BIT if marker else 0)
    packet = rtp.HEADER.pack(0x80, second, sequence & 0xFFFF, ticks & 0xFFFFFFFF, 1) + payload
    return DRIP.pack(at, len(packet)) + packet


def pieces(data: bytes, size: int = 1000) -> Iterator[tuple[bytes, bool, bool]]:
    """A picture cut for packets: each piece, and whether it is the first and the last."""
    for start in range(0, len(data), size):
        yield data[start : start + size], start == 0, start + size >= len(data)


def vp8_payload(piece: bytes, *, first: bool) -> bytes:
    """A piece behind a descriptor with a long picture number, TL0PICIDX and TID."""
    return struct.pack("!BBHBB", 0x90 if first else 0x80, 0xE0, 0x8005, 7, 0x20) + piece


class Sender:
    """A source that counts its packets."""

    def __init__(self, sequence: int = 65_530) -> None:
        self.sequence = sequence

    def picture(self, data: bytes, ticks: int, at: float = 0.0) -> list[bytes]:
        """A VP8 picture as packets out of a tap."""
        return [
            self.packet(vp8_payload(piece, first=first), ticks, at, marker=last) for piece, first, last in pieces(data)
        ]

    def sound(self, ticks: int, at: float = 0.0) -> bytes:
        return self.packet(TONE, ticks, at, payload_type=111)

    def packet(self, payload: bytes, ticks: int, at: float, *, marker: bool = False, payload_type: int = 96) -> bytes:
        self.sequence += 1
        return drip(self.sequence, ticks, payload, at=at, marker=marker, payload_type=payload_type)


def times(path: Path, kind: str) -> list[float]:
    """Seconds at which a file's frames of a kind start, as a player is told."""
    with av.open(str(path)) as container:
        streams = [stream for stream in container.streams if stream.type == kind]
        found = [packet for packet in container.demux(streams) if packet.size]
        return [float(packet.pts * packet.time_base) for packet in found if packet.pts is not None]


def seen(path: Path) -> list[av.VideoFrame]:
    """A file's pictures, decoded."""
    with av.open(str(path)) as container:
        return list(container.decode(container.streams.video[0]))


def heard(path: Path) -> list[av.AudioFrame]:
    """A file's sound, decoded."""
    with av.open(str(path)) as container:
        return list(container.decode(container.streams.audio[0]))
