"""Who is where the media port is closed, and who is in a lesson with minors: through the relay, without a question."""

import json
import sys
from typing import Any

import pytest

from tests import relay
from tests.needs import need_coturn

pytestmark = [pytest.mark.browser, pytest.mark.namespace, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What `tests.journeys.relay` saw."""
    need_coturn()
    with relay.internet() as inside:
        printed = inside.run([sys.executable, "-m", "tests.journeys.relay"], timeout=360)
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def test_in_an_open_network_the_test_is_content_and_knows_the_detours(seen: dict[str, Any]) -> None:
    found = seen["open"]
    assert found["verdict"] == "ok"
    assert [found["ways"][way] for way in ("socket", "udp", "tcp", "relay-udp", "relay-tcp")] == ["works"] * 5


def test_where_udp_is_blocked_the_test_names_the_ways_that_are_left(seen: dict[str, Any]) -> None:
    found = seen["blocked"]
    assert found["verdict"] == "info"
    assert [found["ways"][way] for way in ("socket", "udp", "tcp", "relay-udp")] == [
        "works",
        "blocked",
        "works",
        "works",
    ]


def test_a_stranger_there_learns_how_to_test_the_relay(seen: dict[str, Any]) -> None:
    assert seen["stranger"]["ways"]["relay-udp"] == "absent"
    assert seen["stranger"]["ways"]["udp"] == "blocked"


def test_a_lesson_with_minors_takes_the_relay_in_an_open_network(seen: dict[str, Any]) -> None:
    assert seen["minors"] == ["relay", "relay"]


def test_where_the_media_port_is_closed_a_lesson_takes_the_relay_without_a_question(seen: dict[str, Any]) -> None:
    assert seen["detour"] == ["relay", "relay"]


def test_who_was_forgotten_by_the_relay_comes_back_with_fresh_credentials(seen: dict[str, Any]) -> None:
    assert min(seen["again"]) >= 1
