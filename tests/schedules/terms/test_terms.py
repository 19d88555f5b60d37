"""Terms, closures and working hours: who may set them, and which days they rule out."""

import datetime as dt
from typing import Any

import pytest
from msgspec import UNSET

from schedules.terms import Calendar, TermNameTakenError, hindrance, service, timetables
from schedules.terms.model import Days, Hours, WorkingWeek
from tests.office import Office
from vclass.core import audit
from vclass.core.hours import Opening
from vclass.core.keys import Actor
from vclass.core.refusals import ForbiddenError, InvalidInputError, NotFoundError, StaleError
from vclass.core.zones import WallTime, resolve

CHRISTMAS = (dt.date(2026, 12, 24), dt.date(2027, 1, 6))
WINTER = Days(1, "w", 1, "Winter", dt.date(2026, 10, 1), dt.date(2027, 1, 31), 1)
SUMMER = Days(2, "s", 1, "Summer", dt.date(2027, 3, 1), dt.date(2027, 6, 30), 1)


def span(wall: str, zone: str = "Europe/Vienna") -> tuple[int, int]:
    starts = resolve(WallTime.parse(wall), zone)
    assert isinstance(starts, int)
    return starts, starts + 5400


def admin(office: Office) -> Actor:
    return office.world.actors["room_admin", "vienna"]


async def add(
    office: Office,
    kind: Any,  # noqa: ANN401  a word
    name: str,
    first: dt.date,
    last: dt.date,
    who: Actor | None = None,
) -> Days:
    return await office.database.write(service.add, who or admin(office), kind, name, first, last, office.clock())


def wanted(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  any field
    return {"name": UNSET, "first_day": UNSET, "last_day": UNSET} | changes


async def test_an_administrator_sets_changes_and_deletes_a_closure(office: Office) -> None:
    made = await add(office, "closure", " Christmas ", *CHRISTMAS)
    after = await office.database.write(
        service.change, admin(office), "closure", made.public_id, wanted(last_day=CHRISTMAS[0]), version=1, now=0
    )
    assert (after.name, after.first_day, after.last_day, after.version) == ("Christmas", *CHRISTMAS[:1] * 2, 2)
    with pytest.raises(StaleError):
        await office.database.write(service.remove, admin(office), "closure", made.public_id, version=1, now=0)
    await office.database.write(service.remove, admin(office), "closure", made.public_id, version=2, now=0)
    assert await office.database.read(service.see, office.teacher, "closure", None) == []
    entries = await office.database.read(audit.history, "closure", made.id)
    assert [each["action"] for each in entries] == ["calendar.manage"] * 3


async def test_a_teacher_sets_no_closures(office: Office) -> None:
    with pytest.raises(ForbiddenError):
        await add(office, "closure", "Christmas", *CHRISTMAS, who=office.teacher)


async def test_another_house_sees_closures_and_changes_none(office: Office) -> None:
    made = await add(office, "closure", "Christmas", *CHRISTMAS)
    kyiv = office.world.actors["room_admin", "kyiv"]
    home = office.world.public_ids["vienna"]
    assert await office.database.read(service.see, kyiv, "closure", home) == [made]
    with pytest.raises(ForbiddenError):
        await office.database.write(service.remove, kyiv, "closure", made.public_id, version=1, now=0)
    with pytest.raises(NotFoundError):
        await office.database.read(service.see, kyiv, "closure", "nowhere")


async def test_days_that_end_before_they_begin_are_refused(office: Office) -> None:
    with pytest.raises(InvalidInputError, match="last_day: it is before the first day"):
        await add(office, "closure", "Christmas", CHRISTMAS[1], CHRISTMAS[0])


@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
async def test_days_that_no_clock_shows_are_refused(office: Office, day: dt.date) -> None:
    with pytest.raises(InvalidInputError, match="give a day from 1970-01-01 to 2199-12-31"):
        await add(office, "closure", "Christmas", day, day)


async def test_two_terms_of_a_house_have_two_names(office: Office) -> None:
    await add(office, "term", "Winter", WINTER.first_day, WINTER.last_day)
    with pytest.raises(TermNameTakenError):
        await add(office, "term", "Winter", SUMMER.first_day, SUMMER.last_day)
    summer = await add(office, "term", "Summer", SUMMER.first_day, SUMMER.last_day)
    with pytest.raises(TermNameTakenError):
        await office.database.write(
            service.change, admin(office), "term", summer.public_id, wanted(name="Winter"), version=1, now=0
        )


async def test_working_hours_are_put_whole(office: Office) -> None:
    _, version = await office.database.read(service.hours_of_house, office.teacher, None)
    week = WorkingWeek((Hours("TU", "09:00", "12:00"), Hours("MO", "13:00", "24:00")))
    put, after = await office.database.write(service.put_house_hours, admin(office), week, version=version, now=0)
    assert put == WorkingWeek((week.hours[1], week.hours[0]))
    assert await office.database.read(service.hours_of_house, office.teacher, None) == (put, after)
    with pytest.raises(StaleError):
        await office.database.write(service.put_house_hours, admin(office), week, version=version, now=0)
    late = WorkingWeek((Hours("MO", "22:00", "02:00"),))
    with pytest.raises(InvalidInputError, match=r"hours\[0\].closes"):
        await office.database.write(service.put_house_hours, admin(office), late, version=after, now=0)


async def test_ones_own_hours_are_ones_own(office: Office) -> None:
    week = WorkingWeek((Hours("MO", "09:00", "12:00"),))
    _, version = await office.database.read(service.own_hours, office.teacher)
    await office.database.write(service.put_own_hours, office.teacher, week, version=version, now=0)
    assert (await office.database.read(service.own_hours, office.teacher))[0] == week
    assert (await office.database.read(service.own_hours, admin(office)))[0] == WorkingWeek()


async def test_a_house_works_by_its_hours_terms_and_closures(office: Office) -> None:
    home = office.world.institutions["vienna"]
    await add(office, "closure", "Christmas", *CHRISTMAS)
    await add(office, "term", "Winter", WINTER.first_day, WINTER.last_day)
    _, version = await office.database.read(service.hours_of_house, office.teacher, None)
    week = WorkingWeek((Hours("MO", "09:00", "12:00"),))
    await office.database.write(service.put_house_hours, admin(office), week, version=version, now=0)
    found = (await office.database.read(timetables, [home]))[home]
    assert (found.zone, found.hours) == ("Europe/Vienna", (Opening(0, 540, 720),))
    assert [(each.name, each.first) for each in found.off] == [("Christmas", CHRISTMAS[0])]
    assert found.terms == ((WINTER.first_day, WINTER.last_day),)


@pytest.mark.parametrize(
    ("wall", "closed"),
    [
        ("2026-12-23T10:00", False),
        ("2026-12-23T23:00", True),
        ("2026-12-23T22:30", False),
        ("2027-01-06T23:59", True),
        ("2027-01-07T00:00", False),
    ],
)
def test_a_closure_holds_on_the_clocks_of_its_house(wall: str, closed: bool) -> None:
    calendar = Calendar(1, "Uni", "Europe/Vienna", closures=(Days(1, "c", 1, "Christmas", *CHRISTMAS, 1),))
    assert (hindrance(span(wall), [calendar], home=2) is not None) is closed


@pytest.mark.parametrize(
    ("date", "between"),
    [("2026-09-01", False), ("2026-10-01", False), ("2027-02-01", True), ("2027-02-28", True), ("2027-09-01", False)],
)
def test_only_the_gap_between_two_known_terms_is_between_terms(date: str, between: bool) -> None:
    calendar = Calendar(1, "Uni", "Europe/Vienna", terms=(WINTER, SUMMER))
    found = hindrance(span(f"{date}T10:00"), [calendar], home=1)
    assert (found is not None and found.until == dt.date(2027, 2, 28)) is between
    assert hindrance(span(f"{date}T10:00"), [calendar], home=2) is None
