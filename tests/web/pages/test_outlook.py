"""Before anything is booked the form says which dates are at a bad time for a side, and which it leaves out."""

import datetime as dt

import sqlalchemy as sa

from rooms.store.tables import resource
from schedules.terms import service
from schedules.terms.model import Hours, WorkingWeek
from tests.support import SATURDAY
from tests.web.pages.campus import IRYNA, KYIV, Campus, Visitor, close
from vclass.people import actor_by_id, people_by_email

HX = {"HX-Request": "true"}
WEEK = WorkingWeek(tuple(Hours(day, "09:00", "17:00") for day in ("MO", "TU", "WE", "TH", "FR")))


async def keep_hours(campus: Campus) -> None:
    """Let Iryna work from nine to five on her own clock."""

    def write(connection: sa.Connection) -> None:
        iryna = actor_by_id(connection, people_by_email(connection, [IRYNA])[IRYNA].id)
        assert iryna is not None
        _, version = service.own_hours(connection, iryna)
        service.put_own_hours(connection, iryna, WEEK, version=version, now=SATURDAY)

    await campus.database.write(write)


async def tried(campus: Campus, visitor: Visitor, **changes: str) -> str:
    await visitor.get("/lessons/new")
    return (await visitor.post("/lessons/preview", campus.form(**changes), **HX)).text


async def test_hours_outside_of_a_teachers_own_are_flagged(campus: Campus, anna: Visitor) -> None:
    await keep_hours(campus)
    shown = await tried(campus, anna, time="07:30")
    sentence = "6 of 6 lessons are at 08:30 in Kyiv, when Ірина Бондар does not work yet."
    assert f"Not at everybody’s working time {sentence}" in shown
    assert "working time" not in await tried(campus, anna)


async def test_a_single_lesson_is_flagged_with_its_date(campus: Campus, anna: Visitor) -> None:
    await keep_hours(campus)
    shown = await tried(campus, anna, time="16:00", repeat="once")
    assert "On Tuesday 2 March it begins at 17:00 in Kyiv and lasts beyond the working hours of Ірина Бондар." in shown
    assert "Ірина Бондар does not work on Saturday 6 March." in await tried(
        campus, anna, date="2027-03-06", repeat="once"
    )


async def test_a_holiday_of_a_partner_without_a_room_is_flagged(campus: Campus, anna: Visitor) -> None:
    await close(campus, dt.date(2027, 3, 8), dt.date(2027, 3, 12))
    shown = await tried(campus, anna, partner_room="")
    assert f"{KYIV.name} is off on Tuesday 9 March: Spring break." in shown
    assert "left out" not in shown


async def test_closed_days_of_a_rooms_house_are_left_out_and_named(campus: Campus, anna: Visitor) -> None:
    await close(campus, dt.date(2027, 3, 8), dt.date(2027, 3, 19))
    shown = await tried(campus, anna)
    assert "Every Tuesday, 4 lessons" in shown
    assert "2 dates are left out Tue 9 Mar: An institution is closed that day. Tue 16 Mar:" in shown


async def test_a_single_lesson_on_a_closed_day_is_refused_while_it_is_typed(campus: Campus, anna: Visitor) -> None:
    await close(campus, dt.date(2027, 3, 1), dt.date(2027, 3, 5))
    shown = await tried(campus, anna, repeat="once")
    assert f"{KYIV.name} is closed until 5 March 2027 (Spring break). Choose a later day." in shown


async def test_the_bar_with_the_button_tells_how_much_there_is_to_know(campus: Campus, anna: Visitor) -> None:
    await keep_hours(campus)
    assert "11:00 Kyiv Invitations leave" in await tried(campus, anna)
    await close(campus, dt.date(2027, 3, 8), dt.date(2027, 3, 12))
    assert "08:30 Kyiv 2 notices on this time" in await tried(campus, anna, time="07:30")


async def test_without_javascript_the_whole_form_says_so_and_keeps_what_was_typed(
    campus: Campus, anna: Visitor
) -> None:
    await keep_hours(campus)
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", campus.form(time="07:30"))
    assert "when Ірина Бондар does not work yet" in shown.text
    assert (shown.value("title"), shown.value("guests")) == ("Comparative Media Law", "Nikos <nikos@asl.example>")


async def test_who_must_approve_is_named_and_when_invitations_leave(campus: Campus, anna: Visitor) -> None:
    assert "Invitations leave at once" in await tried(campus, anna)
    await campus.database.write(ask_first)
    shown = await tried(campus, anna)
    assert f"Must approve {KYIV.name}" in shown
    assert "Invitations leave when all who must approve have said yes" in shown


def ask_first(connection: sa.Connection) -> None:
    """Let Kyiv's hall need approval."""
    connection.execute(sa.update(resource).where(resource.c.name == "Hall 214").values(approval="required"))
