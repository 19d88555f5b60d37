"""A closed day, as whoever books by form hears of it."""

import datetime as dt

from tests.web.pages.campus import Campus, Visitor, close


async def test_a_closed_day_is_told_of_beside_the_date(campus: Campus, anna: Visitor) -> None:
    await close(campus, dt.date(2027, 3, 1), dt.date(2027, 3, 5))
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons", campus.form(repeat="once"))
    assert shown.status == 422
    assert "Kyiv Polytechnic Academy is closed until 5 March 2027 (Spring break)." in shown.text
    assert shown.value("title") == "Comparative Media Law"
    await campus.booked(anna, repeat="once", date="2027-03-09")
