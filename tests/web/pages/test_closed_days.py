"""A closed day, as whoever books by form hears of it."""

import datetime as dt

import sqlalchemy as sa

from schedules.terms import store
from tests.support import SATURDAY
from tests.web.pages.campus import Campus, Visitor
from vclass.people import institutions


async def test_a_closed_day_is_told_of_beside_the_date(campus: Campus, anna: Visitor) -> None:
    first, last = dt.date(2027, 3, 1), dt.date(2027, 3, 5)

    def close(connection: sa.Connection) -> None:
        (home,) = (each.id for each in institutions(connection) if each.name == "Kyiv Polytechnic Academy")
        values = {"name": "Spring break", "first_day": first, "last_day": last}
        store.insert(connection, "closure", home, values, SATURDAY)

    await campus.database.write(close)
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons", campus.form(repeat="once"))
    assert shown.status == 422
    assert "Kyiv Polytechnic Academy is closed until 5 March 2027 (Spring break)." in shown.text
    assert shown.value("title") == "Comparative Media Law"
    await campus.booked(anna, repeat="once", date="2027-03-09")
