"""The API of approvals: the queue with rivals side by side, yes and no, and who may say it."""

from typing import Any

import pytest

from tests.web.api import Api, Json, Reply

VIENNA, KYIV = ("room_admin", "vienna"), ("room_admin", "kyiv")


async def booking_of(api: Api, lesson: Json) -> str:
    """The id of a lesson's first booking, as the queue tells it."""
    queue = await api.ask("GET", "/approvals", who=("platform_admin", "vienna"))
    found = [each for slot in queue.body["slots"] for each in slot["requests"] if each["lesson"] == lesson["id"]]
    return str(found[0]["booking"])


async def decide(api: Api, booking: str, answer: str, who: tuple[str, str], **body: Any) -> Reply:  # noqa: ANN401  a body
    return await api.ask("POST", f"/bookings/{booking}/{answer}", body, who)


async def test_a_joint_lesson_is_held_until_both_houses_approve(asking: Api) -> None:
    lesson = (await asking.booked()).body
    assert lesson["state"] == "held"
    booking = await booking_of(asking, lesson)
    first = await decide(asking, booking, "approve", VIENNA)
    assert (first.status, first.body["bookings"][0]["state"]) == (200, "held")
    second = await decide(asking, booking, "approve", KYIV)
    assert second.body["bookings"][0]["state"] == "confirmed"
    assert (await asking.ask("GET", f"/lessons/{lesson['id']}")).body["state"] == "confirmed"


async def test_the_queue_tells_who_asks_for_what_and_what_the_other_side_said(asking: Api) -> None:
    lesson = (await asking.booked()).body
    await decide(asking, await booking_of(asking, lesson), "approve", KYIV)
    [slot] = (await asking.ask("GET", "/approvals", who=VIENNA)).body["slots"]
    assert (slot["name"], slot["start"], slot["end"]) == (
        "Hall of vienna",
        "2026-12-01T09:00:00Z",
        "2026-12-01T10:30:00Z",
    )
    [request] = slot["requests"]
    assert (request["title"], request["by"], request["people"]) == ("Joint seminar", "teacher of vienna", 4)
    assert [(each["name"], each["seats"], each["free"]) for each in request["resources"]] == [
        ("Hall of vienna", 30, 1),
        ("Hall of kyiv", 30, 1),
    ]
    assert [(each["state"], each.get("by")) for each in request["answers"]] == [
        ("pending", None),
        ("approved", "room_admin of kyiv"),
    ]
    assert request["hold_until"] > request["asked"]


async def test_rivals_stand_side_by_side_and_the_loser_sees_why(asking: Api) -> None:
    rooms = [asking.hall("vienna")]
    alone = {"rooms": rooms, "teachers": [], "transparent": True}
    one, two = [(await asking.booked(title=title, **alone)).body for title in ("One", "Two")]
    [slot] = (await asking.ask("GET", "/approvals", who=VIENNA)).body["slots"]
    assert [each["title"] for each in slot["requests"]] == ["One", "Two"]
    mine, theirs = await booking_of(asking, one), await booking_of(asking, two)
    assert (await decide(asking, mine, "approve", VIENNA)).status == 200
    lost = await decide(asking, theirs, "approve", VIENNA)
    assert (lost.status, lost.body["type"]) == (409, "clash")
    [clash] = lost.body["clashes"]
    assert (clash["by"], clash["until"], clash["reason"]) == ("One", "2026-12-01T10:30:00Z", "taken")
    assert lost.body["alternatives"]
    [slot] = (await asking.ask("GET", "/approvals", who=VIENNA)).body["slots"]
    assert slot["requests"][0]["reason"] == "taken"


async def test_requests_at_other_times_stand_apart(asking: Api) -> None:
    await asking.booked()
    await asking.booked(start="2026-12-02T10:00", rooms=[asking.hall("vienna")])
    slots = (await asking.ask("GET", "/approvals", who=VIENNA)).body["slots"]
    assert [each["start"] for each in slots] == ["2026-12-01T09:00:00Z", "2026-12-02T09:00:00Z"]


async def test_a_rejection_needs_a_reason_and_frees_the_rooms(asking: Api) -> None:
    booking = await booking_of(asking, (await asking.booked()).body)
    assert (await decide(asking, booking, "reject", KYIV)).fields == ["reason"]
    assert (await decide(asking, booking, "reject", KYIV, reason=" ")).fields == ["reason"]
    rejected = await decide(asking, booking, "reject", KYIV, reason="Exams.")
    assert [each["state"] for each in rejected.body["bookings"]] == ["rejected"]
    assert (await asking.ask("GET", "/approvals", who=VIENNA)).body["slots"] == []


async def test_what_was_decided_is_not_decided_again(asking: Api) -> None:
    booking = await booking_of(asking, (await asking.booked()).body)
    await decide(asking, booking, "approve", VIENNA)
    again = await decide(asking, booking, "approve", VIENNA)
    assert (again.status, again.body["type"]) == (409, "already-decided")


async def test_one_date_of_a_series_can_be_decided_alone(asking: Api) -> None:
    lesson = (await asking.booked(repeat={"every": "week", "count": 3})).body
    booking = await booking_of(asking, lesson)
    some = await decide(asking, booking, "reject", VIENNA, reason="Exams.", scope="this")
    assert len(some.body["bookings"]) == 1
    rest = await asking.ask("GET", "/approvals", who=VIENNA)
    assert rest.body["slots"][0]["requests"][0]["number"] == 2


@pytest.mark.parametrize("who", [("teacher", "vienna"), ("student", "kyiv"), ("organiser", "vienna")])
async def test_the_queue_is_not_for_others(asking: Api, who: tuple[str, str]) -> None:
    assert (await asking.ask("GET", "/approvals", who=who)).status == 403


async def test_only_the_houses_that_were_asked_answer(asking: Api) -> None:
    booking = await booking_of(asking, (await asking.booked()).body)
    stranger, owner = ("room_admin", "athens"), ("teacher", "vienna")
    for answer, body in (("approve", {}), ("reject", {"reason": "No."})):
        assert (await decide(asking, booking, answer, stranger, **body)).status == 404
        assert (await decide(asking, booking, answer, owner, **body)).status == 403
    assert (await asking.ask("GET", "/approvals", who=stranger)).body["slots"] == []
