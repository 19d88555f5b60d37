"""Media over IPv6, alone and beside IPv4."""

import json
import sys
from dataclasses import replace

import aioice.ice
import pytest

from signaling.sfu import SfuSettings
from tests import netns
from tests.needs import need_namespaces
from tests.signaling.sfu.clients import Lesson, until
from tests.signaling.sfu.test_media_flow import receives

LOOPBACK = "::1"


def gather(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """From now on aioice has that address alone."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: [address])


@pytest.mark.parametrize("theirs", [(LOOPBACK, LOOPBACK), ("127.0.0.1", LOOPBACK)], ids=["alone", "beside IPv4"])
async def test_two_peers_see_and_hear_each_other(
    settings: SfuSettings, monkeypatch: pytest.MonkeyPatch, theirs: tuple[str, str]
) -> None:
    lesson = Lesson(replace(settings, announced_addresses=tuple(dict.fromkeys(theirs))))
    await lesson.sfu.open()
    for name, address in zip(("ann", "bob"), theirs, strict=True):
        gather(monkeypatch, address)
        await lesson.client(name).publish().slots(1).join()
    await until(lambda: all(receives(each) for each in lesson.clients))
    assert lesson.sfu.figures().packets_dropped == 0
    await lesson.close()


@pytest.mark.browser
@pytest.mark.namespace
def test_browsers_without_any_ipv4_address_decode_each_other() -> None:
    need_namespaces()
    with netns.namespace(None, *netns.IPV6) as inside:
        command = [sys.executable, "-m", "tests.signaling.sfu.browsers", "chromium", "chromium"]
        printed = inside.run(command, timeout=100)
    assert [len(each["video"]) for each in json.loads(printed.splitlines()[-1])] == [1, 1]
