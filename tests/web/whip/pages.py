"""A page that publishes and plays through the doors, in any browser.

`python -m tests.web.whip.pages firefox chromium` serves the whole application, lets the one browser publish and the
other play, then the other way round, and prints how many pictures each decoded. Firefox needs an address besides
loopback.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, Page

from tests.houses import three_houses
from tests.journeys.first_lesson import browsers
from tests.support import SettableClock
from tests.web.api import TEACHER, Api, settings
from tests.web.whip.studio import START, STUDENT, Studio, Who
from vclass import migrations
from vclass.app import create_app
from vclass.core.db import Database
from vclass.core.keys import DATABASE
from vclass.web.limits import Limits

PATIENCE: Final = 40.0
PICTURES: Final = 20
PUBLISHER = """async ([endpoint, token, width, codec]) => {
  const camera = await navigator.mediaDevices.getUserMedia({video: {width, height: 120, frameRate: 15}});
  const context = new AudioContext(), tone = context.createOscillator();
  const microphone = context.createMediaStreamDestination();
  tone.connect(microphone);
  window.hum = () => tone.start();
  const pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  pc.addTransceiver(microphone.stream.getAudioTracks()[0], {direction: "sendonly"});
  const sending = pc.addTransceiver(camera.getVideoTracks()[0], {direction: "sendonly"});
  const all = RTCRtpSender.getCapabilities("video").codecs;
  sending.setCodecPreferences(all.filter(each => each.mimeType === `video/${codec}`));
  await pc.setLocalDescription();
  const headers = {"Content-Type": "application/sdp", "Authorization": `Bearer ${token}`};
  const answer = await fetch(endpoint, {method: "POST", body: pc.localDescription.sdp, headers});
  await pc.setRemoteDescription({type: "answer", sdp: await answer.text()});
}"""
PLAYER = """async ([endpoint, token, profile]) => {
  const pc = window.pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  for (const kind of ["audio", "video"]) pc.addTransceiver(kind, {direction: "recvonly"});
  const fitting = ({sdpFmtpLine}) => !profile || sdpFmtpLine?.includes(profile);
  pc.getTransceivers()[1].setCodecPreferences(RTCRtpReceiver.getCapabilities("video").codecs.filter(fitting));
  pc.ontrack = event => {
    const element = document.createElement(event.track.kind);
    element.autoplay = element.muted = true;
    element.srcObject = new MediaStream([event.track]);
    document.body.append(element);
  };
  window.ask = (method, path, type, body, more) => fetch(
    path, {method, body, headers: {"Content-Type": type, "Authorization": `Bearer ${token}`, ...more}});
  await pc.setLocalDescription();
  const answer = await ask("POST", endpoint, "application/sdp", pc.localDescription.sdp);
  window.session = answer.headers.get("Location");
  await pc.setRemoteDescription({type: "answer", sdp: await answer.text()});
}"""
RESTART = r"""async () => {
  const lines = text => text.match(/^a=ice-(ufrag|pwd):.*$/gm);
  await pc.setLocalDescription(await pc.createOffer({iceRestart: true}));
  const fragment = lines(pc.localDescription.sdp).slice(0, 2).join("\r\n") + "\r\n";
  const type = "application/trickle-ice-sdpfrag";
  const answer = await ask("PATCH", session, type, fragment, {"If-Match": "*"});
  const [ufrag, pwd] = lines(await answer.text());
  const sdp = pc.remoteDescription.sdp
    .replace(/^a=ice-ufrag:.*$/gm, ufrag.trim()).replace(/^a=ice-pwd:.*$/gm, pwd.trim());
  await pc.setRemoteDescription({type: "answer", sdp});
  return answer.status;
}"""
DECODED = """async () => {
  const counts = {audio: 0, video: 0};
  (await pc.getStats()).forEach(each => {
    if (each.type !== "inbound-rtp") return;
    if (each.kind === "video") counts.width = each.frameWidth;
    counts[each.kind] = (each.kind === "video" ? each.framesDecoded : each.packetsReceived) || 0;
  });
  return counts;
}"""
CODEC = """async () => {
  const stats = await pc.getStats();
  const video = [...stats.values()].find(each => each.type === "inbound-rtp" && each.kind === "video");
  return stats.get(video.codecId).mimeType;
}"""


def at(studio: Studio, door: str, who: Who) -> list[str]:
    """Where somebody publishes or plays, and with which token."""
    return [str(studio.api.client.make_url(f"/{door}/{studio.lesson}")), studio.api.world.tokens[who]]


async def plays(page: Page, more: int = PICTURES) -> int:
    """Waits until so many pictures more were decoded than now, and sound is there; gives how many there were."""
    first = (await page.evaluate(DECODED))["video"]
    async with asyncio.timeout(PATIENCE):
        while True:
            now = await page.evaluate(DECODED)
            if now["video"] >= first + more and now["audio"] > PICTURES:
                return int(now["video"])
            await asyncio.sleep(0.1)


async def opened(browser: Browser, studio: Studio) -> Page:
    """A page of the site with a camera, into which a test brings code of its own."""
    page = await (await browser.new_context()).new_page()
    await page.goto(str(studio.api.client.make_url("/sign-in")))
    return page


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Studio]:
    """The application with an open lesson, on every address of this machine."""
    chosen, clock = settings(folder, addresses=()), SettableClock()
    database = Database(chosen.database.url)
    migrations.upgrade(database.engine)
    database.engine.dispose()
    app = create_app(chosen, clock=clock, limits=Limits.lifted())
    async with TestClient(TestServer(app)) as client:
        api = Api(client, await app[DATABASE].write(three_houses), clock)
        lesson = (await api.booked()).body["id"]
        clock.now = START
        yield Studio(api, lesson)


async def main(*kinds: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder)) as studio, browsers((kinds[0], kinds[1])) as pair:
            print(await seen(studio, *pair), await seen(studio, *reversed(pair)))


async def seen(studio: Studio, publisher: Browser, player: Browser) -> int:
    """Lets one browser publish and the other play; gives how many pictures that one decoded."""
    sending, receiving = await opened(publisher, studio), await opened(player, studio)
    await sending.evaluate(PUBLISHER, [*at(studio, "whip", TEACHER), 320, "VP8"])
    await receiving.evaluate(PLAYER, at(studio, "whep", STUDENT))
    return await plays(receiving)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
