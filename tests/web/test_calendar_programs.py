"""Real calendar programs against the real application over TCP: what they find, and that they keep up."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.judges import programs
from tests.web.api import Api
from tests.web.dav import Program, program

pytestmark = [pytest.mark.timeout(900), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

WEEKLY = {"every": "week", "count": 4}
STUDENT = ("student", "kyiv")
ASK = Path(programs.__file__).with_name("ask_caldav.py")
UID = re.compile(r"^UID:(.*)$", re.MULTILINE)
TESTER_CHECKS = (
    *("CheckGetCurrentUserPrincipal", "CheckWWWAuthenticate", "CheckWellKnown", "CheckPropfindAllprop"),
    "CheckMakeDeleteCalendar",
)
VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair lessons]
a = "server"
b = "here"
collections = ["from a"]
conflict_resolution = "a wins"
[storage server]
type = "caldav"
url = "{url}"
username = "{email}"
password = "{password}"
read_only = true
[storage here]
type = "filesystem"
path = "{folder}/lessons"
fileext = ".ics"
"""
FEED = """
[general]
status_path = "{folder}/status"
[pair feed]
a = "server"
b = "here"
collections = null
[storage server]
type = "http"
url = "{url}"
[storage here]
type = "filesystem"
path = "{folder}/feed"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[lessons]]
path = {folder}/lessons/lessons
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
default_timezone = Europe/Vienna
local_timezone = Europe/Kyiv
[sqlite]
path = {folder}/khal.db
"""


@dataclass
class Vdirsyncer:
    """A folder that vdirsyncer keeps like the calendars on the server."""

    folder: Path

    async def discover(self, config: str) -> None:
        (self.folder / "config").write_text(config, "utf-8")
        await self._run("discover")

    async def sync(self) -> dict[str, str]:
        """Keep up; gives what is here then, by UID."""
        await self._run("sync")
        texts = [each.read_text("utf-8") for each in self.folder.glob("**/*.ics")]
        return {UID.findall(text)[0]: text for text in texts}

    async def _run(self, command: str) -> None:
        config = str(self.folder / "config")
        await programs.run("vdirsyncer", "-c", config, command, home=self.folder, said="y\n" * 10)


def root(api: Api) -> str:
    return str(api.client.make_url("/"))


async def following(mine: Program, folder: Path, path: str = "dav/") -> Vdirsyncer:
    """A vdirsyncer that has found somebody's calendars."""
    config = VDIRSYNCER.format(folder=folder, url=root(mine.api) + path, email=mine.email, password=mine.password)
    synced = Vdirsyncer(folder)
    await synced.discover(config)
    return synced


@pytest.mark.parametrize("path", ["", "dav/"])
async def test_r20_vdirsyncer_finds_the_lessons_from_either_address(api: Api, tmp_path: Path, path: str) -> None:
    booked = (await api.booked(repeat=WEEKLY)).body
    synced = await following(await program(api, STUDENT), tmp_path, path)
    assert list(await synced.sync()) == [booked["uid"]]


async def test_r20_vdirsyncer_keeps_up_with_what_changes_and_goes(api: Api, tmp_path: Path) -> None:
    stays, goes = (await api.booked()).body, (await api.booked(start="2026-12-02T10:00")).body
    synced = await following(await program(api, STUDENT), tmp_path)
    assert set(await synced.sync()) == {stays["uid"], goes["uid"]}
    await api.ask("PATCH", f"/lessons/{stays['id']}", {"title": "Another title"}, If_Match='"v1"')
    await api.ask("PATCH", f"/lessons/{goes['id']}", {"attendees": []}, If_Match='"v1"')
    after = await synced.sync()
    assert list(after) == [stays["uid"]]
    assert "SUMMARY:Another title" in after[stays["uid"]]


async def test_r20_khal_shows_what_vdirsyncer_brought_on_the_readers_clock(api: Api, tmp_path: Path) -> None:
    await api.booked(repeat=WEEKLY)
    synced = await following(await program(api, STUDENT), tmp_path)
    await synced.sync()
    (tmp_path / "khal.conf").write_text(KHAL.format(folder=tmp_path), "utf-8")
    config = str(tmp_path / "khal.conf")
    shown = await programs.run("khal", "-c", config, "list", "2026-12-01", "2026-12-23", home=tmp_path)
    assert shown.count("11:00-12:30 Joint seminar") == 4


async def test_r20_r21_caldav_server_tester_signs_in_and_is_refused_a_calendar_of_its_own(
    api: Api, tmp_path: Path
) -> None:
    """Its other checks all write into a calendar first, which nobody can here."""
    mine = await program(api, STUDENT)
    said = await programs.run(
        "caldav-server-tester",
        *("--caldav-url", root(api) + "dav/", "--caldav-username", mine.email, "--caldav-password", mine.password),
        *("--format", "json", *(part for check in TESTER_CHECKS for part in ("--run-checks", check))),
        home=tmp_path,
    )
    found = json.loads(said[said.index("{\n") :])["features"]
    support = {name: told["support"] for name, told in found.items()}
    assert support["auth.www-authenticate"] == support["auth.www-authenticate.usable-scheme"] == "full"
    assert support["create-calendar"] == "unsupported"


async def test_r18_vdirsyncer_reads_a_feed(api: Api, tmp_path: Path) -> None:
    await api.booked(repeat=WEEKLY)
    await api.booked(start="2026-12-02T10:00", title="Other")
    made = await api.ask("POST", "/feeds", {"kind": "person"}, STUDENT)
    url = root(api) + made.body["url"].removeprefix("http://vclass.example/")
    synced = Vdirsyncer(tmp_path)
    await synced.discover(FEED.format(folder=tmp_path, url=url))
    assert len(await synced.sync()) == 2


@pytest.mark.parametrize("path", [".well-known/caldav", "dav/", ""])
async def test_r20_python_caldav_finds_searches_and_catches_up(api: Api, tmp_path: Path, path: str) -> None:
    await api.booked(repeat=WEEKLY)
    mine = await program(api)
    said = await programs.run("python", "-P", str(ASK), root(api) + path, mine.email, mine.password, home=tmp_path)
    found = json.loads(said.splitlines()[-1])
    assert found["token"].startswith("urn:vclass:sync:")
    del found["token"]
    assert found == {
        "calendars": ["teacher of vienna"],
        "titles": ["Joint seminar"],
        "synced": 1,
        "by uid": True,
        "busy": 4 + 2,
    }
