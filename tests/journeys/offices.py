"""What the administrators of the stage's houses find: requests, something blocked, kit that is out or overdue."""

import datetime as dt
from typing import Final

import msgspec

import schedules.web
from rooms import DESK, Amend, Room, RoomPatch, change_wish, equipment_for, see_room
from rooms.custody import Handing, check_out
from schedules import EquipmentWish, NewLesson, terms
from schedules.terms.model import Hours, WorkingWeek
from schedules.terms.service import hours_of_house, put_house_hours
from tests.journeys.correspondence import corresponded
from tests.journeys.stage import DAY, NOW, Stage, Term, fill
from vclass.core.keys import DATABASE
from vclass.demo.cast import LEADER, PARTNER
from vclass.demo.scene import set_scene

KEEPER: Final = "eva.maurer@vii.ac.example"
OTHER_KEEPER: Final = "josef.huber@vii.ac.example"
QUEUED: Final = "Press law"
PARTNER_KEEPER: Final = "oleh.kovalenko@kpa.edu.example"
HOLIDAY: Final = dt.date(2026, 10, 26)
MINUTE: Final = 60


async def furnished(there: Stage) -> Term:
    """A term's lessons, and beside them what administrators do; the clock stands at ``NOW`` afterwards."""
    there.clock.now = NOW - DAY
    await _lend(there)
    term = await fill(there)
    await set_scene(there.app[schedules.web.LESSONS])
    await _close(there)
    await _ask(there)
    await _change(there)
    await _queue(there)
    await corresponded(there, term)
    await there.all_mail_sent()
    return term


async def _lend(there: Stage) -> None:
    """A camera that should have come back yesterday."""
    [camera] = [each for each in await there.app[DATABASE].read(equipment_for, None) if "camera" in each.name][:1]
    lesson = NewLesson(
        title="Reading old prints",
        zone="Europe/Vienna",
        start="2026-10-19T16:00",
        minutes=60,
        rooms=(),
        equipment=(EquipmentWish(camera.public_id),),
        teachers=(),
    )
    booked = await there.book(lesson, OTHER_KEEPER)
    wish = Handing(booked.occurrences[0].booking_public_id, camera.public_id, 1, "Reading room")
    there.clock.now = booked.occurrences[0].starts
    await there.app[DATABASE].transaction(check_out, await there.actor(KEEPER), wish, there.clock.now)
    there.clock.now = NOW - DAY


async def _close(there: Stage) -> None:
    keeper, write = await there.actor(KEEPER), there.app[DATABASE].write
    await write(terms.add, keeper, "closure", "National holiday", HOLIDAY, HOLIDAY, NOW)
    await write(terms.add, keeper, "term", "Winter term", dt.date(2026, 10, 1), dt.date(2027, 1, 31), NOW)
    week = WorkingWeek(tuple(Hours(day, "08:00", "19:00") for day in ("MO", "TU", "WE", "TH", "FR")))
    partner = await there.actor(PARTNER_KEEPER)
    _, version = await there.app[DATABASE].read(hours_of_house, partner, None)
    await there.app[DATABASE].write(put_house_hours, partner, week, version=version, now=NOW)


async def _ask(there: Stage) -> None:
    """One request that waits for Vienna, and one of a partner that is held."""
    for title, start, owner in (
        ("Thesis colloquium", "2026-10-22T15:00", LEADER),
        ("Guest lecture", "2026-10-22T08:00", PARTNER),
        ("Open seminar", "2026-10-22T15:30", PARTNER),
    ):
        rooms = await there.rooms("Lab 12")
        lesson = NewLesson(title=title, zone="Europe/Vienna", start=start, minutes=90, rooms=rooms, teachers=())
        await there.book(lesson, owner)


async def _change(there: Stage) -> None:
    """A second version of the laboratory."""
    [lab] = await there.rooms("Lab 12")
    keeper = await there.actor(OTHER_KEEPER)
    room = await there.app[DATABASE].read(see_room, keeper, lab)
    card = msgspec.structs.replace(room.card, contact="Eva Maurer, 01 555 01 42")
    patch = RoomPatch(seats=20, card=card)
    await there.app[DESK].submit(change_wish(Amend(keeper, lab, Room, room.version, patch), NOW))


async def _queue(there: Stage) -> None:
    """A wish that waits for the hall of another lesson."""
    rooms = await there.rooms("B-204")
    lesson = NewLesson(
        title=QUEUED,
        zone="Europe/Vienna",
        start="2026-10-20T15:00",
        minutes=90,
        rooms=rooms,
        teachers=(),
        on_clash="wait",
    )
    await there.book(lesson, OTHER_KEEPER)
