"""The clockwork: a job that fails is told of and runs again; one that stops is never silent."""

import asyncio
import logging
from pathlib import Path

import pytest

from config.settings import Retention
from tests.office import Office
from tests.web.api import settings
from vclass import app as roof
from vclass import jobs
from vclass.core import audit, outbox
from vclass.jobs import Clockwork
from vclass.mail import Kept, Postman

PATIENCE = 30
CLOCK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the clockwork does when is the same on every database."""


@CLOCK
async def test_a_failing_job_runs_again_at_its_next_beat(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    beats, thrice = 0, asyncio.Event()

    async def fail() -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            thrice.set()
        raise RuntimeError("out of step")

    postman = Postman(office.database, office.clock, Kept(), {})
    async with jobs.running(office.database, office.clock, postman) as clockwork, asyncio.timeout(PATIENCE):
        assert isinstance(clockwork, Clockwork)
        clockwork.every(1, "failing", fail)
        await thrice.wait()
    told = [each for each in caplog.records if each.getMessage() == "job failed"]
    assert {vars(each)["job"] for each in told} == {"failing"}
    assert len(told) == beats


@CLOCK
async def test_a_job_that_the_end_cuts_short_is_no_fault(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    begun = asyncio.Event()

    async def long() -> None:
        begun.set()
        await asyncio.Event().wait()

    postman = Postman(office.database, office.clock, Kept(), {})
    async with jobs.running(office.database, office.clock, postman) as clockwork, asyncio.timeout(PATIENCE):
        clockwork.every(1, "long", long)
        await begun.wait()
    await asyncio.sleep(0)
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080", ("http://127.0.0.1:8080", "http://localhost:8080")),
        ("https://VClass.example.org:443", ("https://vclass.example.org",)),
    ],
)
def test_the_socket_knows_the_sites_own_pages(url: str, expected: tuple[str, ...]) -> None:
    assert roof.origins(url) == expected


async def test_a_clockwork_that_cannot_start_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_parts: object) -> None:
        raise ModuleNotFoundError("apscheduler")

    monkeypatch.setattr(jobs, "running", broken)
    await roof._tick(roof.create_app(settings(tmp_path)))
    assert [each.levelno for each in caplog.records if "no mail leaves" in each.getMessage()] == [logging.ERROR]


async def test_old_mail_and_audit_go_after_the_days_that_the_settings_say(office: Office) -> None:
    await office.book()
    await office.database.write(outbox.mark_sent, 1, office.clock())
    retention, days = Retention(audit_days=2, outbox_days=1), 24 * 3600
    before = await office.count(audit.audit), await office.count(outbox.outbox)
    for later, forgotten in ((days, (0, 0)), (days + 1, (0, 1)), (2 * days + 1, (before[0], 1))):
        await office.database.write(jobs.tidy, retention, office.clock() + later)
        left = await office.count(audit.audit), await office.count(outbox.outbox)
        assert left == (before[0] - forgotten[0], before[1] - forgotten[1])
