"""Who may publish and play: API tokens and device tokens, their scope and their end."""

import pytest

from schedules import visible_lesson
from schedules.web import LESSONS
from tests.web.api import TEACHER
from tests.web.whip.studio import START, STUDENT, Studio
from vclass.core import audit

LESSON_SECONDS = 90 * 60
KYIV_TEACHER = ("teacher", "kyiv")
STRANGER = ("teacher", "athens")


async def test_a_device_is_in_the_lesson_under_its_own_name(studio: Studio) -> None:
    token = await studio.device("Hall 3")
    await studio.begun(who=token)
    assert studio.there() == [("Hall 3", "room")]


async def test_the_token_is_told_with_where_and_until_when_it_is_good(studio: Studio) -> None:
    reply = await studio.api.ask("POST", f"/lessons/{studio.lesson}/devices", {"name": "Hall 3"})
    assert reply.status == 201
    assert reply.body["whip"] == f"http://vclass.example/whip/{studio.lesson}"
    assert reply.body["whep"] == f"http://vclass.example/whep/{studio.lesson}"
    assert reply.body["expires"] == "2026-12-01T11:00:00Z"


async def test_two_devices_are_two_participants(studio: Studio) -> None:
    for token in [await studio.device("Hall 3"), await studio.device("Hall 4", KYIV_TEACHER)]:
        await studio.begun(who=token)
    assert studio.there() == [("Hall 3", "room"), ("Hall 4", "room")]


@pytest.mark.parametrize(
    ("who", "status"), [(STUDENT, 403), (("room_admin", "vienna"), 403), (STRANGER, 404), (None, 401)]
)
async def test_b2_only_who_teaches_the_lesson_brings_devices(
    studio: Studio, who: tuple[str, str] | None, status: int
) -> None:
    reply = await studio.api.ask("POST", f"/lessons/{studio.lesson}/devices", {"name": "Hall 3"}, who)
    assert reply.status == status


@pytest.mark.parametrize("name", ["", " \u200e\u202e ", "x" * 65])
async def test_d6_a_device_has_a_name_that_can_be_shown(studio: Studio, name: str) -> None:
    reply = await studio.api.ask("POST", f"/lessons/{studio.lesson}/devices", {"name": name})
    assert reply.fields == ["name"]


async def test_a_device_token_is_for_one_lesson_and_nothing_else(studio: Studio) -> None:
    token = await studio.device()
    other = Studio(studio.api, (await studio.api.booked(start="2026-12-02T10:00")).body["id"])
    assert (await other.post(who=token)).told == (404, "not-found")
    response = await studio.api.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert response.status == 401


async def test_a_device_token_ends_with_the_lessons_door(studio: Studio) -> None:
    token = await studio.device()
    studio.api.clock.now = START + LESSON_SECONDS + 30 * 60 + 1
    assert (await studio.post(who=token)).told == (401, "not-signed-in")


async def test_c4_before_the_door_opens_nobody_gets_in(studio: Studio) -> None:
    token = await studio.device()
    studio.api.clock.now = START - 15 * 60 - 1
    for who in (token, STUDENT):
        assert (await studio.post(who=who)).told == (403, "forbidden")


async def test_there_is_no_token_for_a_lesson_that_is_over(studio: Studio) -> None:
    studio.api.clock.now = START + 86400
    reply = await studio.api.ask("POST", f"/lessons/{studio.lesson}/devices", {"name": "Hall 3"})
    assert reply.status == 403


async def renew_link(studio: Studio, email: str) -> None:
    """Let the host replace somebody's personal link."""
    host = studio.api.world.actors[TEACHER]
    lesson = await studio.api.database.read(visible_lesson, host, studio.lesson, "lesson.see")
    attendee = next(each.public_id for each in lesson.present if each.email == email)
    await studio.api.client.app[LESSONS].renew_link(host, studio.lesson, attendee)


async def test_c3_with_the_link_behind_it_a_device_loses_seat_and_right(studio: Studio) -> None:
    token = await studio.device(who=KYIV_TEACHER)
    await studio.begun(who=token)
    await renew_link(studio, "teacher@kyiv.example")
    assert studio.there() == []
    assert (await studio.post(who=token)).told == (403, "forbidden")


async def test_c6_whose_link_is_replaced_loses_encoder_and_player_too(studio: Studio) -> None:
    for door in ("whip", "whep"):
        await studio.begun(door, who=STUDENT)
    await renew_link(studio, "student@kyiv.example")
    assert studio.there() == []


async def test_a7_a_token_that_was_changed_is_nobodys(studio: Studio) -> None:
    token = await studio.device()
    payload, _, signature = token.partition(".")
    for forged in (f"{payload[:-2]}AA.{signature}", f"{payload}.{signature[:-2]}AA", f"{payload}."):
        assert (await studio.post(who=forged)).told == (401, "not-signed-in")


async def test_who_brought_a_device_is_on_record(studio: Studio) -> None:
    await studio.device()
    host = studio.api.world.actors[TEACHER]
    lesson = await studio.api.database.read(visible_lesson, host, studio.lesson, "lesson.see")
    entry = (await studio.api.database.read(audit.history, "lesson", lesson.id))[-1]
    assert (entry["action"], entry["person_id"]) == ("lesson.equip", host.person_id)
