"""Thunderbird as judge of invitations: it gets the mails that the server really sent, and its answers go back."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from tests.interop.correspondence import Correspondence, Json

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]

WEEKS = ["2030-03-18T10:00", "2030-03-25T10:00", "2030-04-01T10:00", "2030-04-08T10:00"]
"""Two before the clocks change on 31 March, and two after it."""


def instants(walls: list[str], zone: str = "Europe/Vienna") -> list[int]:
    """What the database of zones says of wall times."""
    return [int(dt.datetime.fromisoformat(each).replace(tzinfo=ZoneInfo(zone)).timestamp()) for each in walls]


async def starts(greta: Correspondence, lesson: Json) -> list[int]:
    return [each.starts for each in await greta.shown(lesson)]


async def accepted(greta: Correspondence, zone: str = "Europe/Vienna") -> Json:
    """A lesson on all these dates that Greta has accepted."""
    lesson = await greta.book(zone, count=len(WEEKS))
    await greta.press("Accept all", lesson)
    await greta.answered(lesson, "ACCEPTED")
    return lesson


async def test_r1_thunderbird_asks_for_an_answer_to_an_invitation(greta: Correspondence) -> None:
    bar = await greta.open_next(await greta.book())
    assert bar.text == "This message contains an invitation to an event."
    assert {"Accept", "Tentative", "Decline"} <= bar.buttons.keys()


async def test_r10_a_press_on_accept_sends_a_reply_that_marks_the_attendee_accepted(greta: Correspondence) -> None:
    lesson = await greta.book()
    await greta.press("Accept", lesson)
    await greta.answered(lesson, "ACCEPTED")
    assert await starts(greta, lesson) == instants(WEEKS[:1])


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Europe/Kyiv"])
async def test_r4_a_series_keeps_its_wall_time_when_clocks_change(greta: Correspondence, zone: str) -> None:
    shown = await greta.shown(await accepted(greta, zone))
    assert [each.starts for each in shown] == instants(WEEKS, zone)
    assert {each.ends - each.starts for each in shown} == {90 * 60}
    assert {each.zone for each in shown} == {zone}


async def test_r5_case_25_an_update_moves_the_lesson(greta: Correspondence) -> None:
    lesson = await accepted(greta)
    await greta.ask("PATCH", f"/lessons/{lesson['id']}", {"start": "2030-03-18T11:30"}, version=1)
    await greta.answered(lesson, "NEEDS-ACTION")
    await greta.press("Accept all", lesson)
    assert await starts(greta, lesson) == instants([each.replace("10:00", "11:30") for each in WEEKS])
    await greta.answered(lesson, "ACCEPTED")


async def test_r6_case_28_of_a_cancelled_date_nothing_is_left_and_of_the_others_all(greta: Correspondence) -> None:
    lesson = await accepted(greta)
    await greta.ask("DELETE", f"/lessons/{lesson['id']}/occurrences/{WEEKS[2]}?scope=this", version=1)
    await greta.press("Delete", lesson)
    assert await starts(greta, lesson) == instants([*WEEKS[:2], WEEKS[3]])


async def test_r7_a_moved_date_stands_where_it_went_and_the_others_where_they_were(greta: Correspondence) -> None:
    lesson = await accepted(greta)
    patch = {"start": "2030-04-02T14:00"}
    await greta.ask("PATCH", f"/lessons/{lesson['id']}/occurrences/{WEEKS[1]}?scope=this", patch, version=1)
    await greta.press("Accept", lesson)
    assert await starts(greta, lesson) == instants([WEEKS[0], WEEKS[2], patch["start"], WEEKS[3]])
