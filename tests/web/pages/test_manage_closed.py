"""Blockings, closures and terms by form: what is in the way is shown before anybody loses a room."""

from typing import Any

import pytest

from tests.web.pages.campus import JOSEF, Campus, Shown, Visitor

PATH = "/rooms/manage/closed"
EXAMS = {
    "first_date": "2027-03-02",
    "first_time": "8.00",
    "last_date": "2027-03-02",
    "last_time": "18:00",
    "reason": "Exams",
}


@pytest.fixture
async def josef(campus: Campus) -> Visitor:
    """Who administers Vienna."""
    visitor = await campus.person(JOSEF)
    await visitor.get(PATH)
    return visitor


async def block(visitor: Visitor, *what: str, way: tuple[str, ...] = (), **changes: str) -> Shown:
    chosen: list[tuple[str, Any]] = [*(("what", each) for each in what), *(("way", each) for each in way)]
    return await visitor.post("/rooms/manage/blockings", [*chosen, *(EXAMS | changes).items()])


async def test_a_blocking_is_made_seen_and_ended(campus: Campus, josef: Visitor, anna: Visitor) -> None:
    answer = await block(josef, campus.ids.a101, campus.ids.camera)
    shown = await josef.get(answer.location)
    assert "Blocked. Block" not in shown.text
    assert "A-101, Document camera Tue 2 Mar, 08:00 – Tue 2 Mar, 18:00 Vienna Exams, Josef Huber" in shown.text
    assert "Exams" in (await anna.get(f"/rooms/{campus.ids.a101}?view=day&date=2027-03-02")).text
    path = shown.html.partition('action="/rooms/manage/blockings/')[2].partition('"')[0]
    ended = await josef.send(f"/rooms/manage/blockings/{path}")
    assert "The blocking is over." in ended.text
    assert "Nothing is blocked." in ended.text
    assert (await josef.post(f"/rooms/manage/blockings/{path}")).status == 404


async def test_everything_wrong_with_a_blocking_is_said_at_once(campus: Campus, josef: Visitor) -> None:
    shown = await block(josef, first_time="8:03", last_date="soon", reason=" ")
    assert shown.status == 422
    for each in ("Choose what to block.", "in steps of five minutes", "Choose a date.", "Write one line"):
        assert each in shown.text, each
    assert (shown.value("first_date"), shown.value("first_time")) == ("2027-03-02", "8:03")
    backwards = await block(josef, campus.ids.a101, last_date="2027-03-01")
    assert (backwards.status, "It ends before it begins" in backwards.text) == (422, True)
    gone = await block(josef, "x", "a\0b")
    assert (gone.status, "is not there any more" in gone.text) == (422, True)


async def test_bookings_in_the_way_are_shown_first_and_then_lose_their_room(
    campus: Campus, josef: Visitor, anna: Visitor
) -> None:
    lesson = await campus.booked(anna, repeat="once")
    shown = await block(josef, campus.ids.a101)
    assert (shown.status, shown.value("reason")) == (409, "Exams")
    assert "1 booking is in the way. Comparative Media Law Tue 2 Mar, 10:00–11:30 Vienna Anna Leitner" in shown.text
    answer = await block(josef, campus.ids.a101, way=tuple(shown.values("way")), displace="yes")
    assert "Blocked. 1 booking lost its room" in (await josef.get(answer.location)).text
    assert "Lost its room" in (await anna.get(lesson)).text


async def test_what_came_meanwhile_is_shown_before_it_is_displaced(
    campus: Campus, josef: Visitor, anna: Visitor
) -> None:
    await campus.booked(anna, repeat="once")
    shown = await block(josef, campus.ids.a101)
    await campus.booked(anna, key="two", repeat="once", time="14:00", title="Ethics")
    again = await block(josef, campus.ids.a101, way=tuple(shown.values("way")), displace="yes")
    assert (again.status, "2 bookings are in the way." in again.text, "Ethics" in again.text) == (409, True, True)
    assert (await block(josef, campus.ids.a101, way=tuple(again.values("way")), displace="yes")).status == 303


async def test_what_is_blocked_already_is_not_blocked_again(campus: Campus, josef: Visitor) -> None:
    await block(josef, campus.ids.a101)
    shown = await block(josef, campus.ids.a101)
    assert (shown.status, "is blocked already at that time" in shown.text) == (409, True)


@pytest.mark.parametrize(("what", "name"), [("closures", "Winter break"), ("terms", "Winter term")])
async def test_closures_and_terms_come_and_go(josef: Visitor, what: str, name: str) -> None:
    form = {"first_day": "2026-12-19", "last_day": "2027-01-06", "reason": name}
    shown = await josef.send(f"/rooms/manage/{what}", form)
    assert f"{name} 19 December 2026 – 6 January 2027" in shown.text
    path = shown.html.partition(f'action="/rooms/manage/{what}/')[2].partition('"')[0]
    assert (await josef.post(f"/rooms/manage/{what}/{path}", {"version": "2"})).status == 412
    assert name not in (await josef.send(f"/rooms/manage/{what}/{path}", {"version": "1"})).text
    assert (await josef.post(f"/rooms/manage/{what}/{path}", {"version": "1"})).status == 404


async def test_wrong_days_are_said_beside_their_fields(josef: Visitor) -> None:
    form = {"first_day": "2026-12-19", "last_day": "2026-12-18", "reason": "Christmas"}
    shown = await josef.post("/rooms/manage/closures", form)
    assert (shown.status, "The last day is before the first." in shown.text) == (422, True)
    assert (shown.value("first_day"), "Christmas" in shown.html) == ("2026-12-19", True)
    shown = await josef.post("/rooms/manage/terms", {"first_day": "x", "reason": "a\nb"})
    assert (shown.text.count("Choose a date."), "at most 120 characters" in shown.text) == (2, True)
    await josef.send("/rooms/manage/terms", form | {"last_day": "2026-12-20"})
    taken = await josef.post("/rooms/manage/terms", form | {"last_day": "2026-12-20"})
    assert "There is a term of this name already." in taken.text


async def test_teachers_close_nothing(campus: Campus, anna: Visitor) -> None:
    await anna.get("/rooms")
    assert (await block(anna, campus.ids.a101)).status == 403
    assert (await anna.post("/rooms/manage/closures", {})).status == 403


async def test_the_house_says_in_which_region_it_is(josef: Visitor) -> None:
    shown = await josef.get(PATH)
    assert "8 December 2026 Immaculate Conception" in shown.text
    version = shown.html.partition('action="/rooms/manage/region"')[2].partition('name="version" value="')[2]
    form = {"region": "9", "version": version.partition('"')[0]}
    saved = await josef.send("/rooms/manage/region", form)
    assert "Saved." in saved.text
    assert '<option value="9" selected>Wien</option>' in saved.html
    stale = await josef.post("/rooms/manage/region", form | {"region": "1"})
    assert (stale.status, "Vienna Institute" in stale.text) == (412, True)
