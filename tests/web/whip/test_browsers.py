"""Chromium publishes with the web client of Eyevinn and plays with a few lines of its own."""

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from tests.judges.node import node, node_module_path
from tests.signaling.sfu.browsers import launch
from tests.web.api import TEACHER
from tests.web.whip.studio import STUDENT, Studio, Who

ENCODER = """async ([endpoint, authkey]) => {
  const stream = await navigator.mediaDevices.getUserMedia({video: {width: 320, height: 240}, audio: true});
  window.client = new Eyevinn.WHIPClient({endpoint, opts: {authkey, iceServers: []}});
  await client.setIceServersFromEndpoint();
  await client.ingest(stream);
}"""
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
PLAYER = """async ([endpoint, token]) => {
  const pc = window.pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  for (const kind of ["audio", "video"]) pc.addTransceiver(kind, {direction: "recvonly"});
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
PLAYS_ON = (
    f"async pictures => {{ const {{audio, video}} = await ({DECODED})(); return audio > 20 && video >= pictures; }}"
)

SHOWS = f"async width => (await ({DECODED})()).width === width"
KYIV_TEACHER = ("teacher", "kyiv")


@pytest.fixture
async def page(studio: Studio) -> AsyncIterator[Page]:
    """A page of the site with a camera, into which a test may bring code of its own."""
    async with async_playwright() as playwright:
        browser = await launch(playwright, "chromium")
        opened = await (await browser.new_context(bypass_csp=True)).new_page()
        await opened.goto(str(studio.api.client.make_url("/healthz")))
        yield opened
        await browser.close()


@pytest.fixture
def eyevinn(tmp_path: Path) -> Path:
    """The web client, bundled for a page."""
    bundle, bundler = tmp_path / "client.js", node_module_path("esbuild") / "bin" / "esbuild"
    entry = node_module_path("@eyevinn/whip-web-client")
    options = ("--bundle", "--format=iife", "--global-name=Eyevinn", "--log-level=warning", f"--outfile={bundle}")
    subprocess.run([node(), bundler, entry, *options], check=True)
    return bundle


def at(studio: Studio, door: str, who: Who) -> list[str]:
    """Where somebody publishes or plays, and with which token."""
    return [str(studio.api.client.make_url(f"/{door}/{studio.lesson}")), studio.api.world.tokens[who]]


async def plays(page: Page, more: int = 20) -> None:
    """Waits until so many pictures more were decoded than now, and sound is there."""
    before = (await page.evaluate(DECODED))["video"]
    await page.wait_for_function(PLAYS_ON, arg=before + more)


@pytest.mark.browser
async def test_eyevinns_client_publishes_and_chromium_plays(studio: Studio, page: Page, eyevinn: Path) -> None:
    await page.add_script_tag(path=eyevinn)
    await page.evaluate(ENCODER, at(studio, "whip", TEACHER))
    await page.evaluate(PLAYER, at(studio, "whep", STUDENT))
    await plays(page)
    assert await page.evaluate("client.supportTrickleIce()")
    await page.evaluate("client.destroy()")
    assert studio.there() == [("student of kyiv", "student")]


@pytest.mark.browser
async def test_a_player_restarts_ice_and_goes_on_playing(studio: Studio, page: Page, eyevinn: Path) -> None:
    await page.add_script_tag(path=eyevinn)
    await page.evaluate(ENCODER, at(studio, "whip", TEACHER))
    await page.evaluate(PLAYER, at(studio, "whep", STUDENT))
    await plays(page)
    assert await page.evaluate(RESTART) == 200
    await plays(page, 40)
    await page.evaluate("ask('DELETE', session)")
    assert ("student of kyiv", "student") not in studio.there()


@pytest.mark.browser
@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_chromium_plays_what_it_publishes_in_every_codec(studio: Studio, page: Page, codec: str) -> None:
    await page.evaluate(PUBLISHER, [*at(studio, "whip", TEACHER), 320, codec])
    await page.evaluate(PLAYER, at(studio, "whep", STUDENT))
    await plays(page)


@pytest.mark.browser
async def test_a_player_with_one_slot_is_shown_who_speaks(studio: Studio, page: Page) -> None:
    await page.evaluate(PUBLISHER, [*at(studio, "whip", TEACHER), 320, "VP8"])
    await page.evaluate(PUBLISHER, [*at(studio, "whip", KYIV_TEACHER), 160, "VP8"])
    await page.evaluate(PLAYER, at(studio, "whep", STUDENT))
    await page.wait_for_function(SHOWS, arg=320)
    await page.evaluate("hum()")
    await page.wait_for_function(SHOWS, arg=160)
