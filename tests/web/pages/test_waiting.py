"""The page of an entry of the waiting list: in line, offered, taken, let go, too late."""

import pytest
import sqlalchemy as sa

from rooms import booking
from tests.web.pages.campus import Campus, Visitor

DAY = 24 * 3600


@pytest.fixture
async def first(campus: Campus, anna: Visitor) -> str:
    """A lesson of Vienna and Kyiv that has what Maria waits for."""
    return await campus.booked(anna, repeat="once")


@pytest.fixture
async def entry(campus: Campus, first: str, maria: Visitor) -> str:
    """The path of Maria's place in line for Hall 214."""
    assert first
    await maria.get("/lessons/new")
    wish = campus.form(key="wait", repeat="once", room="", partner_teacher="", guests="", on_clash="wait")
    answer = await maria.post("/lessons", wish)
    assert answer.status == 303, answer.text
    return answer.location


async def release(visitor: Visitor, path: str) -> None:
    await visitor.send(f"{path}/cancel", {"version": (await visitor.get(path)).value("version")})


async def states(campus: Campus) -> list[str]:
    """How the bookings stand, in the order in which they were asked for."""
    return await campus.database.read(
        lambda each: list(each.scalars(sa.select(booking.c.state).order_by(booking.c.id)))
    )


async def test_who_waits_sees_the_place_in_line_and_what_is_waited_for(maria: Visitor, entry: str) -> None:
    shown = await maria.get(entry)
    assert "You are in line: when the time becomes free you get a mail." in shown.text
    assert "You are next in line." in shown.text
    assert "Hall 214 is busy on Tuesday 2 March" in shown.text


async def test_an_offer_is_taken_with_one_press(
    campus: Campus, anna: Visitor, maria: Visitor, first: str, entry: str
) -> None:
    await release(anna, first)
    shown = await maria.get(entry)
    assert "Your slot has become free" in shown.text
    taken = await maria.send(f"{entry}/accept")
    assert "The slot is yours." in taken.text
    assert await states(campus) == ["cancelled", "confirmed"]
    assert (await maria.get(entry)).location.startswith("/lessons/")


async def test_an_offer_is_let_go(anna: Visitor, maria: Visitor, first: str, entry: str) -> None:
    await release(anna, first)
    shown = await maria.send(f"{entry}/leave")
    assert "You are off the waiting list" in shown.text


async def test_an_offer_that_ended_cannot_be_taken(
    campus: Campus, anna: Visitor, maria: Visitor, first: str, entry: str
) -> None:
    await release(anna, first)
    await maria.get(entry)
    campus.clock.advance(DAY)
    shown = await maria.post(f"{entry}/accept")
    assert shown.status == 409
    assert "The offer has ended" in shown.text


async def test_looking_answers_nothing_and_others_find_nothing(
    campus: Campus, anna: Visitor, maria: Visitor, entry: str
) -> None:
    await maria.get(entry)
    assert await states(campus) == ["confirmed", "waiting"]
    assert (await anna.get(entry)).status == 404
    assert (await anna.post(f"{entry}/leave")).status == 404
