"""Every slot that is offered whole can be booked at once, and no other time can (invariant I13)."""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms import BookingWish, NewEquipment, NewRoom, Room, Want, Wish, create_equipment, create_room, preview
from rooms.resources_model import Hours
from schedules import Done, EquipmentWish, NewLesson
from schedules.slots.offers import Found
from schedules.slots.service import find_slots
from schedules.slots.views import slot_list
from schedules.slots.wire import SlotQuestion
from schedules.tables import closure, term, working_hours
from tests.office import Office
from tests.support import SATURDAY
from vclass.core import zones
from vclass.core.refusals import Refusal

DAY = 86400
MOST = 6
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")
STARTS = ("2027-03-22", "2027-03-15", "2026-12-21", "2026-11-30")
"""Mondays around changes of clocks, at the end of a year, and soon."""


@dataclass
class Dice:
    """Makes things up, always the same for a seed."""

    office: Office
    random: random.Random

    async def furnish(self) -> None:
        """Halls with rules, holidays, a term that ends soon, working hours, and lessons in all of it."""
        world, database = self.office.world, self.office.database
        for number, place in enumerate(("vienna", "kyiv", "kyiv", "vienna")):
            home = world.institutions[place]
            hall = await database.write(create_room, home, self._hall(f"Dice {number}", place), SATURDAY)
            world.halls[f"dice {number}"] = hall
        kit = NewEquipment("Projector", 3, shared=True, setup_minutes=15)
        world.kit["dice"] = await database.write(create_equipment, world.institutions["kyiv"], kit, SATURDAY)
        await database.write(self._calendars)

    def _hall(self, name: str, place: str) -> NewRoom:
        zone = {"vienna": "Europe/Vienna", "kyiv": "Europe/Kyiv"}[place]
        weekdays = self.random.sample(WEEKDAYS, 4)
        hours = tuple(Hours(each, "08:30", "17:45") for each in weekdays)  # type: ignore[arg-type]  # weekdays
        rules: dict[str, Any] = {"setup_minutes": 15, "teardown_minutes": 10, "approval": "required"}
        chosen = {name: value for name, value in rules.items() if self.random.random() < 0.5}
        return NewRoom(
            "hall", name, zone, self.random.choice((10, 40)), shared=True, hours=hours * self.random.randrange(2),
            horizon_days=self.random.choice((None, 40, 130)), longest_minutes=self.random.choice((None, 60)), **chosen,
        )  # fmt: skip

    def _calendars(self, connection: sa.Connection) -> None:
        homes = self.office.world.institutions
        about = {"created_at": SATURDAY, "version": 1}
        for number, monday in enumerate(STARTS):
            day = self._date(monday, self.random.randrange(12))
            named = {"institution_id": homes[self.random.choice(("vienna", "kyiv"))], "public_id": f"{number}"}
            connection.execute(
                sa.insert(closure).values(first_day=day, last_day=day, reason="Holiday", **named, **about)
            )
        ends = {"first_day": "2026-10-01", "last_day": self._date("2027-03-29", self.random.randrange(20))}
        named = {"institution_id": homes["vienna"], "public_id": "t", "name": "Winter"}
        connection.execute(sa.insert(term).values(**ends, **named, **about))
        week = [{"weekday": day, "opens_minute": 540, "closes_minute": 1140} for day in range(5)]
        connection.execute(sa.insert(working_hours).values(institution_id=homes["kyiv"]), week)

    async def book_at_random(self, monday: str) -> None:
        """Lessons of halls and people that stand in the way, as far as they can be booked."""
        for _ in range(12):
            start = f"{self._date(monday, self.random.randrange(7))}T{self.random.randrange(7, 18):02}:30"
            weekly = {"every": "week", "count": 5} if self.random.random() < 0.5 else None
            body = {
                "title": "In the way", "zone": "Europe/Kyiv", "start": start, "minutes": self.random.choice((45, 90)),
                "rooms": [self._room().public_id], "repeat": weekly, "on_clash": "skip" if weekly else "refuse",
                "teachers": [self.random.choice(("teacher@vienna.example", "teacher@kyiv.example"))],
                "equipment": [{"id": self.office.world.kit["dice"].public_id, "quantity": self.random.choice((1, 2))}],
            }  # fmt: skip
            with suppress(Refusal):
                await self.office.lessons.create(self.office.teacher, msgspec.convert(body, NewLesson))

    def question(self, monday: str) -> SlotQuestion:
        homes = [self.office.world.public_ids[each] for each in ("vienna", "kyiv")]
        return SlotQuestion(
            minutes=self.random.choice((45, 90)),
            from_=monday,
            to=self._date(monday, 4),
            people=("teacher@vienna.example", "teacher@kyiv.example", "guest@example.org"),
            rooms=tuple({self._room().public_id for _ in range(self.random.randrange(3))}),
            institutions=tuple(self.random.sample(homes, self.random.randrange(3))),
            equipment=(EquipmentWish(self.office.world.kit["dice"].public_id, 2),) * self.random.randrange(2),
            weekly_for=self.random.choice((None, 1, 4, 8)),
            capacity=self.random.choice((1, 20)),
            zone=self.random.choice((None, "America/New_York", "Europe/Kyiv")),
        )

    def _room(self) -> Room:
        return self.office.world.halls[self.random.choice(("dice 0", "dice 1", "dice 2", "dice 3", "kyiv", "vienna"))]

    def _date(self, monday: str, days: int) -> str:
        return str(zones.WallTime.parse(f"{monday}T00:00").plus_days(days).date)


def lessons_of(found: Found) -> Iterator[NewLesson]:
    """What the answer says to send to book each of its slots."""
    for number, slot in enumerate(slot_list(found).slots):
        if slot.lesson is not None:
            yield msgspec.convert({**msgspec.to_builtins(slot.lesson), "title": f"Slot {number}"}, NewLesson)


@pytest.mark.parametrize("seed", range(4))
async def test_every_slot_that_is_offered_can_be_booked_at_once(office: Office, seed: int) -> None:
    dice, booked = Dice(office, random.Random(seed)), 0
    await dice.furnish()
    for monday in STARTS:
        await dice.book_at_random(monday)
        found = await office.database.read(find_slots, office.teacher, dice.question(monday), office.clock(), MOST)
        for body in lessons_of(found):
            answer = await office.lessons.create(office.teacher, body)
            assert isinstance(answer, Done)
            dates = 1 if body.repeat is None else (body.repeat.count or 0) - len(body.repeat.except_)
            assert len(answer.lesson.dates) == dates
            await office.cancel(answer.lesson)
            booked += 1
    assert booked > 0


@pytest.mark.parametrize("seed", range(2))
async def test_what_rooms_would_grant_is_offered_and_nothing_else(office: Office, seed: int) -> None:
    dice = Dice(office, random.Random(seed))
    await dice.furnish()
    await dice.book_at_random("2026-11-30")
    for hall in [office.world.halls[f"dice {number}"] for number in range(4)]:
        body = SlotQuestion(45, "2026-11-30", "2026-12-04", ("guest@example.org",), rooms=(hall.public_id,))
        found = await office.database.read(find_slots, office.teacher, body, office.clock(), None)
        for offer in dice.random.sample(found.offers, 50):
            wish = Wish(
                "look", 1, 1, (BookingWish("", offer.starts, offer.ends, (Want(hall.id),)),), now=office.clock()
            )
            refused = await office.database.read(preview, wish)
            assert bool(refused) is not bool(offer.choices[0].free), (hall.name, str(offer.local))
