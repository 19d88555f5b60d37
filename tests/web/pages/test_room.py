"""The page of one room: its day and week, what each reader may know of it, its card, and days of odd length."""

import datetime as dt
import re
from typing import Any

import pytest
import sqlalchemy as sa

from rooms import DESK, Card, NewRoom, create_room
from rooms.blockings import NewBlocking, block
from schedules.terms import service as terms
from tests.support import SATURDAY
from tests.web.pages.campus import JOSEF, SOPHIE, Campus, Shown, Visitor
from vclass.core.keys import Actor
from vclass.people import NewPerson, actor_by_id, create_person, institutions, people_by_email

TUESDAY = "2027-03-02"
OLEH = "oleh@kpa.example"


def oleh(connection: sa.Connection) -> None:
    """A room administrator in Kyiv."""
    kyiv = next(each.public_id for each in institutions(connection) if each.code == "KYI")
    create_person(connection, NewPerson(OLEH, "Олег Коваленко", kyiv, ("room_admin",), language="en"), SATURDAY)


async def actor(campus: Campus, email: str) -> Actor:
    person = (await campus.database.read(people_by_email, [email]))[email]
    found = await campus.database.read(actor_by_id, person.id)
    assert found is not None
    return found


async def made(campus: Campus, **more: Any) -> str:  # noqa: ANN401  any field
    """One more room in Vienna; its id."""
    home = (await actor(campus, JOSEF)).institution_id
    assert home is not None
    wish = NewRoom("hall", "Studio", "Europe/Vienna", 9, shared=True, **more)
    return (await campus.database.write(create_room, home, wish, SATURDAY)).public_id


def links(shown: Shown) -> list[str]:
    return re.findall(r'href="(/lessons/new\?[^"]+)"', shown.html.replace("&amp;", "&"))


async def test_a_room_is_found_in_the_list_and_shows_its_week(campus: Campus, anna: Visitor) -> None:
    path = f"/rooms/{campus.ids.a101}"
    assert f'href="{path}"' in (await anna.get("/rooms")).html
    shown = await anna.get(path)
    assert (shown.status, "A-101" in shown.text) == (200, True)
    assert "16 November 2026 – 22 November 2026" in shown.text
    assert f'href="{path}?view=week&amp;date=2026-11-23"' in shown.html
    assert f'href="{path}?view=week&amp;date=2026-11-09"' in shown.html
    assert f'href="{path}?view=day&amp;date=2026-11-21"' in shown.html


async def test_who_teaches_a_lesson_finds_it_with_its_partner(campus: Campus, anna: Visitor) -> None:
    lesson = await campus.booked(anna, count="1", repeat="once")
    shown = await anna.get(f"/rooms/{campus.ids.a101}?view=day&date={TUESDAY}")
    assert "Comparative Media Law with KYI, Anna Leitner" in shown.text
    assert f'<a class="bk  joint other-2" href="{lesson}">' in shown.html
    assert "Tuesday 2 March 2027" in shown.text


async def test_students_and_strangers_see_that_the_room_is_busy_and_no_more(
    campus: Campus, anna: Visitor, sophie: Visitor, maria: Visitor
) -> None:
    lesson = await campus.booked(anna, repeat="once")
    for visitor, room in ((sophie, campus.ids.a101), (sophie, campus.ids.hall214), (maria, campus.ids.hall214)):
        shown = await visitor.get(f"/rooms/{room}?view=day&date={TUESDAY}")
        assert "Busy" in shown.text
        assert not {each for each in ("Comparative", "Leitner", lesson, "KYI, ") if each in shown.html}
    assert links(await sophie.get(f"/rooms/{campus.ids.a101}?view=day&date={TUESDAY}")) == []


async def test_a_student_who_is_invited_finds_the_lesson_there(campus: Campus, anna: Visitor, sophie: Visitor) -> None:
    lesson = await campus.booked(anna, repeat="once", guests=SOPHIE)
    assert f'href="{lesson}"' in (await sophie.get(f"/rooms/{campus.ids.a101}?date={TUESDAY}")).html


async def test_who_administers_the_room_reads_what_a_partner_holds_there(campus: Campus, anna: Visitor) -> None:
    await campus.database.write(oleh)
    lesson = await campus.booked(anna, repeat="once")
    shown = await (await campus.person(OLEH)).get(f"/rooms/{campus.ids.hall214}?view=day&date={TUESDAY}")
    assert "Comparative Media Law with VIE, Anna Leitner" in shown.text
    assert lesson not in shown.html
    assert f'href="/rooms/manage/rooms/{campus.ids.hall214}"' in shown.html


async def test_what_waits_for_approval_is_told_with_its_end(campus: Campus, anna: Visitor, maria: Visitor) -> None:
    room = await made(campus, approval="required")
    own = {"repeat": "once", "partner": "", "partner_room": "", "partner_teacher": ""}
    await campus.booked(anna, room=room, **own)
    day = f"/rooms/{room}?view=day&date={TUESDAY}"
    assert "Comparative Media Law" in (await anna.get(day)).text.partition("requested")[0]
    assert "Busy" not in (await maria.get(day)).text
    await campus.booked(anna, key="two", room=room, date="2027-03-03", repeat="once")
    shown = await anna.get(f"/rooms/{room}?view=day&date=2027-03-03")
    assert "until Tue 24 Nov, 11:00" in shown.text


async def test_buffers_of_a_room_stand_around_the_booking(campus: Campus, anna: Visitor) -> None:
    room = await made(campus, setup_minutes=10, teardown_minutes=5)
    await campus.booked(anna, room=room, repeat="once")
    shown = await anna.get(f"/rooms/{room}?view=day&date={TUESDAY}")
    assert "time to prepare, 09:50–10:00 Vienna" in shown.text
    assert "time to clear up, 11:30–11:35 Vienna" in shown.text
    assert "10 min before, 5 min after" in shown.text


async def test_a_blocking_tells_teachers_why(campus: Campus, anna: Visitor, sophie: Visitor) -> None:
    wanted = NewBlocking((campus.ids.a101,), f"{TUESDAY}T08:00", f"{TUESDAY}T12:00", "Projector repair")
    app = campus.server.app
    await block(campus.database, app[DESK], await actor(campus, JOSEF), wanted, key=None, now=SATURDAY)
    day = f"/rooms/{campus.ids.a101}?view=day&date={TUESDAY}"
    assert "Projector repair" in (await anna.get(day)).text
    student = (await sophie.get(day)).text
    assert ("Projector repair" in student, "Blocked" in student) == (False, True)


async def test_a_closure_is_a_notice_on_the_days_that_it_touches(campus: Campus, anna: Visitor) -> None:
    admin, dates = await actor(campus, JOSEF), ("2027-03-02", "2027-03-03")
    first, last = map(dt.date.fromisoformat, dates)
    await campus.database.write(terms.add, admin, "closure", "Deans’ day", first, last, SATURDAY)
    path = f"/rooms/{campus.ids.a101}?view=day&date="
    told = "Vienna Institute of Informatics is closed from 2 March 2027 to 3 March 2027: Deans’ day"
    assert [told in (await anna.get(path + day)).text for day in ("2027-03-01", *dates, "2027-03-04")] == [
        False,
        True,
        True,
        False,
    ]


async def test_opening_hours_are_told_and_closed_times_drawn(campus: Campus, anna: Visitor) -> None:
    weekdays = [{"weekday": day, "opens": "08:00", "closes": "18:00"} for day in ("MO", "TU", "WE")]
    summer = {"weekday": "SA", "opens": "09:00", "closes": "12:00", "valid_from": "2027-07-01"}
    past = {"weekday": "SU", "opens": "09:00", "closes": "12:00", "valid_until": "2026-11-20"}
    admin = await campus.person(JOSEF)
    room = await made(campus)
    await admin.get("/rooms")
    body = {"hours": [*weekdays, summer, past]}
    options = {
        "json": body,
        "headers": {"If-Match": '"v1"', "X-CSRF-Token": admin.csrf, "Sec-Fetch-Site": "same-origin"},
    }
    assert (await admin.client.patch(f"/api/v1/rooms/{room}", **options)).status == 200
    shown = await anna.get(f"/rooms/{room}?view=day&date={TUESDAY}")
    assert "Monday to Wednesday 08:00–18:00 Saturday 09:00–12:00 from 1 July 2027 on Vienna" in shown.text
    sunday = await anna.get(f"/rooms/{room}?view=day&date=2027-03-07")
    assert ("closed, 08:00–18:00" in sunday.text, links(sunday)[1:]) == (True, [])


async def test_free_time_leads_to_the_form_with_the_rooms_own_date_and_time(campus: Campus, maria: Visitor) -> None:
    shown = await maria.get(f"/rooms/{campus.ids.hall214}?view=day&date={TUESDAY}")
    assert f"/lessons/new?room={campus.ids.hall214}&date={TUESDAY}&time=08:00" in links(shown)
    assert "Columns are hours in Kyiv. The second row of hours is New York." in shown.text


@pytest.mark.parametrize(("date", "hours"), [("2027-03-28", 23), ("2027-10-31", 25)])
async def test_a_day_on_which_clocks_change_says_its_length(
    campus: Campus, anna: Visitor, date: str, hours: int
) -> None:
    await campus.booked(anna, repeat="once", date=date, time="00:00", minutes="300")
    shown = await anna.get(f"/rooms/{campus.ids.a101}?view=day&date={date}")
    assert f"clocks change: {hours} hours" in shown.text
    assert {23: "00:00–06:00", 25: "00:00–04:00"}[hours] in shown.text


async def test_a_session_over_midnight_stands_on_both_days(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, repeat="once", date=TUESDAY, time="22:00", minutes="240")
    evening = await anna.get(f"/rooms/{campus.ids.a101}?view=day&date={TUESDAY}")
    morning = await anna.get(f"/rooms/{campus.ids.a101}?view=day&date=2027-03-03")
    assert "Comparative Media Law to 02:00" in evening.text
    assert "Comparative Media Law since 22:00" in morning.text


async def test_the_card_tells_what_is_known_of_a_room(campus: Campus, anna: Visitor, sophie: Visitor) -> None:
    card = Card("1080p", contact="Eva, 01 555", place="first floor")
    room = await made(campus, card=card, features=("step-free",), approval="required", horizon_days=90)
    shown = await anna.get(f"/rooms/{room}")
    for each in ("1080p", "Eva, 01 555", "first floor", "step-free", "2 × Document camera", "90 days"):
        assert each in shown.text, each
    assert "by Josef Huber" in shown.text
    assert "by Josef Huber" not in (await sophie.get(f"/rooms/{room}")).text


@pytest.mark.parametrize("date", ["", "yesterday", "9999-12-31", "0001-01-01", "2026-02-30", "\0"])
async def test_a_date_that_is_none_is_today(campus: Campus, anna: Visitor, date: str) -> None:
    shown = await anna.get(f"/rooms/{campus.ids.a101}?view=day&date={date}")
    assert (shown.status, "Saturday 21 November 2026" in shown.text) == (200, True)


async def test_rooms_that_others_keep_to_themselves_are_not_there(campus: Campus, maria: Visitor) -> None:
    assert (await maria.get(f"/rooms/{campus.ids.a101}")).status == 404
    assert (await (await campus.visitor()).get(f"/rooms/{campus.ids.a101}")).location.startswith("/sign-in")
    assert (await maria.get("/rooms/nothing")).status == 404
