"""Recordings over HTTP: who may make them, who is in them, and what is left of them."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import ClientWebSocketResponse

from schedules import lesson_of
from signaling.sfu.recording import manifest
from tests.benchmarks.load import record_clip
from tests.benchmarks.recording import Publisher
from tests.web.api import Api, Json, Reply
from vclass.admission import _Ticket
from vclass.core.keys import CLOCK
from vclass.core.tokens import digest
from vclass.recordings import KEEPER, Keeper, store
from vclass.recordings.store import recording, recording_consent
from vclass.web.pages.keys import ADMISSION

STARTS = int(datetime(2026, 12, 1, 9, 0, tzinfo=UTC).timestamp())
DAY = 24 * 3600
HOST, STUDENT, STRANGER = "teacher@vienna.example", "student@kyiv.example", ("teacher", "athens")
ADMIN = ("institution_admin", "vienna")
CLIP = record_clip(seconds=2)


@dataclass
class Visitor:
    """Somebody in the lesson."""

    ws: ClientWebSocketResponse
    publisher: Publisher | None = None

    async def say(self, kind: str, /, **fields: object) -> None:
        await self.ws.send_json({"type": kind, **fields})

    async def hear(self, kind: str, /, **facts: object) -> Json:
        """Reads until such a message comes."""
        async with asyncio.timeout(20):
            while True:
                message: Json = await self.ws.receive_json()
                if message["type"] == kind and facts.items() <= message.items():
                    return message

    async def publish(self) -> None:
        """Sends sound and picture."""
        self.publisher = Publisher()
        await self.publisher.join(self._negotiate)
        self.publisher.play(CLIP)
        self.publisher.talk()
        for kind in ("audio", "video"):
            await self.say("mute", kind=kind, muted=False)

    async def _negotiate(self, sdp: str) -> str:
        await self.say("offer", sdp=sdp, rev=1)
        return str((await self.hear("answer"))["sdp"])


@dataclass
class Class:
    """A lesson that is held now."""

    api: Api
    id: str
    visitors: list[Visitor] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def keeper(self) -> Keeper:
        return self.api.client.app[KEEPER]

    async def allow(self, *places: str) -> None:
        """Lets houses say yes to recordings."""
        for place in places:
            house = self.api.world.institutions[place]
            await self.api.database.write(store.allow, house, STARTS)

    async def enter(self, email: str) -> Visitor:
        """Takes a seat as one of those who are invited."""
        found = await self.api.database.read(lesson_of, self.id)
        assert found is not None
        attendee = next(each for each in found.present if each.email == email)
        ticket = f"ticket-{next(self.numbers)}"
        seat = _Ticket(attendee.public_id, attendee.generation, self.id, STARTS + DAY)
        self.api.client.app[ADMISSION].tickets[digest(ticket)] = seat
        headers = {"Origin": "http://vclass.example"}
        visitor = Visitor(await self.api.client.ws_connect(f"/live/{self.id}/ws", headers=headers))
        self.visitors.append(visitor)
        await visitor.say("hello", ticket=ticket)
        return visitor

    async def begun(self) -> tuple[Visitor, str]:
        """The host, who publishes and agrees to the recording that is made from now on."""
        await self.allow("vienna", "kyiv")
        host = await self.enter(HOST)
        await host.publish()
        await host.say("record", action="start")
        public_id = str((await host.hear("recording", state="on"))["id"])
        await host.say("consent", recording=public_id, given=True)
        await host.hear("recorded", recorded=True)
        return host, public_id

    async def recorded(self, public_id: str, seconds: float = 2.0) -> None:
        """Waits until so much is in a recording's files."""
        async with asyncio.timeout(30):
            while _seconds(self.keeper.home(public_id)) < seconds:  # noqa: ASYNC110 - the recorder's thread writes
                await asyncio.sleep(0.1)

    async def over(self, public_id: str) -> Reply:
        """Waits until a recording is closed."""
        async with asyncio.timeout(20):
            while True:
                await self.keeper.settle()
                found = await self.api.ask("GET", f"/recordings/{public_id}")
                if found.body["state"] != "running":
                    return found
                await asyncio.sleep(0.1)

    async def made(self) -> Reply:
        """A recording of the host alone, closed."""
        host, public_id = await self.begun()
        await self.recorded(public_id)
        await host.say("record", action="stop")
        await host.hear("recording", state="off")
        return await self.over(public_id)

    async def close(self) -> None:
        for visitor in self.visitors:
            await visitor.ws.close()
            if visitor.publisher is not None:
                await visitor.publisher.close()


def _seconds(folder: Path) -> float:
    parts = [manifest.read(part) for part in folder.glob(f"*{manifest.PART}")]
    files = [file for part in parts for each in part.publishers for file in each.files]
    return max((file.milliseconds / 1000 for file in files), default=0.0)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
async def lesson(api: Api, tmp_path: Path) -> AsyncIterator[Class]:
    booked = await api.booked()
    api.clock.now = STARTS
    made = Class(api, booked.body["id"])
    made.keeper.folder = tmp_path / "recordings"
    yield made
    await made.close()


async def rows(api: Api, table: sa.Table) -> list[sa.RowMapping]:
    found = sa.select(table)
    return await api.database.read(lambda connection: list(connection.execute(found).mappings()))


async def test_recording_is_off_until_every_institution_says_yes(lesson: Class) -> None:
    await lesson.allow("vienna")
    host = await lesson.enter(HOST)
    await host.say("record", action="start")
    refused = await host.hear("error", code="recording_refused")
    assert (refused["cause"], "KPI" in refused["message"]) == ("recording-not-allowed", True)
    assert await rows(lesson.api, recording) == []


async def test_k6_a_lesson_with_minors_is_not_recorded(api: Api, tmp_path: Path) -> None:
    booked = await api.booked(minors=True)
    api.clock.now = STARTS
    lesson = Class(api, booked.body["id"])
    lesson.keeper.folder = tmp_path
    await lesson.allow("vienna", "kyiv")
    host = await lesson.enter(HOST)
    await host.hear("welcome")
    refused = await api.ask("POST", f"/lessons/{lesson.id}/recordings", {})
    assert (refused.status, refused.body["type"]) == (409, "recording-minors")
    await lesson.close()


async def test_an_administrator_switches_it_on_for_the_own_institution(api: Api) -> None:
    assert (await api.ask("GET", "/institution/recordings", who=ADMIN)).body == {"allowed": False}
    assert (await api.ask("PUT", "/institution/recordings", {"allowed": True}, ADMIN)).body == {"allowed": True}
    assert (await api.ask("GET", "/institution/recordings", who=ADMIN)).body == {"allowed": True}
    assert (await api.ask("PUT", "/institution/recordings", {"allowed": True})).status == 403


async def test_who_agreed_is_in_the_recording_and_who_declined_is_not(lesson: Class) -> None:
    host, public_id = await lesson.begun()
    student = await lesson.enter(STUDENT)
    assert (await student.hear("welcome"))["recording"]["consent"] == "asked"
    await student.publish()
    await student.say("consent", recording=public_id, given=False)
    await lesson.recorded(public_id)
    await host.say("record", action="stop")
    found = (await lesson.over(public_id)).body
    assert [each["publisher"] for each in found["files"]] == ["teacher of vienna"]
    kept = [(each["name"], each["given"], each["version"]) for each in await rows(lesson.api, recording_consent)]
    assert sorted(kept) == [("student of kyiv", False, "2026-11"), ("teacher of vienna", True, "2026-11")]


async def test_a_file_is_downloaded_whole_or_in_part_and_only_as_an_attachment(lesson: Class) -> None:
    (file,) = (await lesson.made()).body["files"]
    token = {"Authorization": f"Bearer {lesson.api.world.tokens['teacher', 'vienna']}"}
    whole = await lesson.api.client.get(file["url"], headers=token)
    part = await lesson.api.client.get(file["url"], headers={**token, "Range": "bytes=0-3"})
    assert (whole.status, part.status, await part.read()) == (200, 206, b"\x1a\x45\xdf\xa3")
    assert len(await whole.read()) == file["octets"]
    assert whole.content_type == "video/webm"
    assert whole.headers["Content-Disposition"] == "attachment; filename*=UTF-8''teacher%20of%20vienna.webm"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"


async def test_strangers_neither_see_nor_load_anything(lesson: Class) -> None:
    found = (await lesson.made()).body
    api = lesson.api
    paths = [f"/lessons/{lesson.id}/recordings", f"/recordings/{found['id']}", found["files"][0]["url"][7:]]
    assert [(await api.ask("GET", path, who=STRANGER)).status for path in paths] == [404, 404, 404]
    assert (await api.ask("GET", paths[1], who=None)).status == 401
    assert (await api.ask("GET", f"/recordings/{found['id']}/files/..%2Fsecret")).status == 404
    listed: Any = (await api.ask("GET", paths[0], who=("student", "kyiv"))).body
    assert [each["id"] for each in listed] == [found["id"]]


async def test_the_host_records_over_http_what_is_held_now(lesson: Class) -> None:
    path = f"/lessons/{lesson.id}/recordings"
    assert (await lesson.api.ask("POST", path, {})).body["type"] == "recording-state"
    await lesson.allow("vienna", "kyiv")
    host = await lesson.enter(HOST)
    await host.hear("welcome")
    begun = await lesson.api.ask("POST", path, {})
    assert (begun.status, begun.body["state"]) == (201, "running")
    assert (await host.hear("recording"))["id"] == begun.body["id"]
    direction = f"/recordings/{begun.body['id']}/direction"
    for action, state in (("pause", "paused"), ("resume", "on"), ("stop", "off")):
        assert (await lesson.api.ask("POST", direction, {"action": action})).status == 200
        await host.hear("recording", state=state)
    assert (await lesson.api.ask("POST", direction, {"action": "stop"})).status == 409
    assert (await lesson.over(begun.body["id"])).body["files"] == []


async def test_only_the_host_may_direct_and_delete(lesson: Class) -> None:
    found = (await lesson.made()).body
    path, student = f"/recordings/{found['id']}", ("student", "kyiv")
    assert (await lesson.api.ask("POST", f"/lessons/{lesson.id}/recordings", {}, student)).status == 403
    assert (await lesson.api.ask("DELETE", path, who=student)).status == 403
    response = await lesson.api.client.delete(
        f"/api/v1{path}", headers={"Authorization": f"Bearer {lesson.api.world.tokens['teacher', 'vienna']}"}
    )
    assert response.status == 204
    assert (await lesson.api.ask("GET", path)).status == 404
    await lesson.keeper.purge()
    assert await rows(lesson.api, recording) == await rows(lesson.api, recording_consent) == []
    assert not lesson.keeper.home(found["id"]).exists()


async def test_k1_what_was_kept_long_enough_goes_by_itself(lesson: Class) -> None:
    found = (await lesson.made()).body
    lesson.api.clock.now = STARTS + 179 * DAY
    await lesson.keeper.purge()
    assert lesson.keeper.home(found["id"]).exists()
    lesson.api.clock.now = STARTS + 180 * DAY
    await lesson.keeper.purge()
    assert not lesson.keeper.home(found["id"]).exists()
    assert await rows(lesson.api, recording) == []


async def test_what_a_killed_server_recorded_is_closed_by_the_next(lesson: Class) -> None:
    _, public_id = await lesson.begun()
    await lesson.recorded(public_id)
    other = Keeper(lesson.api.database, lesson.api.client.app[CLOCK], lesson.keeper.folder, 180)
    other.live = lesson.keeper.live
    running, lesson.keeper.live = lesson.keeper.live, None
    assert running is not None
    running._hub._rooms[lesson.id].film = None
    lesson.api.clock.now += store.ALIVE_SECONDS + 1
    await other.settle()
    found = (await lesson.api.ask("GET", f"/recordings/{public_id}")).body
    assert found["state"] == "ready"
    assert found["files"][0]["seconds"] >= 2
    lesson.keeper.live = running


async def test_the_joined_view_is_made_beside_the_server_and_tells_how_far_it_is(lesson: Class) -> None:
    found = (await lesson.made()).body
    path = f"/recordings/{found['id']}"
    wanted = await lesson.api.ask("POST", f"{path}/joined", {})
    assert (wanted.status, wanted.body["joined"]) == (202, "due")
    async with asyncio.timeout(60):
        while (await lesson.api.ask("GET", path)).body["joined"] != "ready":
            await lesson.keeper.join_due()
    ready = (await lesson.api.ask("GET", path)).body
    assert ready["progress"] == 100
    token = {"Authorization": f"Bearer {lesson.api.world.tokens['teacher', 'vienna']}"}
    joined = await lesson.api.client.get(ready["files"][-1]["url"], headers=token)
    assert (await joined.read())[:4] == b"\x1a\x45\xdf\xa3"
