"""Quotas and kit over HTTP."""

from tests.web.api import Api, Json

ADMIN = ("room_admin", "vienna")
WEEK = {"subject": "person", "period": "week", "minutes": 90}


async def quota(api: Api, **changes: object) -> Json:
    reply = await api.ask("POST", "/quotas", {**WEEK, **changes}, ADMIN)
    assert (reply.status, reply.headers["ETag"]) == (201, '"v1"'), reply.body
    return reply.body


async def test_a_quota_is_set_seen_changed_and_lifted(api: Api) -> None:
    made = await quota(api, bookings=3)
    path = f"/quotas/{made['id']}"
    seen = await api.ask("GET", path)
    assert (seen.body, seen.headers["ETag"]) == (made, '"v1"')
    patched = await api.ask("PATCH", path, {"minutes": None}, ADMIN, If_Match='"v1"')
    assert (patched.status, "minutes" in patched.body, patched.body["bookings"]) == (200, False, 3)
    assert (await api.ask("DELETE", path, None, ADMIN, If_Match='"v1"')).status == 412
    assert (await api.ask("DELETE", path, None, ADMIN, If_Match='"v2"')).status == 200
    assert (await api.ask("GET", "/quotas")).body["quotas"] == []


async def test_only_administrators_set_quotas_and_only_their_houses_see_them(api: Api) -> None:
    made = await quota(api)
    assert (await api.ask("POST", "/quotas", WEEK)).status == 403
    assert (await api.ask("GET", f"/quotas/{made['id']}", who=("room_admin", "kyiv"))).status == 404
    assert (await api.ask("GET", "/quotas", who=("room_admin", "kyiv"))).body["quotas"] == []


async def test_a_repeated_request_sets_one_quota(api: Api) -> None:
    answers = [await api.ask("POST", "/quotas", WEEK, ADMIN, Idempotency_Key="k") for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert len((await api.ask("GET", "/quotas")).body["quotas"]) == 1


async def test_a_term_is_given_by_its_days(api: Api) -> None:
    term = {"first": "2026-10-01", "last": "2027-01-31"}
    assert (await quota(api, period="term", term=term))["term"] == term
    assert (await api.ask("POST", "/quotas", {**WEEK, "term": term}, ADMIN)).fields == ["term"]


async def test_a_lesson_beyond_the_quota_is_refused_with_the_reason(api: Api) -> None:
    await quota(api)
    assert (await api.ask("POST", "/lessons", api.lesson())).status == 201
    reply = await api.ask("POST", "/lessons", api.lesson(start="2026-12-02T10:00"))
    assert (reply.status, reply.body["type"]) == (409, "clash")
    assert {each["reason"] for each in reply.body["clashes"]} == {"quota"}


async def test_kit_is_handed_out_moved_and_taken_back(api: Api) -> None:
    kit = api.world.kit["vienna"].public_id
    wish = api.lesson(rooms=[api.hall("vienna")], teachers=[], equipment=[{"id": kit, "quantity": 2}])
    assert (await api.ask("POST", "/lessons", wish)).status == 201
    rows = (await api.ask("GET", f"/bookings?resource={kit}&from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z")).body
    path = f"/bookings/{rows['bookings'][0]['id']}/check-out"
    assert (await api.ask("POST", path, {})).body["type"] == "not-to-hand-out"
    api.clock.now = 1_796_115_600  # 2026-12-01T09:00:00Z, the start
    out = await api.ask("POST", path, {"whereabouts": "Hall of Vienna"}, Idempotency_Key="k")
    assert (out.status, out.body["quantity"], out.body["due"]) == (201, 2, "2026-12-01T10:30:00Z")
    assert (await api.ask("POST", path, {"whereabouts": "Hall of Vienna"}, Idempotency_Key="k")).body == out.body
    assert (await api.ask("POST", path, {})).body["type"] == "kit-out"
    entry = f"/custody/{out.body['id']}"
    moved = await api.ask("PATCH", entry, {"whereabouts": "Room 7"}, If_Match=out.headers["ETag"])
    assert moved.body["whereabouts"] == "Room 7"
    listed = await api.ask("GET", f"/custody?state=out&equipment={kit}", who=ADMIN)
    assert [each["id"] for each in listed.body["custody"]] == [out.body["id"]]
    back = await api.ask("POST", f"{entry}/check-in", {"note": "all fine"}, ADMIN)
    assert (back.status, back.body["state"], back.body["note"]) == (200, "back", "all fine")
    assert (await api.ask("GET", "/custody?state=out")).body["custody"] == []


async def test_a_person_is_erased_over_http(api: Api) -> None:
    me = api.world.actors["student", "vienna"].public_id
    assert (await api.ask("DELETE", f"/people/{me}")).status == 403
    assert (await api.ask("DELETE", f"/people/{me}", who=("institution_admin", "vienna"))).body == {"id": me}
    assert (await api.ask("GET", "/me", who=("student", "vienna"))).status == 401
