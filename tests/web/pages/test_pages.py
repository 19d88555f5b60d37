"""Every page in both languages, the day, the rooms, and pages of problems."""

import pytest

from tests.web.pages.campus import JOSEF, Campus, Visitor

DAY = 24 * 3600


@pytest.mark.parametrize("language", ["en", "uk"])
async def test_every_page_is_there_in_every_language(campus: Campus, anna: Visitor, language: str) -> None:
    path = await campus.booked(anna)
    await anna.get("/settings")
    await anna.send("/settings/language", {"language": language, "next": "/"})
    for each in ("/", "/rooms", "/lessons/new", "/settings", path):
        shown = await anna.get(each)
        assert (shown.status, f'<html lang="{language}"' in shown.html) == (200, True), each


async def test_an_empty_day_leads_to_the_first_booking(anna: Visitor) -> None:
    shown = await anna.get("/")
    assert "No lessons yet" in shown.text
    assert 'href="/lessons/new"' in shown.html


async def test_the_day_shows_what_is_open_and_what_is_today(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, date="2026-11-21", time="11:10", repeat="once")
    await campus.booked(anna, key="second", title="Ethics", date="2026-11-21", time="15:00", repeat="once")
    shown = await anna.get("/")
    assert "Comparative Media Law" in shown.text.partition("Enter the lesson")[0]
    assert "Today 2 lessons" in shown.text
    assert "Ethics" in shown.text.partition("Next lessons")[2]


async def test_two_open_doors_are_both_shown(campus: Campus, anna: Visitor, iryna: Visitor) -> None:
    colleague = "maria@nyc.example"
    await campus.booked(anna, date="2026-11-21", time="11:05", repeat="once", partner_teacher=colleague)
    other = {"room": "", "partner_room": "", "title": "Ethics", "partner_teacher": "", "guests": "anna@vii.example"}
    await campus.booked(iryna, key="second", date="2026-11-21", time="11:10", repeat="once", **other)
    assert "Also open now Ethics" in (await anna.get("/")).text


async def test_a_long_series_does_not_hide_the_other_lessons(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, count="40", date="2026-11-24")
    await campus.booked(anna, key="second", title="Ethics", date="2027-09-01", repeat="once")
    assert "Ethics" in (await anna.get("/")).text


async def test_the_day_names_weeks_at_another_hour(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, partner_teacher="maria@nyc.example", time="15:00")
    campus.clock.now += 100 * DAY
    anna = await campus.person("anna@vii.example")
    assert "2 of 6 lessons are at 10:00 in New York instead of 09:00" in (await anna.get("/")).text


async def test_a_cancelled_lesson_is_news_for_a_week(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    await anna.send(f"{path}/cancel", {"version": "1"})
    assert "Cancelled" in (await anna.get("/")).text
    campus.clock.advance(6 * DAY)
    await anna.get("/")
    campus.clock.advance(2 * DAY)
    assert "No lessons yet" in (await anna.get("/")).text


async def test_rooms_of_the_own_house_come_first(anna: Visitor) -> None:
    shown = await anna.get("/rooms")
    own, _, shared = shown.text.partition("Hall 214")
    assert "A-101 Hall 24" in own
    assert "Equipment : 2 × Document camera" in own
    assert "B-204 Hall 40" in own
    assert "Shared with partners" in shared


async def test_an_administrator_finds_the_own_role_in_the_frame(campus: Campus) -> None:
    josef = await campus.person(JOSEF)
    assert "Josef Huber Administrator" in (await josef.get("/settings")).text


async def test_a_page_that_is_not_there_says_so_in_the_readers_language(iryna: Visitor) -> None:
    shown = await iryna.get("/nowhere")
    assert shown.status == 404
    assert '<html lang="uk"' in shown.html


async def test_a_refusal_leads_back_to_the_form(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons", campus.form(csrf=""), Referer="http://127.0.0.1:8080/lessons/new")
    assert 'href="/lessons/new"' in shown.html


async def test_pages_are_never_kept_by_the_browser(anna: Visitor) -> None:
    response = await anna.client.get("/", headers={"Accept": "text/html"})
    assert response.headers["Cache-Control"] == "no-store"
    assert response.content_type == "text/html"
