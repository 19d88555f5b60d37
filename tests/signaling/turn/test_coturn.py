"""coturn under the shipped configuration: what it grants, and what it doesn't (security rules E3, E4 and J5)."""

import json
import sys
from typing import Any

import pytest

from tests import relay
from tests.needs import need_coturn
from tests.signaling.turn.permissions import FORBIDDEN

pytestmark = [pytest.mark.namespace, pytest.mark.timeout(180)]

UNAUTHORIZED = 401
NOT_ALLOWED = 403
NO_SUCH_FAMILY = 440
OTHER_FAMILY = 443


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    """What the relay answered to everything that `permissions` asks."""
    need_coturn()
    with relay.internet() as inside:
        printed = inside.run([sys.executable, "-m", "tests.signaling.turn.permissions"], timeout=150)
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


@pytest.mark.parametrize("peer", FORBIDDEN)
def test_rule_e4_no_permission_and_no_channel_to_an_address_but_the_medias(said: dict[str, Any], peer: str) -> None:
    permission, channel = said["forbidden"][peer]
    assert permission in {NOT_ALLOWED, OTHER_FAMILY}
    assert channel in {NOT_ALLOWED, OTHER_FAMILY}


def test_the_media_server_may_be_reached(said: dict[str, Any]) -> None:
    assert said["media"] == [0, 0]


@pytest.mark.parametrize("url", relay.URLS)
def test_every_way_to_the_relay_takes_our_credentials(said: dict[str, Any], url: str) -> None:
    assert said["ways"][url] == 0


def test_rule_e4_there_is_no_relay_on_ipv6(said: dict[str, Any]) -> None:
    assert said["ipv6"] == NO_SUCH_FAMILY


def test_rule_e3_a_wrong_secret_and_a_late_name_get_nothing(said: dict[str, Any]) -> None:
    assert (said["wrong secret"], said["too late"]) == (UNAUTHORIZED, UNAUTHORIZED)


def test_it_is_no_stun_server_for_strangers(said: dict[str, Any]) -> None:
    assert said["binding"] is False


def test_the_doctor_is_content_with_a_relay_that_leads_to_the_media_and_nowhere_else(said: dict[str, Any]) -> None:
    ok, fact = said["doctor"][relay.SITE]
    assert (ok, "let media through" in fact, "turns: address on 443" in fact) == (True, True, True)


def test_the_doctor_sees_a_relay_that_does_not_lead_to_the_media(said: dict[str, Any]) -> None:
    ok, fact = said["doctor"]["10.1.2.3"]
    assert (ok, f"{relay.UDP}: refuses us (403" in fact) == (False, True)
