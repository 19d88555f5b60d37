"""How people come into a lesson without a browser: one that is open now, its links, the press on Join, the socket."""

import datetime as dt
import html
import json
import re
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import aiohttp

from config import read_or_make
from schedules import lessons_between, token_of
from vclass.core.db import Database
from vclass.people import actor_by_id, people_by_email

HOUR: Final = 3600
STEP: Final = 300
"""Lessons start at full five minutes; the door of the next is open."""
CSRF: Final = re.compile(r'name="csrf" value="([^"]+)"')
DATA: Final = re.compile(r'id="classroom-data">(.*?)</script>', re.DOTALL)


async def book_open(
    session: aiohttp.ClientSession, title: str, teacher: str, attendees: Sequence[str], minutes: int = 120
) -> str:
    """Books a lesson whose door is open; gives its id."""
    start = dt.datetime.fromtimestamp(time.time() // STEP * STEP + STEP, dt.UTC).replace(tzinfo=None)
    body = {
        "title": title,
        "zone": "UTC",
        "start": start.isoformat(timespec="minutes"),
        "minutes": minutes,
        "rooms": [],
        "teachers": [teacher],
        "transparent": True,
        "attendees": [{"email": each} for each in attendees],
    }
    async with session.post("/api/v1/lessons", json=body) as answer:
        if answer.status != HTTPStatus.CREATED:
            raise SystemExit(await answer.text())
        return str((await answer.json())["id"])


def personal_links(
    url: str, secret: Path, database_url: str, teacher: str, lessons: Collection[str]
) -> list[tuple[str, str]]:
    """Address and link of everybody in these lessons, as the mails say them: the tokens are derived from the secret."""
    keyring = read_or_make(secret)
    database = Database(database_url)
    with database.engine.connect() as connection:
        actor = actor_by_id(connection, people_by_email(connection, [teacher])[teacher].id)
        assert actor is not None
        now = int(time.time())
        found = lessons_between(connection, actor, now - HOUR, now + 2 * HOUR)
    database.engine.dispose()
    present = [each for lesson in found if lesson.public_id in lessons for each in lesson.present]
    return [(each.email, f"{url}/join/{token_of(keyring, each)}") for each in present]


async def open_link(session: aiohttp.ClientSession, link: str) -> str:
    """The token of the form behind Join."""
    async with session.get(link) as page:
        page.raise_for_status()
        return html.unescape(CSRF.findall(await page.text())[-1])


async def press_join(session: aiohttp.ClientSession, link: str, token: str) -> dict[str, Any]:
    """What the page of the lesson holds for its program, the ticket among it."""
    form = {"csrf": token, "name": "Guest"}
    async with session.post(link, data=form, headers={"Sec-Fetch-Site": "same-origin"}) as classroom:
        classroom.raise_for_status()
        found = DATA.search(await classroom.text())
    assert found is not None, "no classroom"
    return dict(json.loads(html.unescape(found[1])))


@asynccontextmanager
async def greeted(
    session: aiohttp.ClientSession, origin: str, path: str, **hello: object
) -> AsyncIterator[tuple[aiohttp.ClientWebSocketResponse, dict[str, Any]]]:
    """A socket that has said hello, and the answer to that."""
    async with session.ws_connect(origin + path, origin=origin) as socket:
        await socket.send_json({"type": "hello", **hello})
        yield socket, await socket.receive_json()
