"""Browsers that may use the relay alone: over UDP and over TCP."""

import json
import sys
from typing import Any

import pytest

from tests import relay
from tests.needs import need_coturn

pytestmark = [pytest.mark.browser, pytest.mark.namespace, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def seen() -> dict[str, list[dict[str, Any]]]:
    """What two pages decoded of each other, by the way to the relay."""
    need_coturn()
    with relay.internet() as inside:
        printed = inside.run([sys.executable, "-m", "tests.signaling.turn.relayed", "chromium", "firefox"], timeout=200)
    found: dict[str, list[dict[str, Any]]] = json.loads(printed.splitlines()[-1])
    return found


@pytest.mark.parametrize("url", [relay.UDP, relay.TCP])
def test_chromium_and_firefox_decode_each_other_through_the_relay(
    seen: dict[str, list[dict[str, Any]]], url: str
) -> None:
    assert [(each["state"], len(each["video"]), len(each["audio"])) for each in seen[url]] == [("connected", 1, 1)] * 2


@pytest.mark.parametrize(("url", "protocol"), [(relay.UDP, "udp"), (relay.TCP, "tcp")])
def test_each_of_them_sends_from_the_relays_address(
    seen: dict[str, list[dict[str, Any]]], url: str, protocol: str
) -> None:
    ways = [each["way"] for each in seen[url]]
    assert [each["kind"] for each in ways] == ["relay", "relay"]
    assert [(each["address"], each["protocol"]) for each in ways] == [(relay.RELAY, protocol)] * 2
