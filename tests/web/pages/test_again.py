"""A known lesson once more: everything is in the form already, and one press books it."""

import datetime as dt

from tests.web.pages.campus import ANNA, IRYNA, Campus, Visitor, close


async def again(visitor: Visitor, path: str) -> str:
    """Where the lesson's page leads to for one more."""
    page = (await visitor.get(path)).html
    return page.partition('href="/lessons/new?again=')[2].partition('"')[0]


async def test_the_form_holds_all_of_a_series_from_the_week_after_it(campus: Campus, anna: Visitor) -> None:
    kit = {f"kit-{campus.ids.camera}": "2"}
    path = await campus.booked(anna, **kit)
    shown = await anna.get(f"/lessons/new?again={await again(anna, path)}")
    held = {name: shown.value(name) for name in ("title", "date", "time", "minutes", "count", "guests", "description")}
    assert held == {
        "title": "Comparative Media Law",
        "date": "2027-04-13",
        "time": "10:00",
        "minutes": "90",
        "count": "6",
        "guests": "Nikos <nikos@asl.example>",
        "description": "Right of reply.",
    }
    assert (shown.chosen("room"), shown.chosen("partner_room")) == (campus.ids.a101, campus.ids.hall214)
    assert (shown.value("partner_teacher"), shown.value(f"kit-{campus.ids.camera}")) == (IRYNA, "2")


async def test_one_press_books_it(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    shown = await anna.get(f"/lessons/new?again={await again(anna, path)}")
    form = campus.form(date=shown.value("date"), key=shown.value("key"), guests=shown.value("guests"))
    assert "Booked. 3 invitations" in (await anna.send("/lessons", form)).text


async def test_a_single_lesson_is_offered_for_the_same_weekday_to_come(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna, repeat="once", date="2026-11-25")
    campus.clock.advance(15 * 86400)
    later = await campus.person(ANNA)
    shown = await later.get(f"/lessons/new?again={await again(later, path)}")
    assert (shown.value("date"), shown.value("time")) == ("2026-12-09", "10:00")
    assert 'name="repeat" value="once" checked' in shown.html


async def test_what_was_called_off_is_offered_for_its_own_dates(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    shown = await anna.get(path)
    await anna.send(f"{path}/cancel", {"version": shown.value("version")})
    assert (await anna.get(f"/lessons/new?again={await again(anna, path)}")).value("date") == "2027-03-02"


async def test_a_closed_day_is_told_of_at_once(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna, repeat="once", date="2027-03-02")
    await close(campus, dt.date(2027, 3, 8), dt.date(2027, 3, 12))
    shown = await anna.get(f"/lessons/new?again={await again(anna, path)}")
    assert "is closed until 12 March 2027 (Spring break). Choose a later day." in shown.text
    assert shown.value("date") == "2027-03-09"


async def test_what_somebody_else_leads_is_not_booked_again(campus: Campus, anna: Visitor, iryna: Visitor) -> None:
    path = await campus.booked(anna)
    lesson = await again(anna, path)
    assert await again(iryna, path) == ""
    assert (await iryna.get(f"/lessons/new?again={lesson}")).status == 403
    assert (await iryna.get("/lessons/new?again=nothing")).status == 404
