"""The waiting list over HTTP: enter, see one's place, take or leave what is offered."""

import pytest

from tests.web.api import TEACHER, Api, Json

ADMIN = ("room_admin", "vienna")
KYIV = ("room_admin", "kyiv")
COLLEAGUE = ("organiser", "vienna")


async def booked(api: Api, who: tuple[str, str] = TEACHER, **changes: object) -> Json:
    reply = await api.ask("POST", "/lessons", api.lesson(teachers=[], **changes), who)
    assert reply.status == 201, reply.body
    return reply.body


async def line(api: Api, who: tuple[str, str] = TEACHER) -> list[Json]:
    reply = await api.ask("GET", "/waiting", who=who)
    assert reply.status == 200
    return list(reply.body["waiting"])


async def cancel(api: Api, lesson: Json) -> None:
    path = f"/lessons/{lesson['id']}"
    tag = (await api.ask("GET", path)).headers["ETag"]
    assert (await api.ask("DELETE", path, If_Match=tag)).status == 200


async def test_a_lesson_that_waits_is_answered_as_such(api: Api) -> None:
    await booked(api)
    waiting = await booked(api, COLLEAGUE, on_clash="wait")
    assert waiting["state"] == "waiting"
    [entry] = await line(api, COLLEAGUE)
    assert (entry["state"], entry["position"], entry["mine"]) == ("waiting", 1, True)
    assert set(entry["resources"]) == {api.hall("vienna"), api.hall("kyiv")}


async def test_an_offer_is_shown_with_its_deadline_and_taken(api: Api) -> None:
    first = await booked(api)
    await booked(api, COLLEAGUE, on_clash="wait")
    await cancel(api, first)
    [entry] = await line(api, COLLEAGUE)
    assert (entry["state"], entry["until"]) == ("offered", "2026-11-22T10:00:00Z")
    reply = await api.ask("POST", f"/bookings/{entry['id']}/accept", {}, COLLEAGUE)
    assert (reply.status, [each["state"] for each in reply.body["bookings"]]) == (200, ["confirmed"])
    assert await line(api, COLLEAGUE) == []


async def test_an_offer_that_is_let_go_is_the_next_ones(api: Api) -> None:
    first = await booked(api)
    await booked(api, COLLEAGUE, on_clash="wait")
    await booked(api, ADMIN, on_clash="wait")
    assert [each["position"] for each in await line(api, ADMIN)] == [1, 2]
    await cancel(api, first)
    [entry] = await line(api, COLLEAGUE)
    reply = await api.ask("POST", f"/bookings/{entry['id']}/decline", {}, COLLEAGUE)
    assert (reply.status, [each["state"] for each in reply.body["bookings"]]) == (200, ["cancelled"])
    assert [each["state"] for each in await line(api, ADMIN)] == ["offered"]


async def test_administrators_see_who_waits_for_their_rooms_and_of_these_alone(api: Api) -> None:
    await booked(api)
    await booked(api, COLLEAGUE, on_clash="wait")
    [entry] = await line(api, KYIV)
    assert (entry["mine"], entry["resources"]) == (False, [api.hall("kyiv")])
    assert await line(api, ("room_admin", "athens")) == []


async def test_an_offer_that_is_gone_says_what_to_do(api: Api) -> None:
    first = await booked(api)
    await booked(api, COLLEAGUE, on_clash="wait")
    await cancel(api, first)
    [entry] = await line(api, COLLEAGUE)
    assert (await api.ask("POST", f"/bookings/{entry['id']}/accept", {}, TEACHER)).status == 404
    api.clock.advance(24 * 3600)
    reply = await api.ask("POST", f"/bookings/{entry['id']}/accept", {}, COLLEAGUE)
    assert (reply.status, reply.body["type"]) == (409, "offer-gone")


async def entry_states(api: Api) -> list[str]:
    return [each["state"] for each in await line(api, COLLEAGUE)]


async def manage(api: Api, method: str, path: str, body: Json | None = None) -> None:
    """Do something to a room, a pool or a quota as it stands."""
    tag = (await api.ask("GET", path, who=ADMIN)).headers["ETag"]
    reply = await api.ask(method, path, body, ADMIN, If_Match=tag)
    assert reply.status == 200, reply.body


async def test_more_pieces_of_kit_are_offered_at_once_to_who_waits_for_them(api: Api) -> None:
    kit = api.world.kit["vienna"]
    everything: Json = {"rooms": [], "equipment": [{"id": kit.public_id, "quantity": kit.quantity}]}
    await booked(api, **everything)
    await booked(api, COLLEAGUE, on_clash="wait", **everything)
    await manage(api, "PATCH", f"/equipment/{kit.public_id}", {"quantity": 2 * kit.quantity - 1})
    assert await entry_states(api) == ["waiting"]
    await manage(api, "PATCH", f"/equipment/{kit.public_id}", {"quantity": 2 * kit.quantity})
    assert await entry_states(api) == ["offered"]


async def test_longer_hours_are_offered_at_once_to_who_waits_for_them(api: Api) -> None:
    first, room = await booked(api), f"/rooms/{api.hall('vienna')}"
    await booked(api, COLLEAGUE, on_clash="wait")
    await manage(api, "PATCH", room, {"hours": [{"weekday": "TU", "opens": "12:00", "closes": "18:00"}]})
    await cancel(api, first)
    assert await entry_states(api) == ["waiting"]
    await manage(api, "PATCH", room, {"hours": [{"weekday": "TU", "opens": "08:00", "closes": "18:00"}]})
    assert await entry_states(api) == ["offered"]


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"bookings": 2}), ("DELETE", None)])
async def test_a_quota_that_is_raised_or_lifted_lets_at_once_who_waits_have_an_offer(
    api: Api, method: str, body: Json | None
) -> None:
    limit = {"subject": "person", "period": "week", "bookings": 1}
    made = await api.ask("POST", "/quotas", limit, ADMIN)
    alone: Json = {"rooms": [api.hall("vienna")]}
    await booked(api, COLLEAGUE, **alone)
    waiting = await booked(api, COLLEAGUE, on_clash="wait", start="2026-12-02T10:00", **alone)
    assert (waiting["state"], await entry_states(api)) == ("waiting", ["waiting"])
    await manage(api, method, f"/quotas/{made.body['id']}", body)
    assert await entry_states(api) == ["offered"]
