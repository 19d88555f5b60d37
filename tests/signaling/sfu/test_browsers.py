"""Real browsers through the SFU."""

import json
import sys

import pytest

from signaling.media import PeerId, RoomId, Speaker
from tests import netns
from tests.needs import need_namespaces
from tests.signaling.sfu.browsers import Meeting, change
from tests.signaling.sfu.clients import until

LOOPBACK = ("127.0.0.1",)


@pytest.mark.browser
async def test_two_chromium_pages_decode_each_other() -> None:
    async with Meeting(LOOPBACK) as meeting:
        for _ in range(2):
            await meeting.join("chromium")
        for seen in await meeting.wait_until_all_see_each_other():
            assert (seen.state, len(seen.video), len(seen.audio)) == ("connected", 1, 1)


@pytest.mark.browser
async def test_who_makes_a_lasting_sound_is_the_speaker() -> None:
    async with Meeting(LOOPBACK) as meeting:
        page = await meeting.join("chromium")
        await page.evaluate("hum()")
        await until(lambda: Speaker(RoomId("room"), PeerId("p0")) in meeting.events)


@pytest.mark.alone
@pytest.mark.browser
async def test_a_slot_changes_between_qualities_without_a_freeze() -> None:
    assert (await change(("chromium", "chromium"), LOOPBACK)).freezes == 0


@pytest.mark.browser
async def test_a_page_restarts_ice_and_goes_on_seeing_the_other() -> None:
    async with Meeting(LOOPBACK) as meeting:
        first = await meeting.join("chromium")
        await meeting.join("chromium")
        await meeting.wait_until_all_see_each_other()
        ufrag = "pc.{}Description.sdp.match(/a=ice-ufrag:(\\S+)/)[1]"
        before = [await first.evaluate(ufrag.format(side)) for side in ("local", "remote")]
        await first.evaluate("offer('p0', {iceRestart: true})")
        after = [await first.evaluate(ufrag.format(side)) for side in ("local", "remote")]
        assert not set(before) & set(after)
        await meeting.wait_for_more_pictures()


@pytest.mark.browser
async def test_a_page_offers_more_slots_and_sees_who_waited() -> None:
    async with Meeting(LOOPBACK) as meeting:
        first = await meeting.join("chromium", slots=1)
        for _ in range(2):
            await meeting.join("chromium")
        await first.evaluate("pc.addTransceiver('audio', {direction: 'recvonly'})")
        await first.evaluate("pc.addTransceiver('video', {direction: 'recvonly'})")
        await first.evaluate("offer('p0')")
        assert len((await meeting.wait_until_all_see_each_other())[0].video) == 2


@pytest.mark.browser
async def test_pages_point_over_data_channels() -> None:
    async with Meeting(LOOPBACK) as meeting:
        pages = [await meeting.join("chromium") for _ in range(2)]
        for page in pages:
            await page.wait_for_function("channel.readyState === 'open'")
        await pages[0].evaluate("""channel.send('{"at": "p1", "x": 0, "y": 1}')""")
        await pages[1].wait_for_function("heard.length > 0 && JSON.parse(heard[0]).from === 'p0'")


@pytest.mark.browser
async def test_a_page_that_hears_of_tcp_alone_sees_and_is_seen() -> None:
    async with Meeting(LOOPBACK) as meeting:
        over_tcp = await meeting.join("chromium", before="window.blocked = 'udp'")
        over_udp = await meeting.join("chromium")
        await meeting.wait_until_all_see_each_other()
        assert await over_tcp.evaluate("transports()") == ["tcp"]
        assert await over_udp.evaluate("transports()") == ["udp"]


@pytest.mark.browser
@pytest.mark.namespace
def test_firefox_and_chromium_decode_each_other() -> None:
    need_namespaces()
    kinds = ("chromium", "firefox", "chromium", "firefox")
    with netns.namespace() as inside:
        printed = inside.run([sys.executable, "-m", "tests.signaling.sfu.browsers", *kinds], timeout=100)
    seen = json.loads(printed.splitlines()[-1])
    assert [len(each["video"]) for each in seen] == [3, 3, 3, 3]


@pytest.mark.browser
@pytest.mark.namespace
def test_firefox_receives_several_qualities() -> None:
    need_namespaces()
    with netns.namespace() as inside:
        printed = inside.run(
            [sys.executable, "-m", "tests.signaling.sfu.browsers", "change", "chromium", "firefox"], timeout=100
        )
    assert json.loads(printed.splitlines()[-1])["width"] == 960
