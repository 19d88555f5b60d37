"""The page of one's other calendars: bring, look, refresh, remove; and what others see of it."""

import io

import aiohttp
import pytest

from tests.icsreader.files import calendar, event, one
from tests.web.pages.campus import ANNA, Campus, Shown, Visitor

PATH = "/settings/busy"
HOUR = "DURATION:PT1H"
DENTIST = one("SUMMARY:Zahnarzt", "DTSTART;TZID=Europe/Vienna:20270302T100000", "DURATION:PT2H")
MIXED = calendar(
    event("DTSTART;TZID=Europe/Vienna:20270302T100000", HOUR),
    event("DTSTART:20261202T090000Z", HOUR, "TRANSP:TRANSPARENT", uid="2"),
    event("DTSTART;TZID=Nowhere/Zone:20261203T090000", HOUR, uid="3"),
)


async def send(visitor: Visitor, content: bytes, name: str = "own.ics") -> Shown:
    """Choose a file and press the button."""
    await visitor.get(PATH)
    form = aiohttp.FormData({"csrf": visitor.csrf})
    form.add_field("file", io.BytesIO(content), filename=name, content_type="text/calendar")
    answer = await visitor.post_form(f"{PATH}/file", form)
    return await visitor.get(PATH) if answer.status == 303 else answer


async def test_settings_lead_to_the_calendars(anna: Visitor) -> None:
    assert f'href="{PATH}"' in (await anna.get("/settings")).html
    assert "No other calendar yet" in (await anna.get(PATH)).text


async def test_a_file_is_read_and_reported_in_the_readers_words(anna: Visitor) -> None:
    shown = await send(anna, MIXED)
    assert "The calendar is read." in shown.text
    assert "own.ics Read in part" in shown.text
    assert "1 of 3 events" in shown.text
    line = "Line 17: DTSTART;TZID=Nowhere/Zone:20261203T090000"
    assert f"1 event is in a time zone that nobody knows. {line}" in shown.text
    assert "1 event is marked as free time." in shown.text


async def test_ukrainian_readers_read_it_in_ukrainian(iryna: Visitor) -> None:
    shown = await send(iryna, MIXED)
    assert "1 подія в невідомому часовому поясі." in shown.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.7", "This is no calendar."), (b" " * ((1 << 20) + 1), "The calendar is larger than 1 MB.")],
)
async def test_a_file_that_cannot_be_read_comes_back_with_the_reason(
    anna: Visitor, content: bytes, sentence: str
) -> None:
    shown = await send(anna, content)
    assert (shown.status, sentence in shown.text) == (422, True)


async def test_a_form_without_a_file_says_so(anna: Visitor) -> None:
    await anna.get(PATH)
    shown = await anna.post(f"{PATH}/file", {"file": ""})
    assert (shown.status, "Choose a file first." in shown.text) == (422, True)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("https://127.0.0.1/a.ics", "This address leads into a private network."),
        ("my calendar", "Write an address that begins with https:// or webcal://"),
        ("", "Write an address that begins with https:// or webcal://"),
    ],
)
async def test_an_address_that_is_refused_comes_back_as_it_was_typed(
    anna: Visitor, address: str, sentence: str
) -> None:
    await anna.get(PATH)
    shown = await anna.post(f"{PATH}/address", {"address": address, "name": "Family"})
    assert (shown.status, sentence in shown.text) == (422, True)
    assert (shown.value("address"), shown.value("name")) == (address, "Family")


async def test_a_calendar_is_removed(anna: Visitor) -> None:
    shown = await send(anna, DENTIST)
    calendar_id = shown.html.partition('id="calendar-')[2].partition('"')[0]
    gone = await anna.send(f"{PATH}/{calendar_id}/remove")
    assert "Removed. Its busy times no longer count." in gone.text
    assert "No other calendar yet" in gone.text


async def test_the_preview_and_the_lesson_warn_of_other_appointments_without_saying_which(
    campus: Campus, anna: Visitor
) -> None:
    await send(anna, DENTIST)
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", campus.form())
    assert "Anna Leitner is busy in another calendar." in shown.text
    path = await campus.booked(anna)
    assert "Anna Leitner is busy in another calendar." in (await anna.get(path)).text


async def test_a_partner_learns_that_somebody_is_busy_and_a_student_nothing(
    campus: Campus, anna: Visitor, iryna: Visitor
) -> None:
    await send(iryna, DENTIST)
    path = await campus.booked(anna)
    assert "Ірина Бондар is busy in another calendar." in (await anna.get(path)).text


async def test_the_preview_warns_of_a_holiday_of_either_side(campus: Campus, anna: Visitor, iryna: Visitor) -> None:
    holiday = campus.form(date="2027-10-26", repeat="once")
    await anna.get("/lessons/new")
    shown = await anna.post("/lessons/preview", holiday)
    assert "Vienna Institute of Informatics is off on Tuesday 26 October: National Day." in shown.text
    await iryna.get("/lessons/new")
    from_kyiv = {"room": campus.ids.hall214, "partner": campus.ids.vienna, "partner_room": "", "partner_teacher": ANNA}
    assert "Національне свято" in (await iryna.post("/lessons/preview", holiday | from_kyiv)).text
