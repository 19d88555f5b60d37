"""The page of calendars: links and passwords are made, shown and revoked there."""

import re

from tests.web.pages.campus import ANNA, JOSEF, Campus

PATH = "/settings/calendars"
URL = re.compile(r">(http://[^<]+/(?:cal|fb)/[^<]+)<")
SECRET = re.compile(r'id="secret">([a-z2-7-]+)<')


async def test_a_link_is_made_shown_and_read(campus: Campus) -> None:
    anna = await campus.person(ANNA)
    await anna.get(PATH)
    shown = await anna.send(PATH, {"kind": "person", "of": "", "detail": "full"})
    url = URL.findall(shown.html)[0]
    assert "The link is ready." in shown.text
    assert f'href="webcal://{url.partition("://")[2]}"' in shown.html
    assert "<svg" in shown.html.partition("QR code for a phone")[2].partition("</details>")[0]
    read = await anna.client.get("/" + url.partition("://")[2].partition("/")[2])
    assert read.content_type == "text/calendar"


async def test_a_revoked_link_is_gone_from_the_page(campus: Campus) -> None:
    anna = await campus.person(ANNA)
    await anna.get(PATH)
    shown = await anna.send(PATH, {"kind": "person", "of": "", "detail": "busy"})
    (action,) = re.findall(r'action="(/settings/calendars/[^"]+/revoke)"', shown.html)
    gone = await anna.send(action)
    assert "The link leads nowhere any more." in gone.text
    assert URL.findall(gone.html) == []


async def test_the_page_of_a_room_leads_to_its_calendar(campus: Campus) -> None:
    josef = await campus.person(JOSEF)
    room = await josef.get(f"/rooms/{campus.ids.a101}")
    assert f'href="{PATH}?room={campus.ids.a101}"' in room.html
    about = await josef.get(f"{PATH}?room={campus.ids.a101}")
    assert "A link to the calendar of A-101" in about.text
    made = await josef.send(PATH, {"kind": "room", "of": campus.ids.a101, "detail": "freebusy"})
    assert "/fb/" in URL.findall(made.html)[0]


async def test_a_password_is_shown_once_and_opens_the_calendars(campus: Campus) -> None:
    anna = await campus.person(ANNA)
    await anna.get(PATH)
    made = await anna.post("/settings/passwords", {"name": "Thunderbird at home"})
    secret = SECRET.findall(made.html)[0]
    again = await anna.get(PATH)
    assert "Thunderbird at home" in again.text
    assert secret not in again.html
    (action,) = re.findall(r'action="(/settings/passwords/[^"]+/revoke)"', again.html)
    assert "can no longer sign in" in (await anna.send(action)).text


async def test_a_password_for_no_program_is_asked_about(campus: Campus) -> None:
    anna = await campus.person(ANNA)
    await anna.get(PATH)
    wrong = await anna.post("/settings/passwords", {"name": " "})
    assert wrong.status == 422
    assert "which program" in wrong.text


async def test_a_foreign_room_has_no_calendar_for_others(campus: Campus) -> None:
    maria = await campus.person("maria@nyc.example")
    assert (await maria.get(f"{PATH}?room={campus.ids.a101}")).status == 404
