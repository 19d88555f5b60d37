"""The page of mail that did not arrive: the way there, what it says, and its two presses."""

import re

import pytest

from tests.web.pages.campus import JOSEF, Campus, Visitor
from vclass.core import outbox

NIKOS = "nikos@asl.example"
PATH = "/settings/undelivered"
HOUR = 3600


@pytest.fixture
async def josef(campus: Campus, anna: Visitor) -> Visitor:
    """An administrator in Vienna, where a mail to Nikos came back."""
    await campus.booked(anna)
    await refuse(campus)
    return await campus.person(JOSEF)


async def refuse(campus: Campus) -> None:
    """Let the last mail to Nikos come back."""
    row = next(each for each in await campus.database.read(outbox.listing) if each.leased.recipient == NIKOS)
    await campus.database.write(outbox.mark_bounced, row.leased.id, campus.clock(), "550 no such user")


async def press(visitor: Visitor, what: str) -> str:
    """Press the button of the one mail; what the list says then."""
    (action,) = re.findall(rf'action="({PATH}/\d+/{what})"', (await visitor.get(PATH)).html)
    return (await visitor.send(action)).text


async def test_an_administrators_settings_lead_there_and_tell_how_many_there_are(josef: Visitor) -> None:
    shown = await josef.get("/settings")
    assert f'href="{PATH}"' in shown.html
    assert "1 to look at" in shown.text


async def test_an_administrators_day_tells_of_it_while_it_is_open(josef: Visitor) -> None:
    shown = await josef.get("/")
    assert "1 mail did not arrive." in shown.text
    assert f'href="{PATH}"' in shown.html
    await press(josef, "settle")
    assert PATH not in (await josef.get("/")).html


async def test_a_teachers_settings_do_not(anna: Visitor) -> None:
    assert PATH not in (await anna.get("/settings")).html
    assert (await anna.get(PATH)).status == 403


async def test_it_says_whom_what_when_where_and_why(josef: Visitor) -> None:
    text = (await josef.get(PATH)).text
    for each in ("Nikos", NIKOS, "Invitation", "Comparative Media Law", "Came back", "550 no such user", "Vienna"):
        assert each in text


async def test_one_press_sends_it_again(campus: Campus, josef: Visitor) -> None:
    campus.clock.advance(HOUR)
    shown = await press(josef, "again")
    assert "It is on its way once more." in shown
    assert "All mail has arrived" in shown


async def test_one_press_takes_it_off_the_list(josef: Visitor) -> None:
    shown = await press(josef, "settle")
    assert "Dealt with." in shown
    assert "All mail has arrived" in shown


async def test_within_the_hour_it_is_not_sent_twice_and_stays(campus: Campus, josef: Visitor) -> None:
    campus.clock.advance(HOUR)
    await press(josef, "again")
    await refuse(campus)
    shown = await press(josef, "again")
    assert "It was sent within this hour." in shown
    assert NIKOS in shown


async def test_what_a_teacher_sends_again_at_the_lesson_is_off_the_list(
    campus: Campus, anna: Visitor, josef: Visitor
) -> None:
    campus.clock.advance(HOUR)
    (lesson,) = re.findall(r'href="([^"]+)">Comparative', (await josef.get(PATH)).html)
    doctor = await anna.get(f"{lesson}/invitations")
    (again,) = re.findall(r'Mails to Nikos.*?action="([^"]+/again)"', doctor.html, re.DOTALL)
    await anna.send(again)
    assert "All mail has arrived" in (await josef.get(PATH)).text
