"""Chromium and Firefox play every codec that they have, whoever of them publishes it."""

import json
import sys

import pytest

from signaling.sfu.codecs import fitting
from tests import netns
from tests.journeys.codecs import ENOUGH, View, play
from tests.needs import need_namespaces

KINDS = ("chromium", "firefox")
NEWER = {"video/VP8", "video/VP9", "video/AV1"}


def check(view: View) -> None:
    """Whether all that came in formats that a browser decodes was decoded, in just that codec, and the rest was not."""
    for publisher, seen in view.sees.items():
        _, codec, form = publisher.split(" ")
        if fitting(form, dict.fromkeys(view.plays, 0)) is None:
            assert seen.keys() == {"lacks"}, (publisher, seen)
        else:
            assert (seen.get("codec"), seen.get("frames", 0) >= ENOUGH) == (codec, True), (publisher, seen)


def published(view: View, kind: str) -> set[str]:
    """The codecs in which a browser published."""
    return {codec for name, codec, _ in (each.split(" ") for each in view.sees) if name == kind}


@pytest.mark.browser
@pytest.mark.timeout(120)
async def test_chromium_plays_every_codec_of_its_own() -> None:
    view = (await play(["chromium"], ("127.0.0.1",)))["chromium"]
    assert published(view, "chromium") == NEWER | {"video/H264"}
    check(view)


@pytest.mark.browser
@pytest.mark.namespace
@pytest.mark.timeout(120)
def test_chromium_and_firefox_play_every_codec_of_one_another() -> None:
    need_namespaces()
    with netns.namespace() as inside:
        printed = inside.run([sys.executable, "-m", "tests.journeys.codecs", *KINDS], timeout=110)
    for told in json.loads(printed.splitlines()[-1]).values():
        view = View(**told)
        assert all(published(view, kind) >= NEWER for kind in KINDS)
        check(view)
