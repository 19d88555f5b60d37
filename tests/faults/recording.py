"""Browsers are recorded while they come, go, mute and change the size of their pictures; then the files are judged.

Usage: python -m tests.faults.recording [--seconds N] [--folder FOLDER]

Each page beeps every second, and flashes when its own microphone track is loud: what the browser's sound system does
before, on a busy machine, is no matter of ours. In its file the beep must stand within 80 ms of the flash, the file
must decode without a fault, and Chromium must play it to its end.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import av
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright

from signaling.media import Answer, Event, Leave, Mute, Offer, PeerId, Record, Recorded, RoomId, Take
from signaling.media import EndRecording as End
from signaling.sfu import Sfu, SfuSettings
from signaling.sfu.recording import File, seal
from tests.signaling.sfu.browsers import launch

NAMES = ("ann", "bob", "eve")
ROOM = RoomId("room")
SIZES = ((640, 360), (320, 240), (960, 540), (480, 360))
APART_SECONDS = 0.08
BRIGHT, LOUD = 140, 0.05
PART = 240
LASTING = 15
PATIENCE = 30.0

PAGE = """<!doctype html><title>Recorded</title><body><canvas width=640 height=360></canvas><script>
const canvas = document.querySelector("canvas"), ink = canvas.getContext("2d");
let sound, tone, pc, start, loud = false;
function tick() {
  ink.fillStyle = loud ? "#fff" : "#123";
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.fillStyle = "#f00";
  ink.fillRect((sound.currentTime % 1) * canvas.width, 0, 8, 8);
}
async function listen(microphone) {
  const reader = new MediaStreamTrackProcessor({track: microphone.clone()}).readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const samples = new Float32Array(next.value.numberOfFrames);
    next.value.copyTo(samples, {planeIndex: 0, format: "f32-planar"});
    next.value.close();
    const before = loud;
    loud = Math.max(...samples) > 0.05;
    if (loud !== before) tick();
  }
}
async function join(peer) {
  sound ||= new AudioContext({latencyHint: 0});
  await sound.resume();
  const microphone = sound.createMediaStreamDestination(), volume = sound.createGain();
  tone = sound.createOscillator();
  tone.frequency.value = 880;
  volume.gain.value = 0;
  start = Math.ceil(sound.currentTime) + 1;
  for (let second = 0; second < 2000; second++) {
    volume.gain.setValueAtTime(0.5, start + second);
    volume.gain.setValueAtTime(0, start + second + 0.3);
  }
  tone.connect(volume).connect(microphone);
  tone.start();
  void listen(microphone.stream.getAudioTracks()[0]);
  clearInterval(window.timer);
  window.timer = setInterval(tick, 20);
  const stream = canvas.captureStream(30);
  pc?.close();
  pc = window.pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  pc.addTransceiver(microphone.stream.getAudioTracks()[0], {direction: "sendonly", streams: [stream]});
  pc.addTransceiver(stream.getVideoTracks()[0], {direction: "sendonly", streams: [stream]});
  for (let count = 0; count < 2; count++) {
    pc.addTransceiver("audio", {direction: "recvonly"});
    pc.addTransceiver("video", {direction: "recvonly"});
  }
  await pc.setLocalDescription(await pc.createOffer());
  const answer = await fetch("/offer/" + peer, {method: "POST", body: pc.localDescription.sdp});
  await pc.setRemoteDescription({type: "answer", sdp: await answer.text()});
}
function resize(width, height) { canvas.width = width; canvas.height = height; }
async function play(name) {
  const video = document.createElement("video");
  video.src = "/media/" + name;
  video.muted = true;
  video.playbackRate = 16;
  document.body.append(video);
  await video.play();
  const ended = new Promise(resolve => video.onended = resolve);
  const failed = new Promise((_, reject) => video.onerror = () => reject(new Error(video.error.message)));
  await Promise.race([ended, failed]);
  return {seconds: video.currentTime, frames: video.webkitDecodedFrameCount, sound: video.webkitAudioDecodedByteCount};
}
</script>"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file gave back: its length, how far beeps are from their flashes, and what Chromium played of it.

    `apart_most` is what lasted: the greatest median of so many beeps in a row. On a busy machine the page itself draws
    a single flash late.
    """

    publisher: str
    seconds: float
    pictures: int
    beeps: int
    apart_median: float
    apart_most: float
    played: float


class Stage:
    """An SFU that records, and a page for each participant."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self.sfu = Sfu(SfuSettings(udp_port=0, announced_addresses=("127.0.0.1",)), self.events.append)
        self.pages: dict[str, Page] = {}
        self.peers: dict[str, PeerId] = {}
        self._comings = 0

    def routes(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/", self._page), web.post("/offer/{peer}", self._offer)])
        app.router.add_static("/media/", self.folder)
        return app

    async def _page(self, _: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def _offer(self, request: web.Request) -> web.Response:
        peer = PeerId(request.match_info["peer"])
        answer = await self.sfu.negotiate(Offer(peer, ROOM, await request.text()))
        assert isinstance(answer, Answer), answer
        return web.Response(text=answer.sdp)

    async def come(self, name: str) -> None:
        """Joins, for the first time or again, and is recorded."""
        self._comings += 1
        peer = self.peers[name] = PeerId(f"{name}{self._comings}")
        await self.pages[name].evaluate(f"join('{peer}')")
        self.sfu.command(Record(peer, Take("rec", str(self.folder), name, name.title())))

    def go(self, name: str) -> None:
        self.sfu.command(Leave(self.peers[name]))

    def mute(self, name: str, *, muted: bool) -> None:
        for kind in ("audio", "video"):
            self.sfu.command(Mute(self.peers[name], kind, muted=muted))

    async def end(self) -> None:
        self.sfu.command(End(ROOM, "rec"))
        async with asyncio.timeout(PATIENCE):
            while Recorded("rec") not in self.events:  # noqa: ASYNC110 - the recorder has the event
                await asyncio.sleep(0.05)


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[tuple[Stage, Browser, str]]:
    """An SFU, a server for its pages, and a browser."""
    made = Stage(folder)
    await made.sfu.open()
    async with TestServer(made.routes()) as server, async_playwright() as playwright:
        browser = await launch(playwright, "chromium")
        yield made, browser, str(server.make_url("/"))
        await browser.close()
        await made.sfu.close()


async def film(stage: Stage, browser: Browser, url: str, seconds: float) -> None:
    """Records for so many seconds, while something changes in each eighth of them."""
    for name in NAMES:
        context = await browser.new_context()
        stage.pages[name] = await context.new_page()
        await stage.pages[name].goto(url)
    ends = time.monotonic() + seconds
    for name in NAMES[:2]:
        await stage.come(name)
    turn = 0
    while time.monotonic() < ends:
        await asyncio.sleep(min(seconds / 8, 12.0))
        await _CHANGES[turn % len(_CHANGES)](stage, turn)
        turn += 1
    await stage.end()


async def _eve_comes(stage: Stage, _turn: int) -> None:
    await stage.come("eve")


async def _sizes_change(stage: Stage, turn: int) -> None:
    width, height = SIZES[turn % len(SIZES)]
    for name in NAMES:
        await stage.pages[name].evaluate(f"resize({width}, {height})")


async def _bob_is_muted(stage: Stage, _turn: int) -> None:
    stage.mute("bob", muted=True)


async def _bob_is_heard(stage: Stage, _turn: int) -> None:
    stage.mute("bob", muted=False)


async def _eve_goes(stage: Stage, _turn: int) -> None:
    stage.go("eve")


async def _ann_comes_back(stage: Stage, _turn: int) -> None:
    """As after a lost network: another connection of the same person."""
    stage.go("ann")
    await stage.come("ann")


_CHANGES = (_eve_comes, _bob_is_muted, _sizes_change, _bob_is_heard, _ann_comes_back, _eve_goes)


def judge(folder: Path, publisher: str, file: File, played: float) -> Verdict:
    """Decodes a file and holds each beep against the flash nearest to it."""
    flashes, pictures = starts(folder / file.name, "video", brightness, BRIGHT)
    beeps, _ = starts(folder / file.name, "audio", loudness, LOUD)
    apart = [min((beep - flash for flash in flashes), key=abs, default=float("inf")) for beep in beeps]
    near = [each for each in apart if abs(each) < 0.5]  # one whose picture was late, muted or lost has no partner
    if len(near) < 0.8 * len(apart) or not near:
        raise RuntimeError(f"{publisher}: only {len(near)} of {len(apart)} beeps have a flash")
    most = max(abs(statistics.median(near[at : at + LASTING])) for at in range(max(1, len(near) - LASTING + 1)))
    usual = abs(statistics.median(near))
    return Verdict(publisher, file.milliseconds / 1000, pictures, len(beeps), usual, most, played)


def starts(
    path: Path, kind: str, level: Callable[[av.VideoFrame | av.AudioFrame], list[tuple[float, float]]], threshold: float
) -> tuple[list[float], int]:
    """When a level rises above a threshold, and how many frames there were."""
    found, above, frames = [], False, 0
    with av.open(str(path)) as container:
        for frame in container.decode(next(each for each in container.streams if each.type == kind)):
            assert isinstance(frame, av.VideoFrame | av.AudioFrame)
            frames += 1
            for at, value in level(frame):
                if value > threshold and not above:
                    found.append(at)
                above = value > threshold
    return found, frames


def brightness(frame: av.VideoFrame | av.AudioFrame) -> list[tuple[float, float]]:
    """How bright a picture is, apart from what moves at its top."""
    assert isinstance(frame, av.VideoFrame)
    plane = frame.reformat(width=16, height=16, format="gray").planes[0]
    row = bytes(plane)[8 * plane.line_size : 8 * plane.line_size + 16]
    return [(float(frame.time or 0), sum(row) / len(row))]


def loudness(frame: av.VideoFrame | av.AudioFrame) -> list[tuple[float, float]]:
    """The level of each part of a packet of sound."""
    assert isinstance(frame, av.AudioFrame)
    begins, rate = float(frame.time or 0), frame.sample_rate
    (plain,) = av.AudioResampler("s16", "mono").resample(frame)
    samples = array("h", bytes(plain.planes[0])[: 2 * plain.samples])
    parts = ((at, samples[at : at + PART]) for at in range(0, len(samples), PART))
    return [(begins + at / rate, max(map(abs, part)) / 32768) for at, part in parts]


async def run(folder: Path, seconds: float) -> list[Verdict]:
    """Records, seals, plays and judges.

    Raises:
        RuntimeError: Something is wrong with a file; the sentence says what.
    """
    async with stage(folder) as (made, browser, url):
        await film(made, browser, url, seconds)
        sealed = await asyncio.to_thread(seal, folder)
        assert sealed is not None
        page = await browser.new_page()
        await page.goto(url)
        verdicts = []
        for publisher in sealed.publishers:
            (file,) = publisher.files
            played = await page.evaluate(f"play('{file.name}')")
            verdicts.append(await asyncio.to_thread(judge, folder, publisher.id, file, played["seconds"]))
    check(verdicts)
    return verdicts


def check(verdicts: list[Verdict]) -> None:
    if {each.publisher for each in verdicts} != set(NAMES):
        raise RuntimeError(f"recorded were {[each.publisher for each in verdicts]}")
    for each in verdicts:
        if each.apart_most > APART_SECONDS:
            raise RuntimeError(f"{each.publisher}: sound and picture are {each.apart_most:.3f} s apart")
        if abs(each.played - each.seconds) > 1:
            raise RuntimeError(f"{each.publisher}: Chromium played {each.played:.1f} of {each.seconds:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.recording")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path, help="where the files stay; else they go")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for verdict in asyncio.run(run(chosen.folder or Path(scratch), chosen.seconds)):
            print(json.dumps(asdict(verdict)), flush=True)
    print("sound and picture are together", file=sys.stderr)


if __name__ == "__main__":
    main()
