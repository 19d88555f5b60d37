"""Thunderbird as judge: it gets the mails that the server really sent, its answers go back, and it subscribes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from tests.interop.correspondence import GRETA, TEACHER, Correspondence, Json

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]

WEEKS = ["2030-03-18T10:00", "2030-03-25T10:00", "2030-04-01T10:00", "2030-04-08T10:00"]
"""Two before the clocks change on 31 March, and two after it."""

LATER = [each.replace("10:00", "11:30") for each in WEEKS]


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


def one(wall: str) -> str:
    """The path of one date of a lesson."""
    return f"/occurrences/{wall}?scope=this"


async def keeps_up(greta: Correspondence) -> None:
    """What is booked comes with the next look, and what moves."""
    lesson = await greta.book(count=len(WEEKS))
    await greta.reader.refresh()
    assert await starts(greta, lesson) == instants(WEEKS)
    await greta.change(lesson, start=LATER[0])
    await greta.reader.refresh()
    assert await starts(greta, lesson) == instants(LATER)


async def test_r1_thunderbird_asks_for_an_answer_to_an_invitation(greta: Correspondence) -> None:
    bar = await greta.open_next(await greta.book())
    assert bar.text == "This message contains an invitation to an event."
    assert {"Accept", "Tentative", "Decline"} <= bar.buttons.keys()


async def test_r10_a_press_on_accept_sends_a_reply_that_marks_the_attendee_accepted(greta: Correspondence) -> None:
    lesson = await greta.book()
    await greta.press("Accept", lesson)
    await greta.answered(lesson, "ACCEPTED")
    (given,) = (await greta.invitations(lesson))["answers"]
    assert (given["email"], given["source"], given["state"]) == (GRETA, "mail", "counted")
    assert await starts(greta, lesson) == instants(WEEKS[:1])


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Europe/Kyiv"])
async def test_r4_a_series_keeps_its_wall_time_when_clocks_change(greta: Correspondence, zone: str) -> None:
    shown = await greta.shown(await accepted(greta, zone))
    assert [each.starts for each in shown] == instants(WEEKS, zone)
    assert {each.ends - each.starts for each in shown} == {90 * 60}
    assert {each.zone for each in shown} == {zone}


async def test_r5_case_25_an_update_moves_the_lesson_and_is_answered(greta: Correspondence) -> None:
    lesson = await accepted(greta)
    await greta.change(lesson, start=LATER[0])
    await greta.answered(lesson, "NEEDS-ACTION")
    await greta.press("Accept all", lesson)
    assert await starts(greta, lesson) == instants(LATER)
    await greta.answered(lesson, "ACCEPTED")


async def test_r5_an_older_mail_asks_for_nothing_once_a_newer_one_was_answered(greta: Correspondence) -> None:
    lesson = await accepted(greta)
    await greta.change(lesson, start=LATER[0])
    await greta.press("Accept all", lesson)
    bar = await greta.open_first(lesson)
    assert bar.text == "This message contains an event that has already been processed."
    assert await starts(greta, lesson) == instants(LATER)


async def test_r6_case_28_of_a_cancelled_date_nothing_is_left_and_of_the_others_all(greta: Correspondence) -> None:
    lesson = await accepted(greta)
    await greta.change(lesson, one(WEEKS[2]))
    await greta.press("Delete", lesson)
    assert await starts(greta, lesson) == instants([*WEEKS[:2], WEEKS[3]])


async def test_r6_of_a_cancelled_lesson_nothing_is_left(greta: Correspondence) -> None:
    lesson = await accepted(greta)
    await greta.change(lesson)
    await greta.press("Delete", lesson)
    assert await starts(greta, lesson) == []


async def test_r7_case_29_a_date_that_is_moved_and_then_cancelled_leaves_the_others_alone(
    greta: Correspondence,
) -> None:
    lesson, moved = await accepted(greta), "2030-04-02T14:00"
    await greta.change(lesson, one(WEEKS[1]), moved)
    await greta.press("Accept", lesson)
    assert await starts(greta, lesson) == instants([WEEKS[0], WEEKS[2], moved, WEEKS[3]])
    await greta.change(lesson, one(WEEKS[1]), version=2)
    await greta.press("Delete", lesson)
    assert await starts(greta, lesson) == instants([WEEKS[0], *WEEKS[2:]])


async def test_r18_a_subscribed_link_keeps_up_until_it_is_revoked(greta: Correspondence) -> None:
    feed = await greta.ask("POST", "/feeds", {"kind": "person"})
    async with greta.reader.subscribed(feed["url"]):
        await keeps_up(greta)
        await greta.ask("DELETE", f"/feeds/{feed['id']}")
        later = await greta.book()
        await greta.reader.refresh()
        assert await starts(greta, later) == []


async def test_r20_from_the_address_of_the_server_a_calendar_is_found_and_keeps_up(greta: Correspondence) -> None:
    made = await greta.ask("POST", "/app-passwords", {"name": "Thunderbird"})
    async with greta.reader.subscribed(f"{greta.url}/dav/", TEACHER, made["password"]) as names:
        assert names == ["teacher of vienna"]
        await keeps_up(greta)
