"""The slot finder on a real database: what it knows of whom, and what it tells."""

import datetime as dt
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms import NewRoom, create_room
from rooms.quotas.model import NewQuota
from rooms.quotas.service import add_quota
from schedules import EquipmentWish, Guest
from schedules.slots.offers import Found, Offer
from schedules.slots.service import find_slots
from schedules.slots.views import slot_list
from schedules.slots.wire import SlotQuestion
from schedules.tables import closure, term, working_hours
from tests.houses import World
from tests.office import Office
from tests.support import SATURDAY
from vclass.core.keys import Actor
from vclass.core.refusals import ForbiddenError, InvalidInputError

BOTH = ("teacher@vienna.example", "teacher@kyiv.example")
TUESDAY = "2026-12-01"


def question(**fields: Any) -> SlotQuestion:  # noqa: ANN401  any field of a question
    """An hour and a half of both teachers on a Tuesday, with some fields changed."""
    usual = SlotQuestion(minutes=90, from_=TUESDAY, to=TUESDAY, people=BOTH)
    return msgspec.structs.replace(usual, **fields)


async def ask(office: Office, actor: Actor | None = None, **fields: Any) -> Found:  # noqa: ANN401  any field of a question
    return await office.database.read(find_slots, actor or office.teacher, question(**fields), office.clock(), None)


async def put(office: Office, table: sa.Table, **values: object) -> None:
    def insert(connection: sa.Connection) -> None:
        connection.execute(sa.insert(table).values(values))

    await office.database.write(insert)


async def close(office: Office, place: str, date: str, reason: str = "Foundation Day") -> None:
    home = office.world.institutions[place]
    about = {"public_id": f"{place} {date}", "created_at": SATURDAY, "version": 1}
    await put(office, closure, institution_id=home, first_day=date, last_day=date, reason=reason, **about)


def missing(offer: Offer) -> dict[str, list[str]]:
    return {each.key: [reason.why for reason in each.reasons] for each in offer.missing}


async def test_a_free_day_is_offered_within_the_common_working_hours(office: Office) -> None:
    offers = (await ask(office)).offers
    whole = [str(each.local)[-5:] for each in offers if each.complete]
    assert (whole[0], whole[-1], {each.comfort for each in offers[: len(whole)]}) == ("08:00", "15:30", {0})


async def test_none_of_the_best_slots_overlaps_a_better_one(office: Office) -> None:
    found = await office.database.read(find_slots, office.teacher, question(), office.clock())
    assert [str(each.local)[-5:] for each in found.offers[:6]] == ["08:00", "09:30", "11:00", "12:30", "14:00", "15:30"]


async def test_a_lesson_takes_the_time_of_its_teachers_and_its_rooms(office: Office) -> None:
    await office.book(start=f"{TUESDAY}T08:00", minutes=480, rooms=(office.hall("vienna"),))
    found = await ask(office, rooms=(office.hall("vienna"),))
    assert not any(each.complete for each in found.offers)
    assert {"busy"} == {why for each in found.offers for whys in missing(each).values() for why in whys} - {
        "outside_hours"
    }


async def test_who_attends_a_lesson_is_busy_without_teaching_it(office: Office) -> None:
    await office.book(start=f"{TUESDAY}T08:00", minutes=540, teachers=(), attendees=(Guest("student@vienna.example"),))
    found = await ask(office, people=("student@vienna.example",))
    assert [str(each.local) for each in found.offers if each.complete] == []
    assert missing(found.offers[0]) == {"student@vienna.example": ["busy"]}


async def test_a_cancelled_lesson_and_a_transparent_one_leave_everybody_free(office: Office) -> None:
    wholeday = {
        "start": f"{TUESDAY}T08:00",
        "minutes": 600,
        "rooms": (),
        "attendees": (Guest("student@vienna.example"),),
    }
    await office.cancel(await office.book(**wholeday))
    await office.book(**wholeday, transparent=True)
    found = await ask(office, people=(*BOTH, "student@vienna.example"))
    assert found.offers[0].complete


async def test_ones_own_working_hours_count_before_those_of_the_house(office: Office) -> None:
    for whose, minutes in (("institution_id", (540, 1020)), ("person_id", (720, 840))):
        ids = {"institution_id": office.world.institutions["vienna"], "person_id": office.teacher.person_id}
        for weekday in range(5):
            await put(office, working_hours, **{whose: ids[whose]}, weekday=weekday,
                      opens_minute=minutes[0], closes_minute=minutes[1])  # fmt: skip
    teacher, student = [(await ask(office, people=(each,))).offers for each in (BOTH[0], "student@vienna.example")]
    assert [str(each.local)[-5:] for each in teacher if each.complete] == ["12:00", "12:15", "12:30"]
    assert str(student[0].local) == f"{TUESDAY}T09:00"


async def test_a_closed_house_is_named_with_its_holiday(office: Office) -> None:
    await close(office, "kyiv", TUESDAY)
    found = await ask(office)
    [why] = found.offers[0].people[1].reasons
    assert (why.why, why.name) == ("holiday", "Foundation Day")


async def test_a_closed_house_shuts_its_rooms_though_nobody_of_it_comes(office: Office) -> None:
    await close(office, "kyiv", TUESDAY)
    found = await ask(office, people=BOTH[:1], institutions=(office.world.public_ids["kyiv"],))
    assert not any(each.complete for each in found.offers)
    assert missing(found.offers[0]) == {office.world.public_ids["kyiv"]: ["holiday"]}


async def test_outside_of_term_nobody_of_the_house_comes(office: Office) -> None:
    home = office.world.institutions["vienna"]
    days = {"first_day": "2026-12-02", "last_day": "2027-01-31"}
    about = {"public_id": "winter", "created_at": SATURDAY, "version": 1}
    await put(office, term, institution_id=home, name="Winter", **days, **about)
    found = await ask(office, to="2026-12-02")
    assert str(found.offers[0].local.date) == "2026-12-02"
    assert found.offers[0].complete


async def test_an_unknown_address_is_a_guest_who_is_always_free(office: Office) -> None:
    found = await ask(office, people=("greta@example.org",))
    assert "greta@example.org" not in found.people
    assert found.offers[0].complete


async def test_without_people_it_is_about_the_asker(office: Office) -> None:
    found = await ask(office, people=(), optional=(BOTH[1],))
    assert [(each.key, each.required) for each in found.offers[0].people] == [(BOTH[0], True), (BOTH[1], False)]


async def test_any_hall_of_a_house_will_do_the_smallest_that_fits_first(office: Office) -> None:
    found = await ask(office, institutions=(office.world.public_ids["vienna"],), capacity=20)
    assert found.offers[0].choices[0].free == (office.hall("vienna"), office.hall("vienna large"))
    found = await ask(office, institutions=(office.world.public_ids["vienna"],), capacity=40)
    assert found.offers[0].choices[0].free == (office.hall("vienna large"),)


async def test_only_halls_with_all_features_will_do(office: Office) -> None:
    home = office.world.institutions["vienna"]
    wish = NewRoom("hall", "Studio", "Europe/Vienna", 12, features=("camera", "piano"))
    studio = await office.database.write(create_room, home, wish, SATURDAY)
    here = (office.world.public_ids["vienna"],)
    assert (await ask(office, institutions=here, features=(" Camera",))).offers[0].choices[0].free == (
        studio.public_id,
    )
    assert (await ask(office, institutions=here, features=("camera", "organ"))).offers[0].choices[0].free == ()


async def test_what_another_house_does_not_share_is_not_there(office: Office) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        await ask(office, rooms=(office.hall("athens"),))
    assert [each.field for each in refusal.value.errors] == ["rooms[0]"]
    found = await ask(office, institutions=(office.world.public_ids["athens"],))
    assert found.offers[0].choices[0].free == ()


async def test_kit_is_free_while_as_much_is_left_as_is_wanted(office: Office, world: World) -> None:
    kit = world.kit["vienna"].public_id
    taken = {"rooms": (), "teachers": (), "equipment": (EquipmentWish(kit, 3),)}
    await office.book(start=f"{TUESDAY}T08:00", minutes=600, transparent=True, **taken)
    two, three = [(await ask(office, equipment=(EquipmentWish(kit, each),))).offers[0] for each in (2, 3)]
    assert (two.complete, three.complete) == (True, False)


async def test_a_room_that_lets_nobody_book_so_long_or_so_far_ahead_is_not_offered(office: Office) -> None:
    home = office.world.institutions["vienna"]
    for name, rule in (("Short", {"longest_minutes": 60}), ("Soon", {"horizon_days": 5})):
        wish = NewRoom("hall", name, "Europe/Vienna", 12, **rule)  # type: ignore[arg-type]  # numbers
        room = await office.database.write(create_room, home, wish, SATURDAY)
        assert not any(each.complete for each in (await ask(office, rooms=(room.public_id,))).offers), name
    soon = await ask(office, rooms=(room.public_id,), from_="2026-11-23", to="2026-11-30")
    assert max(each.ends for each in soon.offers if each.complete) == SATURDAY + 5 * 86400


async def test_what_is_over_is_not_offered(office: Office) -> None:
    office.clock.now = SATURDAY + 10 * 86400 + 4 * 3600 + 60
    found = await ask(office)
    assert str(found.offers[0].local) == f"{TUESDAY}T15:15"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"to": "2026-11-20"}, ["to"]),
        ({"to": "2026-11-30"}, ["to"]),
        ({"to": "2028-12-01"}, ["to"]),
        ({"from_": "9999-12-31", "to": "2026-13-01"}, ["from"]),
        ({"from_": "2026-12-01T10:00:00Z", "to": "2026-12-01T11:00:00Z"}, ["to"]),
        ({"zone": "Europe/Atlantis", "people": ("nobody",)}, ["zone", "people[0]"]),
        ({"institutions": ("x",), "rooms": ("y",)}, ["rooms[0]", "institutions[0]"]),
        ({"people": tuple(f"p{n}@x.example" for n in range(7)), "optional": tuple(f"o{n}@x.example" for n in range(6))},
         ["optional"]),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_named(office: Office, fields: dict[str, Any], wrong: list[str]) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        await ask(office, **fields)
    assert [each.field for each in refusal.value.errors] == wrong


async def test_a_student_finds_no_times(office: Office) -> None:
    with pytest.raises(ForbiddenError):
        await ask(office, office.world.actors["student", "vienna"])


async def test_a_weekly_lesson_leaves_out_the_weeks_that_do_not_work(office: Office) -> None:
    await close(office, "kyiv", "2026-12-08", "Immaculate Conception")
    await close(office, "vienna", "2026-12-29")
    [best, *_] = (await ask(office, weekly_for=6)).offers
    assert (best.works, best.weeks, [each.number for each in best.odd]) == (4, 6, [2, 5])
    assert best.rule is not None
    assert (best.rule.count, best.rule.except_) == (6, (dt.date(2026, 12, 8), dt.date(2026, 12, 29)))


async def test_a_weekly_lesson_begins_and_ends_with_weeks_that_work(office: Office) -> None:
    for date in (TUESDAY, "2026-12-15", "2027-01-05"):
        await close(office, "vienna", date)
    [best, *_] = (await ask(office, weekly_for=6)).offers
    assert best.rule is not None
    assert str(best.occurrences[0].recurrence.date) == "2026-12-08"
    assert (len(best.occurrences), best.rule.count, best.rule.except_) == (3, 4, (dt.date(2026, 12, 15),))


async def test_a_dozen_people_take_as_few_queries_as_one(office: Office) -> None:
    asked = [await count_queries(office, number) for number in (1, 12)]
    assert asked[0] == asked[1] <= 16


async def count_queries(office: Office, people: int) -> int:
    everybody = [f"{role}@{place}.example" for role, place in office.world.person_ids]
    body = question(people=tuple(everybody[:people]), institutions=tuple(office.world.public_ids.values()))
    said: list[str] = []

    def counted(connection: sa.Connection) -> None:
        listen = (connection, "after_cursor_execute", lambda _c, _d, text, *_more: said.append(text))
        sa.event.listen(*listen)
        find_slots(connection, office.teacher, body, office.clock())
        sa.event.remove(*listen)

    await office.database.read(counted)
    return len(said)


async def test_a_slot_that_would_exceed_a_quota_comes_last_and_says_so(office: Office) -> None:
    admin = office.world.actors["room_admin", "kyiv"]
    await office.database.write(add_quota, admin, NewQuota("institution", "week", bookings=1), SATURDAY)
    await office.book(start="2026-12-01T08:00", rooms=(office.hall("kyiv"),), teachers=())
    body = question(rooms=(office.hall("kyiv"),), from_="2026-12-04", to="2026-12-07", people=())
    found = await office.database.read(find_slots, office.teacher, body, office.clock())
    whole, beyond = found.offers[0], found.offers[-1]
    assert (whole.local.date.isoformat(), whole.complete) == ("2026-12-07", True)
    assert (beyond.local.date.isoformat(), beyond.complete) == ("2026-12-04", False)
    shown = slot_list(found).slots[-1]
    assert (shown.lesson, shown.missing[-1].who, shown.missing[-1].reasons[0].why) == (None, "KPI", "quota")
    assert shown.sentence.endswith("but the quota of KPI is used up.")
