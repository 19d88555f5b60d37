"""What houses refuse: names, kit at the counter, offers of the waiting list, answers that come too late."""

from typing import Any

from rooms import NameTakenError, StillBookedError
from rooms.approvals import AlreadyDecidedError
from rooms.custody import AlreadyBackError, KitOutError, NotToHandOutError
from rooms.waiting import NotWaitingError, OfferGoneError
from tests.web.api import Api, Json
from tests.web.refusals.case import (
    ADMIN,
    COLLEAGUE,
    WEEKLY,
    alone,
    book,
    changed,
    done,
    etag,
    gone,
    hall_is,
    of,
    refused,
)

START = 1_796_115_600
"""2026-12-01T09:00:00Z, when the lesson begins."""
LESSON = 90 * 60
EARLY = 30 * 60


async def with_kit(api: Api, quantity: int = 2, **more: Any) -> str:  # noqa: ANN401  a body
    """Book some microphones; the path of the booking."""
    wish = alone(api, equipment=[{"id": api.world.kit["vienna"].public_id, "quantity": quantity}], **more)
    return await booking(api, (await done(api, "POST", "/lessons", wish)).body)


async def booking(api: Api, lesson: Json) -> str:
    """The path of a lesson's first booking."""
    first = lesson["occurrences"][0]
    query = f"from={first['start']}&to={first['end']}&state={first['state']}"
    rows = (await done(api, "GET", f"/bookings?{query}", who=ADMIN)).body["bookings"]
    return f"/bookings/{next(each['id'] for each in rows if each.get('booked_start') == first['start'])}"


@of(NameTakenError)
async def a_room_whose_name_is_taken(api: Api) -> None:
    room = {"kind": "hall", "name": "Large hall", "zone": "Europe/Vienna", "seats": 20}
    problem = await refused(api, "name-taken", "POST", "/rooms", room, ADMIN)
    await done(api, "POST", "/rooms", {**room, "name": problem["instead"]}, ADMIN)


@of(StillBookedError)
async def a_room_that_is_booked_is_retired(api: Api) -> None:
    await book(api, repeat=WEEKLY)
    path = f"/rooms/{api.hall('vienna')}"
    problem = await refused(api, "still-booked", "DELETE", path, None, ADMIN, If_Match=await etag(api, path, ADMIN))
    assert (len(problem["bookings"]), problem["until"]) == (4, "2026-12-22T10:30:00Z")
    block = {"resources": [api.hall("vienna")], "start": "2026-11-21T11:00", "end": "2026-12-22T11:30"}
    await done(api, "POST", "/blockings", {**block, "reason": "Closing down", "on_clash": "displace"}, ADMIN)
    await gone(api, path, ADMIN, If_Match=await etag(api, path, ADMIN))


@of(StillBookedError)
async def a_room_that_is_asked_for_is_retired(api: Api) -> None:
    await hall_is(api, "vienna", approval="required")
    await book(api)
    path = f"/rooms/{api.hall('vienna')}"
    problem = await refused(api, "still-booked", "DELETE", path, None, ADMIN, If_Match=await etag(api, path, ADMIN))
    [waits] = problem["bookings"]
    assert waits["state"] == "requested"
    await done(api, "POST", f"/bookings/{waits['id']}/reject", {"reason": "It closes down."}, ADMIN)
    await gone(api, path, ADMIN, If_Match=await etag(api, path, ADMIN))


@of(StillBookedError)
async def a_pool_becomes_smaller_than_what_is_booked(api: Api) -> None:
    await with_kit(api, 3)
    path = f"/equipment/{api.world.kit['vienna'].public_id}"
    tag = await etag(api, path, ADMIN)
    problem = await refused(api, "still-booked", "PATCH", path, {"quantity": 2}, ADMIN, If_Match=tag)
    assert (problem["least"], problem["until"]) == (3, "2026-12-01T10:30:00Z")
    await done(api, "PATCH", path, {"quantity": problem["least"]}, ADMIN, If_Match=tag)


@of(NotToHandOutError)
async def kit_is_asked_for_too_early(api: Api) -> None:
    path = await with_kit(api)
    problem = await refused(api, "not-to-hand-out", "POST", f"{path}/check-out", {})
    assert problem["opens"] == "2026-12-01T08:30:00Z"
    api.clock.now = START - EARLY
    await done(api, "POST", f"{path}/check-out", {})


@of(NotToHandOutError)
async def kit_is_asked_for_too_late(api: Api) -> None:
    path = await with_kit(api)
    api.clock.now = START + LESSON
    problem = await refused(api, "not-to-hand-out", "POST", f"{path}/check-out", {})
    assert problem["ended"] == "2026-12-01T10:30:00Z"
    assert "Book the kit anew" in problem["detail"]
    await done(api, "POST", f"{await with_kit(api, start='2026-12-01T11:35')}/check-out", {})


@of(NotToHandOutError)
async def kit_of_a_request_is_asked_for(api: Api) -> None:
    await hall_is(api, "vienna", approval="required")
    path = await with_kit(api)
    api.clock.now = START - EARLY
    problem = await refused(api, "not-to-hand-out", "POST", f"{path}/check-out", {})
    assert (problem["state"], problem["opens"]) == ("requested", "2026-12-01T08:30:00Z")
    await done(api, "POST", f"{path}/approve", {}, ADMIN)
    await done(api, "POST", f"{path}/check-out", {})


@of(NotToHandOutError)
async def a_booking_without_kit(api: Api) -> None:
    lesson = await book(api)
    path = await booking(api, lesson)
    api.clock.now = START - EARLY
    problem = await refused(api, "not-to-hand-out", "POST", f"{path}/check-out", {})
    assert "Add it to the lesson" in problem["detail"]
    kit = [{"id": api.world.kit["vienna"].public_id}]
    after = await changed(api, f"/lessons/{lesson['id']}", {"equipment": kit})
    await done(api, "POST", f"{await booking(api, after.body)}/check-out", {})


@of(KitOutError)
async def more_pieces_than_the_booking_has(api: Api) -> None:
    path = await with_kit(api)
    api.clock.now = START
    problem = await refused(api, "kit-out", "POST", f"{path}/check-out", {"quantity": 3})
    await done(api, "POST", f"{path}/check-out", {"quantity": problem["free"]})
    problem = await refused(api, "kit-out", "POST", f"{path}/check-out", {})
    assert (problem["free"], problem["until"]) == (0, "2026-12-01T10:30:00Z")
    [entry] = problem["by"]
    await done(api, "POST", f"/custody/{entry}/check-in", {})
    await done(api, "POST", f"{path}/check-out", {})


@of(KitOutError)
async def pieces_that_somebody_else_did_not_bring_back(api: Api) -> None:
    kit = [{"id": api.world.kit["vienna"].public_id, "quantity": 5}]
    theirs = await booking(api, await book(api, COLLEAGUE, equipment=kit))
    api.clock.now = START
    await done(api, "POST", f"{theirs}/check-out", {}, COLLEAGUE)
    mine = await with_kit(api, start="2026-12-01T11:35")
    api.clock.now = START + LESSON + 300
    problem = await refused(api, "kit-out", "POST", f"{mine}/check-out", {})
    assert (problem["by"], problem["until"]) == ("busy", "2026-12-01T10:30:00Z")
    told = await refused(api, "kit-out", "POST", f"{mine}/check-out", {}, ADMIN)
    await done(api, "POST", f"/custody/{told['by'][0]}/check-in", {}, ADMIN)
    await done(api, "POST", f"{mine}/check-out", {})


@of(AlreadyBackError)
async def kit_that_is_back_comes_back_again(api: Api) -> None:
    path = await with_kit(api)
    api.clock.now = START
    entry = (await done(api, "POST", f"{path}/check-out", {})).body["id"]
    await done(api, "POST", f"/custody/{entry}/check-in", {})
    problem = await refused(api, "already-back", "POST", f"/custody/{entry}/check-in", {})
    assert (problem["back"], problem["until"]) == ("2026-12-01T09:00:00Z", "2026-12-01T10:30:00Z")
    await done(api, "POST", f"/bookings/{problem['booking']}/check-out", {})


async def offered(api: Api) -> tuple[str, Json]:
    """An offer to a colleague, and what is to be booked again if it goes."""
    first = await book(api)
    wish = alone(api, on_clash="wait")
    await done(api, "POST", "/lessons", wish, COLLEAGUE)
    await done(api, "DELETE", f"/lessons/{first['id']}", If_Match='"v1"')
    [entry] = (await done(api, "GET", "/waiting", who=COLLEAGUE)).body["waiting"]
    return f"/bookings/{entry['id']}", wish


@of(OfferGoneError)
async def an_offer_whose_time_is_over(api: Api) -> None:
    path, wish = await offered(api)
    api.clock.advance(24 * 3600)
    problem = await refused(api, "offer-gone", "POST", f"{path}/accept", {}, COLLEAGUE)
    assert (problem["state"], problem["until"]) == ("held", "2026-11-22T10:00:00Z")
    await done(api, "POST", "/lessons", wish, COLLEAGUE)


@of(OfferGoneError)
async def an_offer_that_the_rules_no_longer_allow(api: Api) -> None:
    path, wish = await offered(api)
    await hall_is(api, "vienna", longest_minutes=60)
    problem = await refused(api, "offer-gone", "POST", f"{path}/accept", {}, COLLEAGUE)
    assert problem["reasons"] == ["too_long"]
    await done(api, "POST", "/lessons", {**wish, "minutes": 60, "start": "2026-12-03T10:00"}, COLLEAGUE)


@of(NotWaitingError)
async def a_booking_that_does_not_wait(api: Api) -> None:
    lesson = await book(api)
    problem = await refused(api, "not-waiting", "POST", f"{await booking(api, lesson)}/decline", {})
    assert problem["state"] == "confirmed"
    assert "cancel the meeting" in problem["detail"]
    path = f"/lessons/{lesson['id']}"
    await done(api, "DELETE", path, If_Match=await etag(api, path))


@of(AlreadyDecidedError)
async def a_request_that_was_answered(api: Api) -> None:
    await hall_is(api, "vienna", approval="required")
    path = await booking(api, await book(api))
    await done(api, "POST", f"{path}/approve", {}, ADMIN)
    problem = await refused(api, "already-decided", "POST", f"{path}/approve", {}, ADMIN)
    assert (problem["state"], problem["until"]) == ("confirmed", "2026-12-01T09:00:00Z")
    assert (await done(api, "GET", "/approvals", who=ADMIN)).body["slots"] == []
