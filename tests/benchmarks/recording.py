"""What recording costs, and what decoding and encoding the same would cost instead."""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from signaling.sfu import rtcp, rtp
from signaling.sfu.recording import manifest
from tests.benchmarks.load import CLOCK, LOCAL, Clip, Endpoint, record_clip

PUBLISHERS = 20
PAIRS = 5
WINDOW_SECONDS = 3.0
SETTLE_SECONDS = 1.0
CLOSING_SECONDS = 10.0
OPUS = 111
SOUND_CLOCK = 48_000
SOUND_MS = 20
SOUND = b"\xf8" + bytes(range(1, 80))
"""About 32 kbit/s, as a microphone gives."""
NTP_EPOCH = 2_208_988_800
REPORT_EVERY = 1.0
MIN_SHARE = 0.7
LARGEST_SILENCE = 20


class Publisher(Endpoint):
    """An endpoint with a camera and a microphone, whose sender reports say when."""

    def __init__(self) -> None:
        super().__init__("sendonly")
        self._sound_ssrc = self._ssrc ^ 1
        self._sound_sequence = 0

    def offer(self) -> str:
        port = self.socket.getsockname()[1]
        sound = [
            f"m=audio {port} UDP/TLS/RTP/SAVPF {OPUS}",
            f"c=IN IP4 {LOCAL}",
            "a=mid:sound",
            f"a=ice-ufrag:{self._ours.ufrag}",
            f"a=ice-pwd:{self._ours.password}",
            f"a=fingerprint:sha-256 {self._secure.fingerprint}",
            "a=setup:active",
            "a=rtcp-mux",
            "a=sendonly",
            f"a=rtpmap:{OPUS} opus/{SOUND_CLOCK}/2",
            "a=msid:stream sound",
            f"a=ssrc:{self._sound_ssrc} cname:load",
        ]
        return super().offer().replace("a=group:BUNDLE 0", "a=group:BUNDLE 0 sound") + "\r\n".join(sound) + "\r\n"

    def talk(self) -> None:
        """Sends sound and sender reports until the endpoint is closed."""
        self._tasks.append(asyncio.create_task(self._talk()))

    async def _talk(self) -> None:
        started, reported = time.monotonic(), 0.0
        number = 0
        while True:
            self._send_sound(number)
            number += 1
            now = time.monotonic()
            if now - reported >= REPORT_EVERY:
                reported = now
                self._report(now - started)
            await asyncio.sleep(max(0.0, started + number * SOUND_MS / 1000 - time.monotonic()))

    def _send_sound(self, number: int) -> None:
        timestamp = number * SOUND_CLOCK * SOUND_MS // 1000
        head = rtp.HEADER.pack(0x80, OPUS, number & 0xFFFF, timestamp & 0xFFFFFFFF, self._sound_ssrc)
        self._send(self._sealed(head + SOUND))

    def _report(self, elapsed: float) -> None:
        assert self.keys is not None
        ntp = int((time.time() + NTP_EPOCH) * 2**32)
        for ssrc, clock in ((self._ssrc, CLOCK), (self._sound_ssrc, SOUND_CLOCK)):
            report = rtcp.SenderReport(ssrc, ntp, int(elapsed * clock) & 0xFFFFFFFF, 0, 0)
            self._send(self.keys.protect_rtcp(rtcp.build([report])))


class Recording(Protocol):
    """A server that records."""

    async def publish(self, sdp: str) -> str:
        """Answers a publisher's offer."""

    async def post(self, path: str, body: str) -> str:
        """Asks for something else."""

    async def load(self, settle: float, window: float) -> float:
        """Its share of a core over a window."""


Start: TypeAlias = Callable[[], AbstractAsyncContextManager[Recording]]


async def one_round(start: Start) -> dict[str, float]:
    """Publishers alone, the same publishers recorded, and what was recorded decoded and encoded again."""
    clip = record_clip(seconds=1)  # whose key frames come often: nobody here makes one when asked
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording = await share_of_a_core(start, clip, folder)
        publishers = recorded(folder)
        pictures = [check_complete(folder, each, clip.per_second) for each in publishers]
        if len(publishers) != PUBLISHERS:
            raise RuntimeError(f"{len(publishers)} of {PUBLISHERS} publishers are recorded")
        source = folder / publishers[0].files[0].name
        transcoding = transcode(source, folder / "again.mp4") * clip.per_second / pictures[0]
    print(f"recording {recording:.3%}, transcoding {transcoding:.2%} of a core for a publisher", file=sys.stderr)
    return {"recording_core_percent": 100 * recording, "transcode_vs_recording": transcoding / recording}


def recorded(folder: Path) -> tuple[manifest.Publisher, ...]:
    (part,) = folder.glob(f"*{manifest.PART}")
    return manifest.read(part).publishers


def is_closed(folder: Path) -> bool:
    """Whether the manifest says so."""
    return any(manifest.read(part).ends for part in folder.glob(f"*{manifest.PART}"))


async def share_of_a_core(start: Start, clip: Clip, folder: Path) -> float:
    """What share of a core it costs the server more to record one publisher."""
    async with start() as under_test:
        publishers = [Publisher() for _ in range(PUBLISHERS)]
        for each in publishers:
            await each.join(under_test.publish)
            each.play(clip)
            each.talk()
        more = [await _difference(under_test, folder) for _ in range(PAIRS)]
        await under_test.post("/end/room", "")
        async with asyncio.timeout(CLOSING_SECONDS):
            while not is_closed(folder):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.1)
        for each in publishers:
            await each.close()
    return statistics.median(more) / PUBLISHERS


async def _difference(under_test: Recording, folder: Path) -> float:
    """What share of a core the server needs more with the recorder than right before and right after without."""
    before = await under_test.load(SETTLE_SECONDS, WINDOW_SECONDS)
    await under_test.post("/record/room", str(folder))
    recorded = await under_test.load(SETTLE_SECONDS, WINDOW_SECONDS)
    await under_test.post("/pause/room", "")
    after = await under_test.load(SETTLE_SECONDS, WINDOW_SECONDS)
    return recorded - (before + after) / 2


def check_complete(folder: Path, publisher: manifest.Publisher, per_second: int) -> int:
    """Raises when something is missing: a recorder that writes nothing is cheap. Gives how many pictures there are."""
    (file,) = publisher.files
    with av.open(str(folder / file.name)) as container:
        kinds = [packet.stream.type for packet in packets(container) if packet.size > LARGEST_SILENCE]
    least = MIN_SHARE * PAIRS * (SETTLE_SECONDS + WINDOW_SECONDS)
    if kinds.count("video") < least * per_second or kinds.count("audio") < least * 1000 / SOUND_MS:
        raise RuntimeError(f"{publisher.id}: {kinds.count('video')} pictures, {kinds.count('audio')} packets of sound")
    return kinds.count("video")


def packets(container: InputContainer) -> Iterator["Packet[Any]"]:
    return (packet for packet in container.demux() if packet.size)


def transcode(source: Path, target: Path) -> float:
    """Decodes a file and encodes it as aiortc's MediaRecorder does; the CPU seconds of it."""
    began = time.process_time()
    with av.open(str(source)) as read, av.open(str(target), "w") as written:
        _transcode(read, written)
    return time.process_time() - began


def _transcode(read: InputContainer, written: OutputContainer) -> None:
    picture = written.add_stream("libx264", rate=30)
    seen = read.streams.video[0].codec_context
    picture.width, picture.height, picture.pix_fmt = seen.width, seen.height, "yuv420p"
    sound = written.add_stream("aac", rate=SOUND_CLOCK)
    for frame in read.decode():
        if isinstance(frame, av.VideoFrame):
            written.mux(picture.encode(frame))
        elif isinstance(frame, av.AudioFrame):
            written.mux(sound.encode(frame))
    written.mux(picture.encode(None))
    written.mux(sound.encode(None))
