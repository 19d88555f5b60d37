"""Chromium publishes with the web client of Eyevinn and, as Firefox, with a few lines of its own; both play."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from tests import netns
from tests.judges.node import node, node_module_path
from tests.needs import need_namespaces
from tests.signaling.sfu.browsers import launch
from tests.web.api import TEACHER
from tests.web.whip.pages import CODEC, DECODED, PICTURES, PLAYER, PUBLISHER, RESTART, at, plays
from tests.web.whip.studio import STUDENT, Studio
from tests.web.whip.test_ffmpeg import ffmpeg

ENCODER = """async ([endpoint, authkey, codec = "VP8"]) => {
  const offer = RTCPeerConnection.prototype.createOffer;
  RTCPeerConnection.prototype.createOffer = function (...wishes) {
    const all = RTCRtpSender.getCapabilities("video").codecs;
    const wanted = all.filter(each => [`video/${codec}`, "video/rtx"].includes(each.mimeType));
    this.getTransceivers().find(each => each.sender.track?.kind === "video")?.setCodecPreferences(wanted);
    return offer.apply(this, wishes);
  };
  const stream = await navigator.mediaDevices.getUserMedia({video: {width: 320, height: 240}, audio: true});
  window.client = new Eyevinn.WHIPClient({endpoint, opts: {authkey, iceServers: []}});
  await client.setIceServersFromEndpoint();
  await client.ingest(stream);
}"""
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
@pytest.mark.parametrize("codec", ["VP9", "AV1"])
async def test_eyevinns_client_publishes_in_newer_codecs(studio: Studio, page: Page, eyevinn: Path, codec: str) -> None:
    await page.add_script_tag(path=eyevinn)
    await page.evaluate(ENCODER, [*at(studio, "whip", TEACHER), codec])
    await page.evaluate(PLAYER, at(studio, "whep", STUDENT))
    await plays(page)
    assert await page.evaluate(CODEC) == f"video/{codec}"


@pytest.mark.browser
@pytest.mark.parametrize("codec", ["VP8", "H264", "VP9", "AV1"])
async def test_chromium_plays_what_it_publishes_in_every_codec(studio: Studio, page: Page, codec: str) -> None:
    await page.evaluate(PUBLISHER, [*at(studio, "whip", TEACHER), 320, codec])
    await page.evaluate(PLAYER, at(studio, "whep", STUDENT))
    await plays(page)
    assert await page.evaluate(CODEC) == f"video/{codec}"


@pytest.mark.browser
@pytest.mark.parametrize("profile", ["42e01f", "f4001f"])
async def test_ffmpeg_is_seen_by_whoever_decodes_more_or_less_than_it_claims_to_send(
    studio: Studio, page: Page, tmp_path: Path, profile: str
) -> None:
    await page.evaluate(PLAYER, [*at(studio, "whep", STUDENT), f"profile-level-id={profile}"])
    async with ffmpeg(studio, tmp_path, "passive"):
        await plays(page)


@pytest.mark.browser
async def test_a_player_with_one_slot_is_shown_who_speaks(studio: Studio, page: Page) -> None:
    await page.evaluate(PUBLISHER, [*at(studio, "whip", TEACHER), 320, "VP8"])
    await page.evaluate(PUBLISHER, [*at(studio, "whip", KYIV_TEACHER), 160, "VP8"])
    await page.evaluate(PLAYER, at(studio, "whep", STUDENT))
    await page.wait_for_function(SHOWS, arg=320)
    await page.evaluate("hum()")
    await page.wait_for_function(SHOWS, arg=160)


@pytest.mark.browser
@pytest.mark.namespace
def test_firefox_and_chromium_publish_for_one_another() -> None:
    need_namespaces()
    with netns.namespace() as inside:
        printed = inside.run([sys.executable, "-m", "tests.web.whip.pages", "firefox", "chromium"], timeout=100)
    assert min(map(int, printed.splitlines()[-1].split())) >= PICTURES
