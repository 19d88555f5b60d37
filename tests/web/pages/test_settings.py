"""The settings: reminders are chosen there, and everything of one's own is one press away."""

import re

from schedules.reminders import Choice, choice_of
from tests.web.pages.campus import ANNA, SOPHIE, Campus, Visitor

OWN = {"/settings/calendars", "/settings/busy", "/connection"}


def ways(html: str) -> set[str]:
    return set(re.findall(r'class="ttl" href="([^"]+)"', html))


async def test_a_teacher_is_led_to_calendars_busy_times_and_clocks(anna: Visitor) -> None:
    assert ways((await anna.get("/settings")).html) == OWN | {"/clocks"}


async def test_a_student_is_led_to_what_students_have(sophie: Visitor) -> None:
    assert ways((await sophie.get("/settings")).html) == OWN


async def test_every_way_leads_to_a_page(campus: Campus) -> None:
    josef = await campus.person("josef@vii.example")
    for way in ways((await josef.get("/settings")).html):
        assert (await josef.get(way)).status == 200, way


async def test_reminders_are_what_is_ticked(campus: Campus, sophie: Visitor) -> None:
    assert (await sophie.get("/settings")).html.count(" checked") == 2
    shown = await sophie.send("/settings/reminders", {"soon": "yes"})
    assert "Saved." in shown.text
    assert shown.html.count(" checked") == 1
    choice, _ = await campus.database.read(choice_of, SOPHIE)
    assert choice == Choice(day=False, soon=True)


async def test_c1_nobody_chooses_for_others(campus: Campus) -> None:
    stranger = await campus.visitor()
    await stranger.get("/sign-in")
    answer = await stranger.post("/settings/reminders", {})
    assert answer.location.startswith("/sign-in")
    choice, _ = await campus.database.read(choice_of, ANNA)
    assert choice == Choice()
