"""The API of terms, closures and working hours, as programs use it."""

from tests.web.api import Api

ADMIN = ("room_admin", "vienna")
WINTER = {"name": "Winter", "first_day": "2026-10-01", "last_day": "2027-01-31"}
CHRISTMAS = {"reason": "Christmas", "first_day": "2026-12-24", "last_day": "2027-01-06"}


async def test_a_term_is_told_changed_and_deleted(api: Api) -> None:
    made = await api.ask("POST", "/terms", WINTER, ADMIN, Idempotency_Key="winter")
    assert (made.status, made.headers["ETag"]) == (201, '"v1"')
    again = await api.ask("POST", "/terms", WINTER, ADMIN, Idempotency_Key="winter")
    assert again.body == made.body
    path = f"/terms/{made.body['id']}"
    changed = await api.ask("PATCH", path, {"last_day": "2027-02-01"}, ADMIN, If_Match='"v1"')
    assert (changed.body["last_day"], changed.headers["ETag"]) == ("2027-02-01", '"v2"')
    assert (await api.ask("GET", "/terms")).body["terms"] == [changed.body]
    gone = await api.client.delete(
        f"/api/v1{path}", headers={"Authorization": f"Bearer {api.world.tokens[ADMIN]}", "If-Match": '"v2"'}
    )
    assert gone.status == 204
    assert (await api.ask("GET", "/terms")).body["terms"] == []


async def test_a_closure_needs_the_version_that_was_read(api: Api) -> None:
    made = await api.ask("POST", "/closures", CHRISTMAS, ADMIN)
    path = f"/closures/{made.body['id']}"
    assert (await api.ask("PATCH", path, {"reason": "Feast"}, ADMIN)).status == 428
    changed = await api.ask("PATCH", path, {"reason": "Feast"}, ADMIN, If_Match='"v1"')
    assert (changed.body["reason"], changed.body["first_day"]) == ("Feast", "2026-12-24")
    assert (await api.ask("POST", "/closures", CHRISTMAS)).status == 403


async def test_hours_are_put_with_the_etag_that_was_read(api: Api) -> None:
    week = {"hours": [{"weekday": "MO", "opens": "09:00", "closes": "24:00"}]}
    for path, who in (("/working-hours", ADMIN), ("/me/working-hours", ("teacher", "vienna"))):
        before = await api.ask("GET", path, who=who)
        after = await api.ask("PUT", path, week, who, If_Match=before.headers["ETag"])
        assert after.body == (await api.ask("GET", path, who=who)).body == week
