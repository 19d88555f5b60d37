"""The connection test: what a stranger, a person and the holder of a link may try."""

import html
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.settings import Turn
from tests.signaling.conftest import OFFER
from tests.support import SATURDAY, SettableClock
from tests.web.pages.campus import Campus, Visitor, furnish, settings
from tests.web.pages.test_join import NIKOS, NOW_OPEN, links
from vclass.app import create_app
from vclass.core.keys import DATABASE
from vclass.web.limits import LIMITER, Limits, Rate

TURN = Turn(("turn:relay.example:3480?transport=udp", "turns:relay.example:443?transport=tcp"), "a-secret-of-the-site")
DATA = re.compile(r'id="connection-data">(.*?)</script>', re.DOTALL)


@pytest.fixture
async def campus(
    aiohttp_server: Any,  # noqa: ANN401  untyped
    aiohttp_client: Any,  # noqa: ANN401  untyped
    sqlite_url: str,
    sqlite_file: Path,
    clock: SettableClock,
) -> Campus:
    """The campus, with a relay."""
    chosen = msgspec.structs.replace(settings(sqlite_file.parent), turn=TURN)
    assert chosen.database.url == sqlite_url
    app = create_app(chosen, clock=clock, limits=Limits.lifted())
    server = await aiohttp_server(app)
    return Campus(server, await app[DATABASE].write(furnish), clock, aiohttp_client)


async def data(visitor: Visitor, path: str = "/connection") -> dict[str, Any]:
    match = DATA.search((await visitor.get(path)).html)
    assert match is not None
    found: dict[str, Any] = json.loads(html.unescape(match[1]))
    return found


async def probe(visitor: Visitor, offer: str) -> tuple[int, str]:
    token = re.search(r'name="csrf" content="([^"]+)"', (await visitor.get("/connection")).html)
    assert token is not None
    headers = {"X-CSRF-Token": token[1], "Sec-Fetch-Site": "same-origin", "Content-Type": "application/sdp"}
    async with visitor.client.post("/connection/probe", data=offer, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_rule_e3_a_stranger_gets_no_credentials_but_learns_that_there_is_a_relay(campus: Campus) -> None:
    found = await data(await campus.visitor())
    assert (found["relays"], found["has_relay"]) == ([], True)


async def test_who_is_signed_in_may_try_every_address_for_two_minutes(anna: Visitor) -> None:
    relays = (await data(anna))["relays"]
    assert [each["urls"] for each in relays] == list(TURN.urls)
    assert {each["username"].split(":")[:2][1] for each in relays} == {"test"}
    assert {int(each["username"].split(":")[0]) - SATURDAY for each in relays} == {120}


async def test_who_holds_a_link_may_try_it_too_and_a_wrong_link_is_a_strangers(campus: Campus, anna: Visitor) -> None:
    link = (await links(campus, await campus.booked(anna, **NOW_OPEN)))[NIKOS]
    visitor = await campus.visitor()
    assert len((await data(visitor, f"{link}/connection"))["relays"]) == 2
    assert (await data(visitor, "/join/AAAAAAAAAAAAAAAAAAAAAA/connection"))["relays"] == []


async def test_the_page_behind_a_link_leads_to_the_test_by_it(campus: Campus, anna: Visitor) -> None:
    link = (await links(campus, await campus.booked(anna, **NOW_OPEN)))[NIKOS]
    assert f'href="{link}/connection"' in (await (await campus.visitor()).get(link)).html


async def test_anybody_may_offer_a_probe_and_what_is_no_offer_is_refused(campus: Campus) -> None:
    visitor = await campus.visitor()
    status, answer = await probe(visitor, OFFER)
    assert (status, "a=candidate:" in answer) == (200, True)
    assert (await probe(visitor, "v=0\r\n"))[0] == 422


async def test_probes_are_held_back_for_each_address(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campus.server.app[LIMITER], "_limits", Limits(probe=Rate(0.01, 1)))
    visitor = await campus.visitor()
    assert [(await probe(visitor, OFFER))[0] for _ in range(2)] == [200, 429]


async def test_a_lesson_with_minors_is_marked_in_the_form_and_on_its_page(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna, minors="yes")
    assert "go through the relay of this site alone" in (await anna.get(path)).text
    assert 'name="minors" value="yes" checked' in (await anna.get(f"/lessons/new?again={path.rpartition('/')[2]}")).html
