"""Calendars from elsewhere over HTTP: brought, shown, fetched again, removed; and what they mean for a time to meet."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestServer

from schedules.busy import IMPORTER, Fetcher, Importer, Reach
from schedules.busy.store import busy_source, busy_time
from tests.icsreader.bombs import BOMBS
from tests.icsreader.files import calendar, event, one
from tests.schedules.busy.names import Names
from tests.web.api import TEACHER, Api, Json, Reply
from vclass.core.db import metadata

HOUR = 3600
DENTIST = one("SUMMARY:Zahnarzt", "DTSTART;TZID=Europe/Vienna:20261201T100000", "DURATION:PT1H")
MIXED = calendar(
    event("DTSTART:20261201T090000Z", "DURATION:PT1H", uid="1"),
    event("DTSTART:20261202T090000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT", uid="2"),
    event("DTSTART;TZID=Nowhere/Zone:20261203T090000", "DURATION:PT1H", uid="3"),
    event("DTSTART:20261204T090000Z", "RRULE:FREQ=SECONDLY", uid="4"),
)


async def send(api: Api, content: bytes, name: str = "own.ics", who: tuple[str, str] = TEACHER, **more: str) -> Reply:
    """Upload a file."""
    headers = {each.replace("_", "-"): value for each, value in more.items()} | {"Content-Type": "text/calendar"}
    headers["Authorization"] = f"Bearer {api.world.tokens[who]}"
    response = await api.client.post(f"/api/v1/busy?name={name}", data=io.BytesIO(content), headers=headers)
    return Reply(response.status, await response.json(content_type=None), response.headers)


async def brought(api: Api, content: bytes = DENTIST, **more: Any) -> Json:  # noqa: ANN401  as above
    reply = await send(api, content, **more)
    assert reply.status == 201, reply.body
    return reply.body


def everything(connection: sa.Connection) -> list[str]:
    return [str(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]


async def count(api: Api, table: sa.Table) -> int:
    found = sa.select(sa.func.count()).select_from(table)
    return await api.database.read(lambda connection: int(connection.execute(found).scalar_one()))


async def test_a_file_is_kept_as_intervals_and_reported_honestly(api: Api) -> None:
    found = await brought(api, MIXED)
    report = found["report"]
    assert (found["kind"], found["name"], found["address"], found["times"]) == ("file", "own.ics", None, 1)
    assert (report["events"], report["taken"]) == (4, 1)
    assert {each["reason"]: each["number"] for each in report["skipped"]} == {
        "free": 1,
        "unknown_zone": 1,
        "too_frequent": 1,
    }
    [unknown] = [each for each in report["skipped"] if each["reason"] == "unknown_zone"]
    assert unknown["sentence"] == "1 event in a time zone that neither we nor the file know"
    assert unknown["examples"] == [{"line": 17, "text": "DTSTART;TZID=Nowhere/Zone:20261203T090000"}]
    assert [each["harmless"] for each in report["skipped"]].count(False) == 2


async def test_f2_no_title_reaches_the_database(api: Api) -> None:
    await brought(api)
    rows = await api.database.read(everything)
    assert rows
    assert not [row for row in rows if "Zahnarzt" in row]


async def test_a_file_of_the_same_name_takes_the_place_of_the_former_one(api: Api) -> None:
    first = await brought(api)
    second = await brought(api, one("DTSTART:20261208T090000Z", "DURATION:PT1H"))
    assert first["id"] == second["id"]
    assert (await count(api, busy_source), await count(api, busy_time)) == (1, 1)


async def test_the_same_key_keeps_a_calendar_once(api: Api) -> None:
    first = await brought(api, name="a.ics", Idempotency_Key="k")
    assert (await brought(api, name="a.ics", Idempotency_Key="k"))["id"] == first["id"]
    other = await send(api, MIXED, name="a.ics", Idempotency_Key="k")
    assert (other.status, other.body["type"]) == (422, "key-reused")


async def test_calendars_are_listed_and_one_is_shown(api: Api) -> None:
    found = await brought(api)
    assert (await api.ask("GET", "/busy")).body == {"calendars": [found]}
    assert (await api.ask("GET", f"/busy/{found['id']}")).body == found


async def test_a_calendar_is_removed_with_its_times(api: Api) -> None:
    found = await brought(api)
    response = await api.client.delete(
        f"/api/v1/busy/{found['id']}", headers={"Authorization": f"Bearer {api.world.tokens['teacher', 'vienna']}"}
    )
    assert response.status == 204
    assert (await count(api, busy_source), await count(api, busy_time)) == (0, 0)


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/refresh")])
async def test_b1_somebody_elses_calendar_is_not_there(api: Api, method: str, path: str) -> None:
    found = await brought(api)
    body: Json | None = {} if method == "POST" else None
    reply = await api.ask(method, f"/busy/{found['id']}{path}", body, who=("teacher", "kyiv"))
    assert (reply.status, reply.body["type"]) == (404, "not-found")
    assert (await api.ask("GET", "/busy", who=("teacher", "kyiv"))).body == {"calendars": []}


async def test_nobody_brings_more_than_five(api: Api) -> None:
    for number in range(5):
        await brought(api, name=f"{number}.ics")
    reply = await send(api, DENTIST, name="6.ics")
    assert (reply.status, reply.body["type"]) == (409, "too-many-calendars")
    await brought(api, name="0.ics")


@pytest.mark.parametrize(("content", "why"), [(b"%PDF-1.7", "not_a_calendar"), (b"", "not_a_calendar")])
async def test_what_is_no_calendar_is_refused_with_a_way_on(api: Api, content: bytes, why: str) -> None:
    reply = await send(api, content)
    assert (reply.status, reply.body["type"], reply.body["why"]) == (422, "calendar-refused", why)
    assert reply.body["detail"] == "This is no calendar. Export one as iCalendar (.ics) and send that."
    assert await count(api, busy_source) == 0


async def test_a_file_that_is_too_large_is_refused_unread(api: Api) -> None:
    assert (await send(api, b"X" * ((1 << 20) + 1))).status == 413


async def test_what_else_is_sent_is_refused(api: Api) -> None:
    token = {"Authorization": f"Bearer {api.world.tokens['teacher', 'vienna']}"}
    response = await api.client.post("/api/v1/busy", data=b"x", headers=token | {"Content-Type": "text/html"})
    assert response.status == 415


async def test_one_person_has_one_calendar_read_at_a_time(api: Api) -> None:
    replies = await asyncio.gather(*(send(api, DENTIST, name=f"{each}.ics") for each in range(3)))
    assert sorted(each.status for each in replies) == [201, 429, 429]


async def test_f2_a_bomb_is_answered(api: Api) -> None:
    for name in ("a thousand dates that never come", "each second", "components without end"):
        reply = await send(api, BOMBS[name], name="bomb.ics")
        assert reply.status in {201, 422}, (name, reply.body)


async def test_nobody_learns_more_than_that_a_colleague_is_busy(api: Api) -> None:
    await brought(api)
    asked = {"minutes": 60, "from": "2026-12-01T08:00:00Z", "to": "2026-12-01T11:00:00Z"}
    people = ["teacher@vienna.example", "teacher@kyiv.example"]
    reply = await api.ask("POST", "/slots", {**asked, "people": people}, who=("teacher", "kyiv"))
    at_nine = next(each for each in reply.body["slots"] if each["start"] == "2026-12-01T09:00:00Z")
    [missing] = at_nine["missing"]
    assert (missing["who"], missing["reasons"]) == (people[0], [{"why": "busy", "until": "2026-12-01T10:00:00Z"}])


async def test_an_erased_person_leaves_no_calendar(api: Api) -> None:
    await brought(api, who=("teacher", "kyiv"))
    person = api.world.actors["teacher", "kyiv"].public_id
    token = {"Authorization": f"Bearer {api.world.tokens['teacher', 'kyiv']}"}
    assert (await api.client.delete(f"/api/v1/people/{person}", headers=token)).status == 200
    assert (await count(api, busy_source), await count(api, busy_time)) == (0, 0)


@dataclass
class Elsewhere:
    """A calendar's host: what it gives, and with which versions it was asked."""

    port: int = 0
    content: bytes = DENTIST
    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        known = request.headers.get("If-None-Match", "")
        self.asked.append(known)
        tag = f'"{hash(self.content)}"'
        if self.status != 200:
            return web.Response(status=self.status)
        return web.Response(status=304) if known == tag else web.Response(body=self.content, headers={"ETag": tag})

    @property
    def address(self) -> str:
        return f"http://calendar.example:{self.port}/secret-token/a.ics"


@pytest.fixture
async def elsewhere(api: Api) -> AsyncIterator[Elsewhere]:
    """A host on this machine, which the importer may reach for once."""
    there = Elsewhere()
    app = web.Application()
    app.router.add_get("/{tail:.*}", there.answer)
    async with TestServer(app, host="127.0.0.2") as server:
        there.port = server.port or 0
        reach = Reach({"http": there.port}, lambda address: str(address) == "127.0.0.2", Names(server.host))
        importer = Importer(api.database, api.clock, "vclass.example", Fetcher(reach))
        api.client.app._state[IMPORTER] = importer
        yield there


async def subscribed(api: Api, elsewhere: Elsewhere) -> Json:
    reply = await api.ask("POST", "/busy", {"address": elsewhere.address, "name": "Family"})
    assert reply.status == 201, reply.body
    return reply.body


async def refreshed(api: Api) -> Json:
    """What the clockwork makes of the only calendar."""
    await api.client.app[IMPORTER].refresh_due()
    [found] = (await api.ask("GET", "/busy")).body["calendars"]
    return found  # type: ignore[no-any-return]  # JSON


async def test_an_address_is_fetched_and_only_its_host_is_shown(api: Api, elsewhere: Elsewhere) -> None:
    found = await subscribed(api, elsewhere)
    assert (found["kind"], found["address"], found["times"]) == ("address", "http://calendar.example/…", 1)
    assert "secret-token" not in str(found)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://127.0.0.1/a.ics", "forbidden"),
        ("https://[::ffff:10.0.0.1]/a.ics", "forbidden"),
        ("webcal://169.254.169.254/latest/meta-data", "forbidden"),
        ("http://127.0.0.1/a.ics", "address"),
        ("ftp://calendar.example/", "address"),
        ("not an address", "address"),
    ],
)
async def test_f1_an_address_within_is_refused_with_the_reason(api: Api, address: str, why: str) -> None:
    reply = await api.ask("POST", "/busy", {"address": address})
    assert (reply.status, reply.body["type"], reply.body["why"]) == (422, "calendar-refused", why)
    assert await count(api, busy_source) == 0


async def test_a_calendar_is_fetched_again_after_hours_with_the_version_that_is_known(
    api: Api, elsewhere: Elsewhere
) -> None:
    await subscribed(api, elsewhere)
    await refreshed(api)
    assert elsewhere.asked == [""]
    api.clock.advance(5 * HOUR)
    assert (await refreshed(api))["read_at"] == "2026-11-21T15:00:00Z"
    assert elsewhere.asked == ["", f'"{hash(DENTIST)}"']


async def test_a_calendar_that_changed_is_read_anew(api: Api, elsewhere: Elsewhere) -> None:
    await subscribed(api, elsewhere)
    elsewhere.content = MIXED
    api.clock.advance(5 * HOUR)
    assert (await refreshed(api))["report"]["events"] == 4


async def test_after_a_week_a_calendar_is_read_anew_though_it_did_not_change(api: Api, elsewhere: Elsewhere) -> None:
    elsewhere.content = one("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    first = await subscribed(api, elsewhere)
    api.clock.advance(8 * 24 * HOUR)
    assert (await refreshed(api))["times"] == first["times"] + 8
    assert elsewhere.asked == ["", ""]


async def test_a_failing_address_is_shown_with_the_reason_and_goes_on_with_the_last_times(
    api: Api, elsewhere: Elsewhere
) -> None:
    await subscribed(api, elsewhere)
    elsewhere.status = 404
    api.clock.advance(5 * HOUR)
    found = await refreshed(api)
    assert (found["times"], found["read_at"]) == (1, "2026-11-21T10:00:00Z")
    sentence = "The host has no calendar at this address. Check it."
    assert found["problem"] == {"why": "status", "sentence": sentence, "failures": 1, "status": 404}


async def test_a_failing_address_is_tried_less_and_less_and_recovers(api: Api, elsewhere: Elsewhere) -> None:
    await subscribed(api, elsewhere)
    elsewhere.status = 500
    for failures in (1, 2, 3):
        api.clock.advance(36 * HOUR)
        assert (await refreshed(api))["problem"]["failures"] == failures
    elsewhere.status = 200
    api.clock.advance(36 * HOUR)
    assert (await refreshed(api))["problem"] is None


async def test_what_became_unreadable_goes_on_with_the_last_times(api: Api, elsewhere: Elsewhere) -> None:
    await subscribed(api, elsewhere)
    elsewhere.content = b"<html>Sign in</html>"
    api.clock.advance(5 * HOUR)
    found = await refreshed(api)
    assert (found["problem"]["why"], found["times"]) == ("not_a_calendar", 1)


async def test_a_calendar_is_fetched_at_once_when_its_owner_wants(api: Api, elsewhere: Elsewhere) -> None:
    found = await subscribed(api, elsewhere)
    early = await api.ask("POST", f"/busy/{found['id']}/refresh", {})
    assert (early.status, early.headers["Retry-After"]) == (429, "30")
    elsewhere.content = MIXED
    api.clock.advance(31)
    assert (await api.ask("POST", f"/busy/{found['id']}/refresh", {})).body["report"]["events"] == 4


async def test_a_file_cannot_be_fetched_again(api: Api) -> None:
    found = await brought(api)
    reply = await api.ask("POST", f"/busy/{found['id']}/refresh", {})
    assert (reply.status, reply.body["type"]) == (409, "not-an-address")


async def test_two_processes_fetch_a_calendar_once(api: Api, elsewhere: Elsewhere) -> None:
    await subscribed(api, elsewhere)
    api.clock.advance(5 * HOUR)
    await asyncio.gather(*(api.client.app[IMPORTER].refresh_due() for _ in range(3)))
    assert len(elsewhere.asked) == 2
