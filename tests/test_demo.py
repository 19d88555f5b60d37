"""The demo as a process: what its first line tells, whose folder it takes, and that its lesson is always open."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.mail_server import free_port
from vclass import migrations
from vclass.core.db import Database
from vclass.core.zones import parse_rfc3339
from vclass.demo.certificate import self_signed

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "from vclass.cli import main; main()"
ROLES = {
    "student",
    "teacher",
    "room_admin",
    "institution_admin",
    "quality_officer",
    "organiser",
    "platform_admin",
}
HOUR = 3600
PATIENCE = 30
Told = dict[str, Any]


def process(data: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COMMAND, "demo", "--json", "--data", str(data), "--port", str(free_port())]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*command, *options], env=environment, cwd=data.parent, text=True, **pipes)  # type: ignore[call-overload,no-any-return]  # the pipes


@contextmanager
def demo(data: Path, *options: str) -> Iterator[Told]:
    """A running demo, and what its first line says; nothing else may come on standard output."""
    started = process(data, *options)
    assert started.stdout is not None
    try:
        yield json.loads(started.stdout.readline())
    finally:
        started.send_signal(signal.SIGTERM)
        rest, _ = started.communicate(timeout=PATIENCE)
    assert (rest, started.returncode) == ("", 0)


def fetch(url: str, token: str = "") -> tuple[int, bytes]:
    headers = {"Accept": "text/html"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as response:
        return response.status, response.read()


def open_lesson(told: Told) -> Told:
    """The open lesson as its teacher's program sees it."""
    token = next(each["token"] for each in told["people"] if each["email"].startswith("anna"))
    found: Told = json.loads(fetch(f"{told['url']}/api/v1/lessons/{told['lesson']['id']}", token)[1])
    return found


def names(told: Told) -> tuple[set[str], set[str]]:
    """Ids of rooms, and of whoever there is."""
    return {each["id"] for each in told["rooms"]}, {each["email"] for each in told["people"]}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a demo was once."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    with demo(folder) as told:
        folder.with_name("told").write_text(json.dumps(told), "utf-8")
    return folder


def before(data: Path) -> Told:
    """What the first demo in the folder told."""
    told: Told = json.loads(data.with_name("told").read_text("utf-8"))
    return told


def test_the_first_line_tells_all_that_the_contract_names(data: Path) -> None:
    told = before(data)
    assert told.keys() >= {"url", "people", "rooms", "equipment", "lesson", "mail"}
    assert {each["role"] for each in told["people"]} == ROLES
    assert {"Europe/Vienna", "Europe/Berlin", "Europe/Athens", "Europe/Kyiv"} <= {
        each["zone"] for each in told["rooms"]
    }
    for group, fields in (
        ("people", {"email", "name", "role", "institution", "zone", "token", "sign_in_url"}),
        ("rooms", {"id", "institution", "name", "zone"}),
        ("equipment", {"id", "institution", "name", "quantity"}),
    ):
        assert all(each.keys() >= fields for each in told[group])
    assert told["mail"] == f"{told['url']}/dev/outbox"


def test_a_second_start_takes_up_the_same_house_and_lesson_and_its_links_work(data: Path) -> None:
    with demo(data) as told:
        assert names(told) == names(before(data))
        assert told["lesson"]["id"] == before(data)["lesson"]["id"]
        assert open_lesson(told)["state"] == "confirmed"
        links = [*told["lesson"]["join_urls"].values(), *(each["sign_in_url"] for each in told["people"][:2])]
        assert {fetch(each)[0] for each in (*links, told["mail"], told["url"])} == {200}
        mails = json.loads(fetch(f"{told['mail']}.json")[1])["mails"]
        assert {each["to"] for each in mails} == set(told["lesson"]["join_urls"])


def test_some_hours_later_another_lesson_is_open(data: Path) -> None:
    with demo(data, "--clock-offset", str(5 * HOUR)) as told:
        assert told["lesson"]["id"] != before(data)["lesson"]["id"]
        (link, *_) = told["lesson"]["join_urls"].values()
        assert fetch(link)[0] == 200
        starts = parse_rfc3339(open_lesson(told)["occurrences"][0]["start"])
        assert abs(starts - (time.time() + 5 * HOUR)) < HOUR


def test_what_a_first_start_left_empty_is_staged_at_the_next(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    engine = Database(f"sqlite:///{folder / 'vclass.db'}").engine
    migrations.upgrade(engine)
    engine.dispose()
    (folder / "vclass-demo.json").write_text("{}")
    with demo(folder) as told:
        assert names(told)[1] == names(before(data))[1]


def test_fresh_starts_over(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "vclass-demo.json").write_text("{}")
    (folder / "old").write_text("old")
    with demo(folder, "--fresh") as told:
        assert names(told)[0].isdisjoint(names(before(data))[0])
    assert not (folder / "old").exists()


@pytest.mark.parametrize("option", [(), ("--fresh",)])
def test_a_folder_that_the_demo_did_not_make_is_refused_and_left_alone(tmp_path: Path, option: tuple[str, ...]) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("precious")
    started = process(folder, *option)
    output, error = started.communicate(timeout=PATIENCE)
    assert (started.returncode, output) == (1, "")
    assert "Choose another folder" in error
    assert [each.name for each in folder.iterdir()] == ["thesis.txt"]


def test_a_certificate_is_made_once_for_its_host_and_its_key_is_private(tmp_path: Path) -> None:
    made = self_signed(tmp_path, "192.0.2.1")
    text = made[0].read_bytes()
    assert self_signed(tmp_path, "192.0.2.1") == made
    assert made[0].read_bytes() == text
    assert made[1].stat().st_mode & 0o077 == 0
    assert self_signed(tmp_path, "classroom.example") != made
