"""The page of what a change of clock law moved: who looks tells nobody, one press tells everyone."""

import pytest
import sqlalchemy as sa

from rooms import DESK
from schedules import LESSON_MAIL, law
from tests import releases
from tests.web.pages.campus import Campus, Visitor
from vclass.core import outbox, zones

VANCOUVER = "America/Vancouver"


@pytest.fixture
async def moved(campus: Campus, anna: Visitor, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A lesson by Vancouver's clock that was booked before the law of 2026 was known."""
    old = releases.doctored(tmp_path_factory.mktemp("release"), VANCOUVER, "America/Los_Angeles", "2025b")
    zones.use_database(old)
    try:
        path = await campus.booked(anna, zone=VANCOUVER, date="2026-12-01", time="10:00", repeat="once", room="")
    finally:
        zones.use_database(None)
    await law.carry_out(campus.database, campus.server.app[DESK], campus.clock)
    return path


async def mails(campus: Campus) -> list[str]:
    def read(connection: sa.Connection) -> list[str]:
        return [
            str(each.leased.facts["news"]) for each in outbox.listing(connection) if each.leased.kind == LESSON_MAIL
        ]

    return await campus.database.read(read)


async def test_r16_who_looks_sees_old_and_new_and_tells_nobody(campus: Campus, anna: Visitor, moved: str) -> None:
    told = await mails(campus)
    shown = await anna.get("/clocks")
    assert moved in shown.html
    assert "Vienna 18:00 , before: 19:00" in shown.text
    assert "Vancouver 10:00, as before" in shown.text
    assert await mails(campus) == told


@pytest.mark.usefixtures("moved")
async def test_r16_one_press_tells_everyone_and_the_second_nobody(campus: Campus, anna: Visitor) -> None:
    told = await mails(campus)
    ids = [("lesson", each) for each in (await anna.get("/clocks")).values("lesson")]
    shown = await anna.post("/clocks", ids)
    assert shown.status == 303
    assert "told by mail of the new times" in (await anna.get("/clocks")).text
    after = await mails(campus)
    assert set(after[: len(after) - len(told)]) == {"updated"}
    await anna.post("/clocks", ids)
    assert await mails(campus) == after
