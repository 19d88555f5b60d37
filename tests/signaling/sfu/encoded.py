"""RTP packets of real encoders, cut by ffmpeg's packetizers, which know nothing of ours."""

import fractions
import functools
from dataclasses import dataclass
from typing import Final

import av

RATE: Final = 15
WIDTH, HEIGHT = 160, 120
FRAMES, GROUP = 20, 8
"""Enough for a key frame at the start and two later ones."""

MUXER: Final = {"packetsize": "600", "strict": "experimental"}
ENCODERS: Final = {
    "vp8": ("libvpx", {"deadline": "realtime"}),
    "vp9/0": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}),
    "av1/0": ("libsvtav1", {"preset": "11", "svtav1-params": "pred-struct=1:lookahead=0"}),
    "h264/constrained-baseline/1": ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded frame as RTP packets."""

    key: bool
    packets: tuple[bytes, ...]


class _Wire:
    """What the muxer writes to: one call for each packet."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.packets.append(bytes(data))
        return len(data)

    def take(self) -> tuple[bytes, ...]:
        """The media packets since the last call; ffmpeg puts sender reports between them."""
        packets, self.packets = self.packets, []
        return tuple(each for each in packets if each[1] != 200)


@functools.cache
def frames(form: str) -> tuple[Frame, ...]:
    """A short moving picture in a format."""
    encoder, options = ENCODERS[form]
    wire, made = _Wire(), []
    with av.open(wire, "w", format="rtp", options=MUXER) as container:
        stream = container.add_stream(encoder, rate=RATE, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = GROUP
        for picture in [*map(_picture, range(FRAMES)), None]:
            for packet in stream.encode(picture):
                key = packet.is_keyframe
                container.mux(packet)
                made.append(Frame(key, wire.take()))
    return tuple(made)


def _picture(number: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes((number * 9 + place * 7) % 256 for place in range(plane.buffer_size)))
    frame.pts, frame.time_base = number, fractions.Fraction(1, RATE)
    return frame
