"""Finding a time by form: from the booking form, and back into it, with everything that was typed."""

import html
import re
from urllib.parse import parse_qs

from tests.web.pages.campus import ANNA, IRYNA, Campus, Shown, Visitor


def look(campus: Campus, **changes: str) -> dict[str, str]:
    """Weekly times for both teachers, in A-101 and any hall of Kyiv, in the week of 2 March."""
    return {
        "people": f"{ANNA}\n{IRYNA}",
        "minutes": "90",
        "first": "2027-03-02",
        "last": "2027-03-05",
        "repeat": "weekly",
        "weeks": "6",
        f"place-{campus.ids.vienna}": campus.ids.a101,
        f"place-{campus.ids.kyiv}": "any",
        **changes,
    }


def takes(shown: Shown) -> list[str]:
    """The slots, as the booking form would get them."""
    return [html.unescape(each) for each in re.findall(r'name="slot" value="([^"]*)"', shown.html)]


async def test_the_finder_opens_with_the_reader_and_the_coming_days(anna: Visitor) -> None:
    shown = await anna.get("/slots")
    assert (shown.status, shown.value("people")) == (200, ANNA)
    assert (shown.value("first"), shown.value("last")) == ("2026-11-22", "2026-11-28")


async def test_slots_are_shown_on_both_clocks_with_how_many_weeks_work(campus: Campus, anna: Visitor) -> None:
    await anna.get("/slots")
    shown = await anna.post("/slots", look(campus))
    assert shown.status == 200
    assert "Tuesday 08:00–09:30 Vienna 09:00–10:30 Kyiv" in shown.text
    assert "6 of 6 weeks" in shown.text
    assert "A-101, Hall 214" in shown.text


async def test_a_slot_that_is_taken_fills_in_the_booking_form(campus: Campus, anna: Visitor) -> None:
    await anna.get("/slots")
    slot, *_ = takes(await anna.post("/slots", look(campus)))
    form = await anna.post("/lessons/preview", {"slot": slot})
    assert (form.value("date"), form.value("time"), form.value("count")) == ("2027-03-02", "08:00", "6")
    assert (form.chosen("room"), form.chosen("partner"), form.chosen("partner_room")) == (
        campus.ids.a101, campus.ids.kyiv, campus.ids.hall214,
    )  # fmt: skip
    assert "Both sides keep their hour in all weeks." in form.text


async def test_what_was_typed_into_the_booking_form_comes_back_with_the_slot(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    kit = {f"kit-{campus.ids.camera}": "2"}
    shown = await anna.post("/slots/new", campus.form(title="Press law", **kit))
    assert shown.value("people") == f"{ANNA}\n{IRYNA}"
    carried = dict(re.findall(r'name="with-([^"]+)" value="([^"]*)"', shown.html))
    slot, *_ = takes(shown)
    form = await anna.post(
        "/lessons/preview", {name: html.unescape(it) for name, it in carried.items()} | {"slot": slot}
    )
    assert (form.value("title"), form.value("description")) == ("Press law", "Right of reply.")
    assert (form.value("guests"), form.value(f"kit-{campus.ids.camera}")) == ("Nikos <nikos@asl.example>", "2")
    assert form.value("partner_teacher") == IRYNA


async def test_a_slot_from_the_finder_is_booked(campus: Campus, anna: Visitor) -> None:
    await anna.get("/lessons/new")
    slot, *_ = takes(await anna.post("/slots/new", campus.form()))
    chosen = {name: values[0] for name, values in parse_qs(slot).items()}
    shown = await anna.send("/lessons", campus.form(**chosen))
    assert "Booked. 3 invitations are on their way." in shown.text
    again = await anna.post("/slots", look(campus, first=chosen["date"], last=chosen["date"], repeat="once"))
    assert "08:00–09:30 Vienna" not in again.text


async def test_weeks_that_do_not_work_are_left_out_of_the_booking(campus: Campus, anna: Visitor) -> None:
    for hour in ("08:00", "12:00", "16:00"):
        await campus.booked(anna, key=hour, date="2027-03-09", time=hour, minutes="240", repeat="once")
    await anna.get("/slots")
    shown = await anna.post("/slots", look(campus, last="2027-03-02"))
    assert "5 of 6 weeks" in shown.text
    form = await anna.post("/lessons/preview", {"slot": takes(shown)[0]})
    assert form.value("left_out") == "2027-03-09"
    booked = await anna.send("/lessons", campus.form(left_out="2027-03-09", time="09:00"))
    assert "5 dates" in booked.text


async def test_who_is_missing_is_named_with_the_reason(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, date="2027-03-02", time="07:00", minutes="720", repeat="once")
    await anna.get("/slots")
    shown = await anna.post("/slots", look(campus, repeat="once", last="2027-03-02"))
    assert "Ірина Бондар (busy)" in shown.text


async def test_what_cannot_be_read_is_said_beside_its_field(campus: Campus, anna: Visitor) -> None:
    await anna.get("/slots")
    shown = await anna.post("/slots", look(campus, weeks="60", minutes="x"))
    assert (shown.status, shown.value("weeks")) == (422, "60")
    assert "2 fields need another look" in shown.text
    assert "Write for how many weeks, from 1 to 53." in shown.text
    shown = await anna.post("/slots", look(campus, people=f"{ANNA}\n\nnobody@", last="yesterday"))
    assert "nobody@ in line 3 is no mail address." in shown.text
    assert "Choose a last day that is to come" in shown.text


async def test_a_lesson_has_one_partner(campus: Campus, anna: Visitor) -> None:
    await anna.get("/slots")
    shown = await anna.post("/slots", look(campus, **{f"place-{campus.ids.new_york}": "any"}))
    assert shown.status == 422
    assert "A lesson has one partner here." in shown.text


async def test_a_guest_without_an_account_is_said_to_count_as_free(campus: Campus, anna: Visitor) -> None:
    await anna.get("/slots")
    shown = await anna.post("/slots", look(campus, people=f"{ANNA}\nnikos@asl.example"))
    assert "nikos@asl.example has no account here and counts as free." in shown.text


async def test_a_student_finds_no_times(sophie: Visitor) -> None:
    assert (await sophie.get("/slots")).status == 403
    assert "/slots" not in (await sophie.get("/")).html


async def test_a_time_on_a_holiday_says_so(campus: Campus, anna: Visitor) -> None:
    await anna.get("/slots")
    shown = await anna.post("/slots", look(campus, first="2027-10-26", last="2027-10-26", repeat="once"))
    assert "Vienna Institute of Informatics is off on Tuesday 26 October: National Day." in shown.text
