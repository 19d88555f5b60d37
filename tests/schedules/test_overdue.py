"""Kit that isn't back: who comes short next and who administers the house are told, once."""

import asyncio
from typing import Any

import sqlalchemy as sa

from config import Settings
from config.settings import Mail, Server
from rooms.custody import Custody, tell_overdue
from rooms.custody.service import Handing, check_in, check_out
from schedules import EquipmentWish, Lesson, paths_of_bookings
from tests.office import Office
from tests.support import SATURDAY
from vclass.core import outbox
from vclass.core.db import Database
from vclass.web.letters import Letters
from vclass.web.rendering import Renderer

HOUR = 3600
BEGINS = SATURDAY + 2 * 24 * HOUR
"""Monday, 11:00 in Vienna."""
DUE = BEGINS + HOUR
ADMINISTRATORS = {"room_admin@vienna.example", "institution_admin@vienna.example"}


async def book(office: Office, hour: int, quantity: int) -> Lesson:
    """An hour with microphones, on Monday."""
    kit = (EquipmentWish(office.world.kit["vienna"].public_id, quantity),)
    return await office.book(
        start=f"2026-11-23T{hour}:00", minutes=60, rooms=(), teachers=(), attendees=(), equipment=kit
    )


async def hand_out(office: Office, lesson: Lesson) -> Custody:
    wish = Handing(lesson.dates[0].booking_public_id, None, None, "")
    return await office.database.transaction(check_out, office.teacher, wish, BEGINS)


async def tell(office: Office, now: int = DUE + 15 * 60) -> int:
    return await office.database.write(tell_overdue, now, paths_of_bookings)


async def notices(office: Office) -> dict[str, dict[str, Any]]:
    """The facts that are written to each address."""
    rows = await office.database.read(outbox.listing)
    return {each.leased.recipient: each.leased.facts for each in rows if each.leased.kind == "notice"}


async def test_the_next_who_comes_short_and_the_administrators_are_told(office: Office) -> None:
    await hand_out(office, await book(office, 11, 4))
    await book(office, 13, 1)
    short = await book(office, 14, 2)
    assert await tell(office) == 1
    told = await notices(office)
    assert told.keys() == {*ADMINISTRATORS, "teacher@vienna.example"}
    borrower = told["teacher@vienna.example"]
    assert (borrower["to"], borrower["title"], borrower["path"]) == (
        "borrower",
        "4 \u00d7 Microphone",
        f"/lessons/{short.public_id}",
    )
    assert (borrower["first"], borrower["until"]) == ([DUE, DUE + 2 * HOUR], DUE + 2 * HOUR)
    assert {told[each]["to"] for each in ADMINISTRATORS} == {"approver"}


async def test_where_nobody_comes_short_the_administrators_alone_are_told(office: Office) -> None:
    await hand_out(office, await book(office, 11, 2))
    await book(office, 14, 3)
    await tell(office)
    told = await notices(office)
    assert told.keys() == ADMINISTRATORS
    assert {each["until"] for each in told.values()} == {0}


async def test_nobody_is_told_before_a_quarter_of_an_hour_nor_of_what_is_back(office: Office) -> None:
    first = await hand_out(office, await book(office, 11, 2))
    assert await tell(office, DUE + 15 * 60 - 1) == 0
    await office.database.write(check_in, office.teacher, first.public_id, "", DUE)
    assert await tell(office) == 0


async def test_each_is_told_once_by_whichever_process(office: Office) -> None:
    await hand_out(office, await book(office, 11, 2))
    other = Database(office.database.url)
    other.open()
    jobs = [each.write(tell_overdue, DUE + HOUR, paths_of_bookings) for each in (office.database, other) * 3]
    assert sorted(await asyncio.gather(*jobs)) == [0, 0, 0, 0, 0, 1]
    await other.close()
    rows = sa.select(sa.func.count()).where(outbox.outbox.c.kind == "notice")
    assert await office.database.read(lambda c: c.execute(rows).scalar_one()) == len(ADMINISTRATORS)


async def test_the_mail_says_what_is_overdue_who_has_it_and_leads_to_the_lesson(office: Office) -> None:
    await hand_out(office, await book(office, 11, 4))
    short = await book(office, 14, 2)
    await tell(office)
    settings = Settings(server=Server(base_url="https://vclass.example"), mail=Mail(sender="lessons@vclass.example"))
    letters = Letters(settings, office.keyring, "vclass.example", Renderer())
    rows = [each.leased for each in await office.database.read(outbox.listing) if each.leased.kind == "notice"]
    mail = next(letters.notice(each) for each in rows if each.facts["to"] == "borrower")
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert mail.message["Subject"] == "Overdue: 4 \u00d7 Microphone, due Mon 23 Nov, 12:00 Vienna"
    assert "teacher of vienna has it still" in " ".join(body.get_content().split())
    assert f"https://vclass.example/lessons/{short.public_id}" in body.get_content()
