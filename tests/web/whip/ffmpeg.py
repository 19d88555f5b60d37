"""ffmpeg's WHIP muxer, which PyAV brings, as a program: `python -m tests.web.whip.ffmpeg URL TOKEN CERT KEY [active]`.

It publishes a moving bar and silence until it is ended, and asks for the DTLS role that it is told.
"""

import fractions
import itertools
import sys
import time

import av

FRAME_RATE, SAMPLE_RATE, SAMPLES = 25, 48_000, 960
WIDTH, HEIGHT = 320, 240


def picture(count: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes([count % 256]) * plane.buffer_size)
    frame.pts, frame.time_base = count, fractions.Fraction(1, FRAME_RATE)
    return frame


def sound(count: int) -> av.AudioFrame:
    frame = av.AudioFrame("s16", "stereo", SAMPLES)
    frame.planes[0].update(bytes(frame.planes[0].buffer_size))
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, count * SAMPLES, fractions.Fraction(1, SAMPLE_RATE)
    return frame


def main(url: str, token: str, certificate: str, key: str, role: str = "passive") -> None:
    options = {"authorization": token, "cert_file": certificate, "key_file": key}
    flags = {"whip_flags": "dtls_active"} if role == "active" else {}
    out = av.open(url, "w", format="whip", options={**options, **flags})
    encoder = {"profile": "baseline", "preset": "ultrafast", "tune": "zerolatency", "g": str(FRAME_RATE)}
    video = out.add_stream("libx264", rate=FRAME_RATE, options=encoder)
    video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    audio = out.add_stream("libopus", rate=SAMPLE_RATE)
    audio.layout = "stereo"
    began = time.monotonic()
    for count in itertools.count():
        for packet in (
            *video.encode(picture(count)),
            *audio.encode(sound(2 * count)),
            *audio.encode(sound(2 * count + 1)),
        ):
            out.mux(packet)
        time.sleep(max(0.0, began + count / FRAME_RATE - time.monotonic()))


if __name__ == "__main__":
    main(*sys.argv[1:])
