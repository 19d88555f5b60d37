"""From the personal link into the lesson: what it leaves behind, how many may come at once, who stays out."""

import asyncio
import logging
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientWebSocketResponse

from config import Keyring, SecretKey
from schedules import token_of
from tests.web.pages.campus import IRYNA, Campus, Visitor, settings
from vclass.app import create_app
from vclass.core.keys import KEYRING
from vclass.web.limits import LIMITER, Limits
from vclass.web.pages.keys import ADMISSION, LIVE

NIKOS = "nikos@asl.example"
NOW_OPEN = {"date": "2026-11-21", "time": "11:10", "repeat": "once"}


async def links(campus: Campus, path: str) -> dict[str, str]:
    """The personal links of a lesson's people, by address."""
    keyring, lesson = campus.server.app[KEYRING], await campus.lesson(path)
    return {each.email: f"/join/{token_of(keyring, each)}" for each in lesson.present}


async def seated(campus: Campus, link: str, **form: str) -> tuple[Visitor, str]:
    """Somebody who has pressed Join, and where that led."""
    visitor = await campus.visitor()
    await visitor.get(link)
    answer = await visitor.post(link, form)
    assert answer.status == 303, answer.text
    return visitor, answer.location


async def ticket(visitor: Visitor, live: str) -> str:
    """The ticket in the page of the live lesson."""
    match = re.search(r'"ticket": ?"([^"]+)"', (await visitor.get(live)).html)
    assert match is not None
    return match[1]


async def socket(visitor: Visitor, live: str) -> ClientWebSocketResponse:
    """The lesson's socket, greeted."""
    hello = {"type": "hello", "ticket": await ticket(visitor, live)}
    opened: ClientWebSocketResponse = await visitor.client.ws_connect(f"{live}/ws", origin="http://127.0.0.1:8080")
    await opened.send_json(hello)
    return opened


async def until(opened: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while (message := await opened.receive_json(timeout=5))["type"] != kind:
        pass
    return message  # type: ignore[no-any-return]  # JSON


async def test_c2_the_links_token_is_in_no_page_address_or_log_behind_it(
    campus: Campus, anna: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    link = (await links(campus, await campus.booked(anna, **NOW_OPEN)))[NIKOS]
    token = link.rpartition("/")[2]
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.CRITICAL, "aiohttp.access")  # the server keeps no such log; the test's own does
    visitor, live = await seated(campus, link, name="Nikos")
    shown = [(await visitor.get(each)).html for each in (live, f"{live}/left")]
    opened = await socket(visitor, live)
    told = [await opened.receive_str()]
    cookies = str([(each.key, each.value) for each in visitor.client.session.cookie_jar])
    assert not [each for each in (live, *shown, *told, cookies, caplog.text) if token in each]
    await opened.close()


async def test_the_page_behind_the_lesson_offers_nothing_that_only_the_link_opens(
    campus: Campus, anna: Visitor
) -> None:
    link = (await links(campus, await campus.booked(anna, **NOW_OPEN | {"repeat": "weekly", "count": "3"})))[NIKOS]
    visitor, live = await seated(campus, link)
    before, behind = [(await visitor.get(each)).html for each in (link, f"{live}/left")]
    for way in (f'action="{link}/answer"', f'href="{link}/invite.ics"'):
        assert way in before
        assert way.replace(link, f"{live}/left") not in behind


async def test_h6_the_links_of_a_whole_hall_behind_one_address_pass_at_once(
    campus: Campus, anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    guests = "\n".join(f"guest{each}@asl.example" for each in range(60))
    found = await links(campus, await campus.booked(anna, **NOW_OPEN, guests=guests))
    monkeypatch.setattr(campus.server.app[LIMITER], "_limits", Limits())
    visitor = await campus.visitor()
    await visitor.get(found[IRYNA])

    async def come(link: str) -> tuple[int, int]:
        return (await visitor.get(link)).status, (await visitor.post(link)).status

    assert set(await asyncio.gather(*(come(each) for each in found.values()))) == {(200, 303)}


@pytest.mark.parametrize(("date", "times"), [("2026-11-21", 1), ("2026-11-23", 0)])
async def test_only_an_open_door_gets_the_media_plane_ready(
    campus: Campus, anna: Visitor, monkeypatch: pytest.MonkeyPatch, date: str, times: int
) -> None:
    link = (await links(campus, await campus.booked(anna, **NOW_OPEN | {"date": date})))[NIKOS]
    warmed: list[bool] = []
    monkeypatch.setattr(campus.server.app[LIVE], "warm", lambda: warmed.append(True))
    await (await campus.visitor()).get(link)
    assert len(warmed) == times


async def test_c3_a_withdrawn_link_ends_the_visit_and_the_way_back(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna, **NOW_OPEN)
    visitor, live = await seated(campus, (await links(campus, path))[NIKOS])
    opened = await socket(visitor, live)
    await until(opened, "welcome")
    page = (await anna.get(path)).html
    row = next(each for each in page.split("<tr") if NIKOS in each and "/people/" in each)
    line = re.search(r'action="([^"]+/people/[^"/]+)/link', row)
    assert line is not None
    await anna.send(f"{line[1]}/link")
    assert (await until(opened, "closed"))["reason"] == "removed"
    assert (await visitor.post(f"{live}/ticket")).status == 303
    assert (await visitor.get(live)).location.startswith("/sign-in")


async def test_j1_a_seat_outlives_the_change_of_the_key_that_signed_it(campus: Campus, anna: Visitor) -> None:
    link = (await links(campus, await campus.booked(anna, **NOW_OPEN)))[NIKOS]
    visitor, live = await seated(campus, link)
    admission = campus.server.app[ADMISSION]
    admission.keyring = Keyring((SecretKey("newer", b"k" * 32), *admission.keyring.keys))
    assert (await visitor.get(live)).status == 200
    admission.keyring = Keyring(admission.keyring.keys[:1])
    assert (await visitor.get(live)).location.startswith("/sign-in")


@pytest.mark.parametrize("base_url", ["https://School.example/", "https://school.example:443"])
async def test_d1_the_socket_knows_its_site_however_the_address_is_spelt(
    aiohttp_client: Any,  # noqa: ANN401  untyped
    tmp_path: Path,
    base_url: str,
) -> None:
    usual = settings(tmp_path)
    server = msgspec.structs.replace(usual.server, base_url=base_url)
    client = await aiohttp_client(create_app(msgspec.structs.replace(usual, server=server)))
    opened = await client.ws_connect("/live/lesson/ws", origin="https://school.example")
    assert not opened.closed
    await opened.close()
