"""Booking a joint lesson by form: what is kept, what is shown, what is refused."""

import asyncio

import pytest
import sqlalchemy as sa

from rooms import NewRoom, create_room
from tests.support import SATURDAY
from tests.web.pages.campus import IRYNA, JOSEF, Campus, Visitor
from vclass import people

HX = {"HX-Request": "true"}


async def test_a_weekly_joint_lesson_is_booked_by_form(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.send("/lessons", campus.form())
    assert "Booked. 3 invitations are on their way." in shown.text
    assert "Weekly joint lesson, 6 dates Comparative Media Law" in shown.text
    assert "Tuesday 2 March 2027" in shown.text
    assert "10:00–11:30 Vienna 11:00–12:30 Kyiv" in shown.text


async def test_both_rooms_are_taken_in_one_step(campus: Campus, anna: Visitor) -> None:
    shown = await anna.get(await campus.booked(anna))
    assert "Vienna, A-101 24 seats Kyiv, Hall 214 30 seats" in shown.text


async def test_the_notice_is_said_once(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    assert "Booked. 3 invitations" in (await anna.get(path)).text
    assert "Booked. 3 invitations" not in (await anna.get(path)).text


async def test_the_lesson_is_among_the_next_ones_of_both_teachers(
    campus: Campus, anna: Visitor, iryna: Visitor
) -> None:
    await campus.booked(anna)
    assert "Comparative Media Law" in (await anna.get("/")).text
    assert "Comparative Media Law" in (await iryna.get("/")).text


async def test_the_same_form_sent_twice_books_once(campus: Campus, anna: Visitor) -> None:
    assert await campus.booked(anna) == await campus.booked(anna)


async def test_a_form_that_has_booked_and_was_changed_asks_to_look_first(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna)
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons", campus.form(title="Another"))
    assert (shown.status, shown.value("title")) == (422, "Another")
    assert "This form has booked a lesson already." in shown.text
    assert shown.value("key") != "once"


async def test_the_preview_shows_both_clocks_before_anything_is_sent(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", campus.form(), **HX)
    assert "Every Tuesday, 6 lessons 10:00–11:30 Vienna 11:00–12:30 Kyiv" in shown.text
    assert "Both sides keep their hour in all weeks." in shown.text
    assert "<html" not in shown.html


async def test_the_preview_names_the_weeks_in_which_clocks_move_the_sides_apart(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    wish = campus.form(partner=campus.ids.new_york, partner_room="", time="15:00")
    shown = await anna.post("/lessons/preview", wish, **HX)
    sentence = "2 of 6 lessons are at 10:00 in New York instead of 09:00, from Tuesday 16 March to Tuesday 23 March."
    assert sentence in shown.text


async def test_the_preview_of_an_unfinished_form_asks_for_no_title_and_no_guests(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", campus.form(title="", guests="nobody@"), **HX)
    assert "Every Tuesday" in shown.text
    assert "mail address" not in shown.text


async def test_the_preview_of_an_empty_form_explains_itself(anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", {"zone": "Europe/Vienna"}, **HX)
    assert "Choose a date and a time" in shown.text


async def test_the_preview_says_what_is_taken(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna)
    shown = await anna.post("/lessons/preview", campus.form(room=campus.ids.b204), **HX)
    assert "Taken at the moment Hall 214: Tue 2 Mar" in shown.text


async def test_without_javascript_the_preview_comes_with_the_whole_form(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", campus.form())
    assert shown.value("title") == "Comparative Media Law"
    assert "Every Tuesday, 6 lessons" in shown.text


async def test_the_partners_rooms_come_when_the_partner_is_chosen(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/partner", {"partner": campus.ids.kyiv}, **HX)
    assert "Hall 214" in shown.html
    assert "Hall 214" not in (await anna.post("/lessons/partner", {"partner": campus.ids.new_york}, **HX)).html


async def test_a_lost_race_keeps_what_was_typed_and_offers_other_slots(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna)
    shown = await anna.post("/lessons", campus.form(key="second", title="Ethics"))
    assert shown.status == 409
    assert "A-101 is taken by “ Comparative Media Law ” on Tuesday 2 March" in shown.text
    assert "Hall 214 is taken by “ Comparative Media Law ” on Tuesday 2 March" in shown.text
    assert (shown.value("title"), shown.chosen("room")) == ("Ethics", campus.ids.a101)
    assert (shown.value("time"), shown.value("guests")) == ("10:00", "Nikos <nikos@asl.example>")
    assert len(shown.values("alternative")) == 3


async def test_nothing_that_was_typed_is_lost_with_a_race(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna)
    typed = campus.form(**{f"kit-{campus.ids.camera}": "2"}, left_out="2027-03-09", key="second", count="5")
    shown = await anna.post("/lessons", typed)
    assert shown.status == 409
    chosen = {"zone", "room", "partner", "partner_room"}
    kept = {name: shown.chosen(name) if name in chosen else shown.value(name) for name in typed.keys() - {"repeat"}}
    assert kept | {"repeat": "weekly"} == typed | {"key": shown.value("key")}
    assert 'value="weekly" checked' in shown.html


async def test_of_two_who_press_at_once_one_gets_the_form_back(campus: Campus, anna: Visitor, iryna: Visitor) -> None:
    await anna.get("/lessons/new")
    await iryna.get("/lessons/new")
    mirrored = {"room": campus.ids.hall214, "partner": campus.ids.vienna, "partner_room": "", "partner_teacher": ""}
    both = await asyncio.gather(
        anna.post("/lessons", campus.form()), iryna.post("/lessons", campus.form(key="two", title="Ethics", **mirrored))
    )
    first, second = sorted(both, key=lambda each: each.status)
    assert (first.status, second.status, len(second.values("alternative"))) == (303, 409, 3)
    assert second.value("title") in ("Comparative Media Law", "Ethics")


async def test_an_offered_slot_is_booked_with_one_press(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna)
    refused = await anna.post("/lessons", campus.form(key="second"))
    chosen = refused.values("alternative")[0]
    shown = await anna.send("/lessons", campus.form(key=refused.value("key"), alternative=chosen))
    assert "11:30–13:00 Vienna" in shown.text


async def test_another_free_room_is_offered_first(campus: Campus, anna: Visitor) -> None:
    await campus.booked(await campus.person(JOSEF), partner_teacher="maria@nyc.example", partner_room="")
    refused = await anna.post("/lessons", campus.form(key="second", partner="", partner_room=""))
    assert refused.values("alternative")[0] == f"2027-03-02T10:00|{campus.ids.b204}"
    lesson = await anna.send("/lessons", campus.form(alternative=refused.values("alternative")[0], key="third"))
    assert "Vienna, B-204" in lesson.text


WRONG = [
    ({"title": " "}, "title", "Give the lesson a title of at most 200 characters."),
    ({"date": ""}, "date", "Choose a date."),
    ({"time": "25:00"}, "time", "Write the time like 14:00."),
    ({"minutes": "two"}, "minutes", "Write a length from 5 to 1440 minutes."),
    ({"count": "0"}, "count", "Write for how many weeks, from 1 to 114."),
    ({"count": "300"}, "count", "Write for how many weeks, from 1 to 114."),
    ({"zone": "Mars/Olympus"}, "zone", "Choose on whose clock the time is."),
    ({"date": "2020-03-03"}, "date", "This time has passed. Choose a date and time to come."),
    ({"room": "gone"}, "room", "This room is not there for you any more."),
    ({"partner_room": "gone"}, "partner_room", "This room is not there for you any more."),
    ({"partner_teacher": "iryna"}, "partner_teacher", "This is no mail address."),
    ({"guests": "a@b.example\nMaria <maria@>"}, "guests", "maria@ in line 2 is no mail address."),
    ({"time": "02:30", "date": "2027-03-28", "repeat": "once"}, "time", "Choose 01:30 or 03:30."),
    ({"time": "02:30", "date": "2027-10-31", "repeat": "once"}, "time", "Choose which one you mean."),
]


@pytest.mark.parametrize(("changes", "field", "sentence"), WRONG)
async def test_a_wrong_field_is_told_of_beside_it(
    campus: Campus, anna: Visitor, changes: dict[str, str], field: str, sentence: str
) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons", campus.form(**changes))
    assert shown.status == 422
    note = shown.html.partition(f'id="{field}-note"')[2][:600]
    assert sentence in note


async def test_all_wrong_fields_are_told_at_once(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons", campus.form(title="", time="noon", minutes="0", guests="x"))
    assert "4 fields need another look" in shown.text


async def test_more_equipment_than_there_is_is_refused_beside_its_field(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    kit = f"kit-{campus.ids.camera}"
    shown = await anna.post("/lessons", campus.form() | {kit: "3"})
    assert (shown.status, shown.value(kit)) == (422, "3")
    assert "Write 2 at most: there are no more." in shown.text


async def test_equipment_is_booked_with_its_room(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.send("/lessons", campus.form() | {f"kit-{campus.ids.camera}": "2"})
    assert "24 seats, 2 × Document camera" in shown.text


async def test_a_doubled_time_is_booked_as_chosen(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    wish = campus.form(time="02:30", date="2027-10-31", repeat="once", partner="", partner_room="", fold="1")
    shown = await anna.send("/lessons", wish)
    assert 'datetime="2027-10-31T01:30:00Z"' in shown.html


async def test_the_preview_offers_both_of_a_doubled_time(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", campus.form(time="02:30", date="2027-10-31", repeat="once"), **HX)
    assert shown.values("fold") == ["0", "1"]


async def test_refusals_are_said_in_ukrainian(campus: Campus, iryna: Visitor) -> None:
    await iryna.get("/lessons/new")
    shown = await iryna.post("/lessons", campus.form(room="", time="02:30", date="2027-03-28", repeat="once"))
    assert "Choose" not in shown.text
    assert "01:30" in shown.text.partition("28 березня 2027")[2][:200]


async def test_the_form_presets_rooms_kit_and_teacher_as_last_time(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, minutes="45")
    shown = await anna.get("/lessons/new")
    assert (shown.chosen("room"), shown.chosen("partner_room")) == (campus.ids.a101, campus.ids.hall214)
    assert (shown.value("partner_teacher"), shown.value("minutes")) == (IRYNA, "45")
    assert (shown.value("title"), shown.value("date")) == ("", "")


async def test_the_form_presets_the_partner_of_most_lessons_and_knows_its_teachers(
    campus: Campus, anna: Visitor
) -> None:
    await campus.booked(anna)
    shown = await anna.get("/lessons/new")
    assert shown.chosen("partner") == campus.ids.kyiv
    assert IRYNA in shown.html


async def test_another_partner_gets_nothing_of_the_first(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna)
    wish = campus.form(partner=campus.ids.new_york)
    shown = await anna.post("/lessons/partner", wish, **HX)
    assert (shown.chosen("partner_room"), shown.value("partner_teacher")) == ("", "")


async def test_a_known_partner_gets_room_and_teacher_as_last_time(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna)
    shown = await anna.post("/lessons/partner", {"partner": campus.ids.kyiv}, **HX)
    assert (shown.chosen("partner_room"), shown.value("partner_teacher")) == (campus.ids.hall214, IRYNA)


async def test_addresses_of_strangers_are_not_offered(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/partner", {"partner": campus.ids.kyiv}, **HX)
    assert IRYNA not in shown.html


async def test_a_student_may_not_book(campus: Campus, sophie: Visitor) -> None:
    assert (await sophie.get("/lessons/new")).status == 403
    assert (await sophie.post("/lessons", campus.form())).status == 403


async def test_a_form_without_the_pages_token_books_nothing(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons", campus.form(csrf=""))
    assert shown.status == 403
    assert "Nothing was changed. Reload the page" in shown.text
    assert "Comparative" not in (await anna.get("/")).text


async def test_a_preview_after_the_session_leads_the_browser_to_the_door(anna: Visitor) -> None:
    await anna.get("/lessons/new")
    await anna.send("/sign-out")
    answer = await anna.client.post("/lessons/preview", data={}, headers={"Accept": "text/html", **HX})
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/"


async def test_what_goes_wrong_with_a_preview_is_said_in_its_place(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", campus.form(csrf=""), **HX)
    assert shown.status == 403
    assert "Nothing was changed. Reload the page" in shown.text
    assert "<html" not in shown.html


async def test_a_lesson_takes_the_time_of_the_teacher_who_books_it(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna)
    refused = await anna.post("/lessons", campus.form(key="second", room="", partner_room="", partner_teacher=""))
    assert refused.status == 409
    assert "Anna Leitner has “ Comparative Media Law ” on" in refused.text


async def test_who_only_arranges_a_lesson_for_others_stays_free(campus: Campus) -> None:
    josef = await campus.person(JOSEF)
    await campus.booked(josef)
    other = {"room": "", "partner_room": "", "partner_teacher": "maria@nyc.example"}
    assert (await josef.post("/lessons", campus.form(key="second", **other))).status == 303


async def test_a_free_slot_of_a_partners_room_fills_in_the_partners_half(campus: Campus, anna: Visitor) -> None:
    shown = await anna.get(f"/lessons/new?room={campus.ids.hall214}&date=2027-03-02&time=12:00&title=Media+law")
    assert (shown.chosen("partner_room"), shown.chosen("zone")) == (campus.ids.hall214, "Europe/Kyiv")
    assert (shown.value("date"), shown.value("time"), shown.value("title")) == ("2027-03-02", "12:00", "Media law")
    assert "11:00–12:30 Vienna" in shown.text


async def test_a_refused_booking_says_what_stands_there_and_until_when(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, title="Thesis colloquium", count="1")
    shown = await anna.post("/lessons", campus.form(key="again"))
    assert (shown.status, shown.value("title")) == (409, "Comparative Media Law")
    assert "A-101 is taken by “ Thesis colloquium ” on Tuesday 2 March, 10:00–11:30" in shown.text
    assert "Book the 5 free dates" in shown.text


async def test_too_few_pieces_are_told_in_numbers(campus: Campus, anna: Visitor) -> None:
    kit = f"kit-{campus.ids.camera}"
    await campus.booked(anna, **{kit: "1"}, count="1", room="", partner_room="", partner_teacher="")
    shown = await anna.post("/lessons", campus.form(key="again", room="", **{kit: "2"}))
    assert "Document camera : only 1 of the 2 you want is free on Tuesday 2 March, 10:00–11:30" in shown.text


async def test_the_free_dates_are_booked_without_the_rest(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, title="Thesis colloquium", count="1")
    shown = await anna.send("/lessons", campus.form(key="again", on_clash="skip"))
    assert "Booked. 3 invitations are on their way." in shown.text
    assert "Left out Tue 2 Mar 10:00–11:30 Vienna" in shown.text


async def test_what_is_asked_of_a_house_is_told_with_its_name(campus: Campus, anna: Visitor) -> None:
    def write(connection: sa.Connection) -> str:
        home = people.people_by_email(connection, [IRYNA])[IRYNA].institution_id
        assert home is not None
        wish = NewRoom("hall", "Aula", "Europe/Kyiv", 90, shared=True, approval="required")
        return create_room(connection, home, wish, SATURDAY).public_id

    aula = await campus.database.write(write)
    shown = await anna.send("/lessons", campus.form(partner_room=aula))
    assert "Asked for: it waits for Kyiv Polytechnic Academy." in shown.text
