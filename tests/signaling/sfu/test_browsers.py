"""Real browsers through the SFU."""

import json
import sys

import pytest

from tests import netns
from tests.signaling.sfu.browsers import Meeting

LOOPBACK = ("127.0.0.1",)


@pytest.mark.browser
async def test_two_chromium_pages_decode_each_other() -> None:
    async with Meeting(LOOPBACK) as meeting:
        for _ in range(2):
            await meeting.join("chromium")
        for seen in await meeting.wait_until_all_see_each_other():
            assert (seen.state, len(seen.video), len(seen.audio)) == ("connected", 1, 1)


@pytest.mark.browser
@pytest.mark.namespace
@pytest.mark.skipif(not netns.available(), reason="needs root and iproute2")
def test_firefox_and_chromium_decode_each_other() -> None:
    kinds = ("chromium", "firefox", "chromium", "firefox")
    with netns.namespace() as inside:
        printed = inside.run([sys.executable, "-m", "tests.signaling.sfu.browsers", *kinds], timeout=100)
    seen = json.loads(printed.splitlines()[-1])
    assert [len(each["video"]) for each in seen] == [3, 3, 3, 3]
