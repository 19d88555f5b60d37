"""Kit is handed out and taken back with one press each, and whoever keeps it sees who lacks it."""

import pytest

from tests.web.pages.campus import JOSEF, Campus, Visitor

PATH = "/rooms/manage/custody"
SOON = {"date": "2026-11-21", "time": "11:20", "minutes": "60", "repeat": "once"}
ALONE = {"partner": "", "partner_room": "", "partner_teacher": ""}


@pytest.fixture
async def josef(campus: Campus) -> Visitor:
    """Who administers Vienna."""
    return await campus.person(JOSEF)


async def test_what_is_booked_is_handed_out_and_taken_back(campus: Campus, anna: Visitor, josef: Visitor) -> None:
    await campus.booked(anna, **SOON, **{f"kit-{campus.ids.camera}": "2"})
    shown = await josef.get(PATH)
    assert "2 × Document camera Anna Leitner Sat 21 Nov, 11:20 Vienna : Comparative Media Law, A-101" in shown.text
    form = {name: shown.value(name) for name in ("booking", "resource", "quantity", "whereabouts")}
    out = await josef.send(PATH, form)
    assert "Handed out. Vienna" not in out.text
    assert "2 × Document camera Anna Leitner, A-101 back by Sat 21 Nov, 12:20 Vienna" in out.text
    assert "0 of 2" in (await josef.get("/rooms/manage")).text
    entry = out.html.partition(f'action="{PATH}/')[2].partition('"')[0]
    assert "Taken back." in (await josef.send(f"{PATH}/{entry}")).text
    again = await josef.post(f"{PATH}/{entry}")
    assert (again.status, "taken back already" in again.text) == (409, True)


async def test_what_is_too_early_has_no_button_and_is_refused(campus: Campus, anna: Visitor, josef: Visitor) -> None:
    later = SOON | {"time": "16:00"}
    await campus.booked(anna, **later, **ALONE, **{f"kit-{campus.ids.camera}": "1"})
    shown = await josef.get(PATH)
    assert "from 15:30 Vienna on" in shown.text
    assert 'name="booking"' not in shown.html
    campus.clock.advance(5 * 3600)
    form = {name: (await josef.get(PATH)).value(name) for name in ("booking", "resource", "quantity")}
    campus.clock.advance(-5 * 3600)
    early = await josef.post(PATH, form)
    assert (early.status, "hand it out from Sat 21 Nov, 15:30 on" in early.text) == (409, True)


async def test_overdue_kit_is_marked_with_who_lacks_it(campus: Campus, anna: Visitor, josef: Visitor) -> None:
    kit = {f"kit-{campus.ids.camera}": "2"}
    await campus.booked(anna, **SOON, **kit)
    await campus.booked(anna, key="two", **SOON | {"time": "13:00"}, **kit, title="Ethics")
    form = {name: (await josef.get(PATH)).value(name) for name in ("booking", "resource", "quantity")}
    await josef.post(PATH, form)
    campus.clock.advance(2 * 3600)
    shown = await josef.get(PATH)
    assert "1 is overdue." in shown.text
    assert "next: Anna Leitner, 13:00 Vienna Overdue" in shown.text
    assert "still with Anna Leitner" in shown.text
    assert "1 overdue" in (await josef.get("/rooms/manage/closed")).text
    form = {name: shown.value(name) for name in ("booking", "resource", "quantity")}
    short = await josef.post(PATH, form)
    assert (short.status, "Nothing more of it can be handed out" in short.text) == (409, True)


async def test_nonsense_is_refused(josef: Visitor, anna: Visitor) -> None:
    assert "Everything is here" in (await josef.get(PATH)).text
    assert (await josef.post(PATH, {"booking": "a\0b", "quantity": "many"})).status == 404
    assert (await josef.post(f"{PATH}/x/return")).status == 404
    await anna.get("/")
    assert (await anna.get(PATH)).status == 403
