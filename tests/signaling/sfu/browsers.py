"""Real browsers meet through the SFU: a page with one connection each, and what its `getStats` says.

`python -m tests.signaling.sfu.browsers chromium firefox` runs it alone, which the namespace tests do; `change` before
the kinds lets one page go between the qualities of another's picture.
"""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from typing import Final, Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, Playwright, async_playwright

from signaling.media import Answer, Event, Offer, PeerId, Quality, RoomId, Slot, SlotsChanged, SlotWish, Want
from signaling.sfu import Sfu, SfuSettings
from signaling.sfu.sdp import Limits

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
FIREFOX_PREFERENCES: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}
SLOTS = 4
USUAL_LIMITS = Limits()
SETTLED = 10
CHANGES: Final[tuple[tuple[Quality, int], ...]] = (
    ("f", 960),
    ("q", 240),
    ("f", 960),
    ("h", 480),
    ("q", 240),
    ("f", 960),
)
"""Qualities in the order in which they are wanted, and how wide their pictures are."""
PATIENCE = 40.0

PAGE = r"""<!doctype html><title>SFU</title><body><script>
const LAYERS = [
  {rid: "q", scaleResolutionDownBy: 4, maxBitrate: 120000},
  {rid: "h", scaleResolutionDownBy: 2, maxBitrate: 450000},
  {rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1800000},
];
async function join(name, slots, layered) {
  const video = {width: layered ? 960 : 320, height: layered ? 540 : 240, frameRate: 15};
  const stream = await navigator.mediaDevices.getUserMedia({video, audio: true});
  connect();
  for (const track of stream.getTracks()) {
    const sendEncodings = layered && track.kind === "video" ? LAYERS : [{}];
    pc.addTransceiver(track, {direction: "sendonly", streams: [stream], sendEncodings});
  }
  const channel = window.channel = pc.createDataChannel("pointer");
  window.heard = [];
  channel.onmessage = event => heard.push(event.data);
  receive(slots);
  await offer(name);
}
function connect() {
  window.pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  pc.ontrack = event => {
    const element = document.createElement(event.track.kind);
    element.autoplay = true; element.muted = true;
    element.srcObject = new MediaStream([event.track]);
    document.body.append(element);
  };
}
function receive(slots) {
  for (let count = 0; count < slots; count++) {
    pc.addTransceiver("audio", {direction: "recvonly"});
    pc.addTransceiver("video", {direction: "recvonly"});
  }
}
async function offer(name, options) {
  await pc.setLocalDescription(await pc.createOffer(options));
  const answer = await fetch("/offer/" + name, {method: "POST", body: pc.localDescription.sdp});
  await pc.setRemoteDescription({type: "answer", sdp: without(window.blocked, await answer.text())});
}
function without(transport, sdp) {
  return sdp.split("\r\n").filter(line => !line.match(`^a=candidate:\\S+ 1 ${transport} `)).join("\r\n");
}
async function transports() {
  const stats = await pc.getStats(), pairs = [];
  stats.forEach(each => { if (each.type === "candidate-pair" && each.nominated) pairs.push(each); });
  return pairs.map(pair => stats.get(pair.localCandidateId).protocol);
}
async function hum() {
  const context = new AudioContext(), tone = context.createOscillator();
  const microphone = context.createMediaStreamDestination();
  tone.connect(microphone);
  tone.start();
  await pc.getSenders().find(each => each.track?.kind === "audio").replaceTrack(microphone.stream.getAudioTracks()[0]);
}
async function pictures() {
  const found = [];
  (await pc.getStats()).forEach(each => {
    if (each.type === "inbound-rtp" && each.kind === "video" && each.frameWidth)
      found.push({mid: each.mid, width: each.frameWidth, frames: each.framesDecoded, freezes: each.freezeCount || 0});
  });
  return found;
}
async function received() {
  const video = {}, audio = {};
  let lost = 0, freezes = 0;
  (await pc.getStats()).forEach(each => {
    if (each.type !== "inbound-rtp") return;
    lost += each.packetsLost || 0; freezes += each.freezeCount || 0;
    if (each.kind === "video" && each.framesDecoded) video[each.mid || each.id] = each.framesDecoded;
    if (each.kind === "audio" && each.packetsReceived) audio[each.mid || each.id] = each.packetsReceived;
  });
  return {state: pc.connectionState, video: Object.values(video), audio: Object.values(audio), lost, freezes};
}
</script>"""


@dataclass
class Received:
    """What one page decoded of the others."""

    state: str
    video: list[int]
    audio: list[int]
    lost: int
    freezes: int

    def sees(self, others: int) -> bool:
        """Whether pictures and sound of that many others came."""
        return len([count for count in self.video if count > SLOTS]) >= others <= len(self.audio)


@dataclass
class Picture:
    """What a page has decoded in one slot."""

    mid: str
    width: int
    frames: int
    freezes: int


def application(sfu: Sfu) -> web.Application:
    """Serves the page and takes its offers."""
    revisions: dict[str, int] = {}

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def offer(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        revisions[name] = revisions.get(name, 0) + 1
        text = await request.text()
        answer = await sfu.negotiate(Offer(PeerId(name), RoomId("room"), text, revisions[name], name))
        if isinstance(answer, Answer):
            return web.Response(text=answer.sdp)
        return web.Response(status=422, text=answer.sentence)

    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/offer/{name}", offer)])
    return app


async def launch(playwright: Playwright, kind: str, *more: str) -> Browser:
    """Starts Debian's browser of a kind with a fake camera; `more` are arguments of Chromium's."""
    path = os.environ.get(f"VCLASS_{kind.upper()}") or shutil.which(kind) or shutil.which(f"{kind}-esr")
    if kind == "chromium":
        return await playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGUMENTS, *more])
    return await playwright.firefox.launch(
        channel="moz-firefox", executable_path=path, firefox_user_prefs=FIREFOX_PREFERENCES
    )


async def pictures(page: Page) -> list[Picture]:
    return [Picture(**each) for each in await page.evaluate("pictures()")]


async def received(page: Page) -> Received:
    return Received(**await page.evaluate("received()"))


class Meeting:
    """Pages of one room, each in a browser context of its own."""

    def __init__(self, addresses: tuple[str, ...], limits: Limits = USUAL_LIMITS, *, budgets: bool = False) -> None:
        self.events: list[Event] = []
        settings = SfuSettings(udp_port=0, announced_addresses=addresses, offer_limits=limits, budgets=budgets)
        self.sfu = Sfu(settings, self.events.append)
        self.pages: list[Page] = []
        self._stack = AsyncExitStack()
        self._browsers: dict[str, Browser] = {}

    async def __aenter__(self) -> Self:
        await self.sfu.open()
        self._stack.push_async_callback(self.sfu.close)
        self._server = TestServer(application(self.sfu))
        await self._server.start_server()
        self._stack.push_async_callback(self._server.close)
        self._playwright = await self._stack.enter_async_context(async_playwright())
        return self

    async def __aexit__(self, *_: object) -> None:
        for browser in self._browsers.values():
            await browser.close()
        await self._stack.aclose()

    async def join(self, kind: str, slots: int = SLOTS, *, layered: bool = False, before: str = "") -> Page:
        page = await self.open(kind, before)
        await page.evaluate(f"join('p{len(self.pages) - 1}', {slots}, {json.dumps(layered)})")
        return page

    async def open(self, kind: str, before: str = "") -> Page:
        """A page in a browser context of its own, not yet in the room; the script ``before`` runs in it first."""
        if kind not in self._browsers:
            self._browsers[kind] = await launch(self._playwright, kind)
        context = await self._browsers[kind].new_context()
        page = await context.new_page()
        await page.add_init_script(before)
        await page.goto(str(self._server.make_url("/")))
        self.pages.append(page)
        return page

    async def wait_until_all_see_each_other(self) -> list[Received]:
        others = len(self.pages) - 1
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = [await received(page) for page in self.pages]
                if all(each.sees(others) for each in seen):
                    return seen
                await asyncio.sleep(0.2)

    async def wait_for_more_pictures(self, more: int = 20) -> None:
        """Waits until every page has decoded so many pictures more than now."""
        before = [sum((await received(page)).video) for page in self.pages]
        async with asyncio.timeout(PATIENCE):
            for page, count in zip(self.pages, before, strict=True):
                while sum((await received(page)).video) < count + more:  # noqa: ASYNC110 - the page has the event
                    await asyncio.sleep(0.2)

    def want(self, page: Page, quality: Quality) -> None:
        """Wants one quality of everything that a page gets to see."""
        name = PeerId(f"p{self.pages.index(page)}")
        self.sfu.command(Want(name, tuple(SlotWish(slot.mid, quality=quality) for slot in self.slots(name))))

    def slots(self, name: PeerId) -> tuple[Slot, ...]:
        told = [each.slots for each in self.events if isinstance(each, SlotsChanged) and each.peer == name]
        return told[-1] if told else ()

    async def wait_for_width(self, page: Page, width: int) -> Picture:
        """Waits until a page decodes a picture so wide, and some more of it."""
        since: Picture | None = None
        async with asyncio.timeout(PATIENCE):
            while True:
                picture = next(iter(each for each in await pictures(page) if each.width == width), None)
                since = picture and (since or picture)
                if picture and since and picture.frames > since.frames + SETTLED:
                    return picture
                await asyncio.sleep(0.1)


async def main(kinds: Sequence[str], addresses: tuple[str, ...]) -> None:
    async with Meeting(addresses) as meeting:
        for kind in kinds:
            await meeting.join(kind)
        seen = await meeting.wait_until_all_see_each_other()
        print(json.dumps([asdict(each) for each in seen]))


async def change(kinds: Sequence[str], addresses: tuple[str, ...]) -> Picture:
    """Lets the second page go between qualities of the first one's picture; what it has seen at the end."""
    async with Meeting(addresses) as meeting:
        await meeting.join(kinds[0], slots=0, layered=True)
        viewer = await meeting.join(kinds[1], slots=1)
        for quality, width in CHANGES:
            meeting.want(viewer, quality)
            seen = await meeting.wait_for_width(viewer, width)
        return seen


if __name__ == "__main__":
    if sys.argv[1] == "change":
        print(json.dumps(asdict(asyncio.run(change(sys.argv[2:], ())))))
    else:
        asyncio.run(main(sys.argv[1:], ()))
