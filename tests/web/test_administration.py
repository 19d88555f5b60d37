"""Administration in the whole application: a blocking puts lessons out, and their people are told."""

from tests.web.api import Api

ADMIN = ("room_admin", "vienna")


async def test_a_lesson_that_a_blocking_displaces_says_so(api: Api) -> None:
    lesson = (await api.booked(rooms=[api.hall("vienna")])).body
    body = {
        "resources": [api.hall("vienna")],
        "start": "2026-12-01T08:00",
        "end": "2026-12-03T08:00",
        "reason": "Burst pipe",
    }
    refused = await api.ask("POST", "/blockings", body, ADMIN)
    assert (refused.status, len(refused.body["clashes"][0]["bookings"])) == (409, 1)
    made = await api.ask("POST", "/blockings", {**body, "on_clash": "displace"}, ADMIN)
    assert (made.status, len(made.body["displaced"])) == (201, 1)
    told = (await api.ask("GET", f"/lessons/{lesson['id']}")).body
    assert [each["state"] for each in told["occurrences"]] == ["displaced"]


async def test_a_room_is_changed_and_retired_by_its_administrator(api: Api) -> None:
    path = f"/rooms/{api.hall('vienna large')}"
    changed = await api.ask("PATCH", path, {"features": ["Organ"]}, ADMIN, If_Match='"v1"')
    assert (changed.status, changed.body["features"]) == (200, ["organ"])
    gone = await api.client.delete(
        f"/api/v1{path}", headers={"Authorization": f"Bearer {api.world.tokens[ADMIN]}", "If-Match": '"v2"'}
    )
    assert gone.status == 204
    assert (await api.ask("GET", path)).status == 404
