"""The API of the whole application, operation by operation, as programs rely on it."""

import asyncio

import pytest
import sqlalchemy as sa

from rooms.store.tables import claim
from schedules.tables import lesson as lesson_table
from tests.web.api import TEACHER, Api, Json, Reply
from vclass.core.wire import API

WEEKLY = {"every": "week", "count": 3}
ADMIN = ("room_admin", "vienna")
RIVALS = 200


async def test_a_booked_lesson_is_told_with_all_that_the_contract_names(api: Api) -> None:
    reply = await api.booked(repeat=WEEKLY, description="Bring a map.")
    body = reply.body
    assert body.keys() >= {"id", "uid", "sequence", "state", "occurrences", "shifts"}
    assert (body["sequence"], body["state"]) == (0, "confirmed")
    assert body["occurrences"][0] == {
        "id": body["occurrences"][0]["id"],
        "recurrence": "2026-12-01T10:00",
        "start": "2026-12-01T09:00:00Z",
        "end": "2026-12-01T10:30:00Z",
        "state": "confirmed",
    }
    assert reply.headers["Location"] == f"{API}/lessons/{body['id']}"
    again = await api.ask("GET", f"/lessons/{body['id']}")
    assert (again.body, again.headers["ETag"]) == (body, reply.headers["ETag"])


async def test_weeks_that_look_odd_on_a_partners_clock_are_told(api: Api) -> None:
    body = (await api.booked(start="2027-03-09T10:00", rooms=[], repeat=WEEKLY, zone="America/New_York")).body
    vienna = next(each for each in body["shifts"] if each["zone"] == "Europe/Vienna")
    assert vienna["usual"] == "15:00"
    assert vienna["weeks"] == [{"recurrence": "2027-03-09T10:00", "local": "2027-03-09T16:00"}]
    assert "Vienna" in vienna["sentence"]


async def test_a_repeated_post_with_its_key_gives_the_same_answer(api: Api) -> None:
    first = await api.ask("POST", "/lessons", api.lesson(), Idempotency_Key="k-1")
    second = await api.ask("POST", "/lessons", api.lesson(), Idempotency_Key="k-1")
    assert (first.status, first.body, first.headers["ETag"]) == (second.status, second.body, second.headers["ETag"])
    other = await api.ask("POST", "/lessons", api.lesson(title="Other"), Idempotency_Key="k-1")
    assert (other.status, other.body["type"]) == (422, "key-reused")
    theirs = await api.ask("POST", "/lessons", api.lesson(), ("teacher", "kyiv"), Idempotency_Key="k-1")
    assert theirs.body["type"] == "invalid"


async def test_a_start_in_a_gap_is_refused_with_both_readings(api: Api) -> None:
    reply = await api.ask("POST", "/lessons", api.lesson(start="2027-03-28T02:30"))
    assert (reply.status, reply.body["type"], reply.body["zone"]) == (422, "gap", "Europe/Vienna")
    assert reply.body["readings"] == ["2027-03-28T01:30", "2027-03-28T03:30"]
    for reading in reply.body["readings"]:
        await api.booked(start=reading, minutes=30)


async def test_a_start_in_a_fold_is_asked_about_and_then_booked(api: Api) -> None:
    reply = await api.ask("POST", "/lessons", api.lesson(start="2027-10-31T02:30"))
    assert (reply.status, reply.body["type"]) == (422, "fold")
    assert [each["fold"] for each in reply.body["readings"]] == [0, 1]
    for reading in reply.body["readings"]:
        booked = await api.booked(start="2027-10-31T02:30", fold=reading["fold"], minutes=30)
        assert booked.body["occurrences"][0]["start"] == reading["start"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"colour": "red"}, ["colour"]),
        ({"person_id": 1, "institution_id": 2}, ["person_id", "institution_id"]),
        ({"title": ""}, ["title"]),
        ({"minutes": 0}, ["minutes"]),
        ({"minutes": "ninety"}, ["minutes"]),
        ({"fold": 2}, ["fold"]),
        ({"on_clash": "push"}, ["on_clash"]),
        ({"attendees": [{"email": "a@b.example", "role": "boss"}]}, ["attendees[0]"]),
        ({"repeat": {"every": "year", "count": 2}}, ["repeat.every"]),
        ({"repeat": {"every": "week"}}, ["repeat.count"]),
        ({"zone": "Europe/Wien", "start": "noon"}, ["zone", "start"]),
        ({"rooms": ["x"] * 21}, ["rooms"]),
        ({"attendees": [{"email": "no"}]}, ["attendees[0].email"]),
    ],
)
async def test_wrong_fields_are_named_and_nothing_is_written(api: Api, changes: Json, fields: list[str]) -> None:
    assert (await api.ask("POST", "/lessons", api.lesson(**changes))).fields == fields
    assert await rows(api, lesson_table) == 0


async def rows(api: Api, table: sa.Table) -> int:
    counted = sa.select(sa.func.count()).select_from(table)
    return await api.database.read(lambda connection: connection.execute(counted).scalar_one())


async def test_missing_fields_are_all_named(api: Api) -> None:
    assert (await api.ask("POST", "/lessons", {})).fields == ["title", "zone", "start", "minutes"]
    assert (await api.ask("POST", "/lessons", [])).fields == ["body"]


async def test_a_clash_tells_what_is_taken_and_alternatives_that_are_free(api: Api) -> None:
    await api.booked(rooms=[api.hall("vienna")], transparent=True)
    rival = api.lesson(title="Rival", rooms=[api.hall("vienna"), api.hall("kyiv")])
    reply = await api.ask("POST", "/lessons", rival)
    assert (reply.status, reply.body["type"]) == (409, "clash")
    assert reply.body["clashes"] == [
        {
            "recurrence": "2026-12-01T10:00",
            "resource": api.hall("vienna"),
            "start": "2026-12-01T09:00:00Z",
            "end": "2026-12-01T10:30:00Z",
            "reason": "taken",
            "name": "Hall of vienna",
            "until": "2026-12-01T10:30:00Z",
            "by": "Joint seminar",
        }
    ]
    assert reply.body["alternatives"][0] == {
        "start": "2026-12-01T10:00",
        "rooms": [api.hall("vienna large"), api.hall("kyiv")],
    }
    for each in reply.body["alternatives"]:
        booked = await api.ask("POST", "/lessons", {**rival, **each})
        assert booked.status == 201
        await cancelled(api, booked)


async def cancelled(api: Api, reply: Reply) -> Reply:
    return await api.ask("DELETE", f"/lessons/{reply.body['id']}", If_Match=reply.headers["ETag"])


async def test_a_change_names_the_version_that_was_read(api: Api) -> None:
    booked = await api.booked()
    path = f"/lessons/{booked.body['id']}"
    assert (await api.ask("PATCH", path, {"title": "x"})).status == 428
    assert (await api.ask("DELETE", path)).status == 428
    for stale in ('"stale"', '"v2"', "*", 'W/"v1"', ""):
        assert (await api.ask("PATCH", path, {"title": "x"}, If_Match=stale)).status == 412
    changed = await api.ask("PATCH", path, {"title": "Phonetics"}, If_Match=booked.headers["ETag"])
    assert (changed.status, changed.body["title"]) == (200, "Phonetics")
    assert changed.headers["ETag"] == (await api.ask("GET", path)).headers["ETag"] != booked.headers["ETag"]


async def test_a_lesson_moves_and_is_cancelled_under_one_uid(api: Api) -> None:
    booked = await api.booked()
    path = f"/lessons/{booked.body['id']}"
    moved = await api.ask("PATCH", path, {"start": "2026-12-01T11:00"}, If_Match=booked.headers["ETag"])
    gone = await api.ask("DELETE", f"{path}?reason=Flooded", If_Match=moved.headers["ETag"])
    assert [each.body["sequence"] for each in (booked, moved, gone)] == [0, 1, 2]
    assert {each.body["uid"] for each in (booked, moved, gone)} == {booked.body["uid"]}
    assert (gone.body["state"], gone.body["reason"]) == ("cancelled", "Flooded")
    again = await api.ask("PATCH", path, {"title": "x"}, If_Match=gone.headers["ETag"])
    assert (again.status, again.body["type"]) == (409, "already-cancelled")
    assert await rows(api, claim) == 0


@pytest.mark.parametrize(
    ("patch", "fields"),
    [({"title": " "}, ["title"]), ({"uid": "x"}, ["uid"]), ({"zone": 3}, ["zone"]), ({"rooms": ["x"]}, ["rooms[0]"])],
)
async def test_wrong_fields_of_a_change_are_named(api: Api, patch: Json, fields: list[str]) -> None:
    booked = await api.booked()
    path = f"/lessons/{booked.body['id']}"
    assert (await api.ask("PATCH", path, patch, If_Match=booked.headers["ETag"])).fields == fields
    assert (await api.ask("GET", path)).headers["ETag"] == booked.headers["ETag"]


async def test_another_house_gets_the_answer_of_a_random_id(api: Api) -> None:
    booked = await api.booked()
    stranger = ("teacher", "athens")
    for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
        mine, random = [
            await api.ask(method, f"/lessons/{each}", body, stranger, If_Match='"v1"')
            for each in (booked.body["id"], "A" * 22)
        ]
        assert (mine.status, mine.body) == (random.status, random.body) == (404, mine.body)


async def test_roles_are_asked_before_anything_is_done(api: Api) -> None:
    booked = await api.booked()
    path = f"/lessons/{booked.body['id']}"
    student = ("student", "kyiv")
    assert (await api.ask("GET", path, who=student)).status == 200
    assert (await api.ask("PATCH", path, {"title": "x"}, student, If_Match='"v1"')).status == 403
    assert (await api.ask("POST", "/lessons", api.lesson(), student)).status == 403
    assert (await api.ask("POST", "/rooms", {}, student)).status == 403


async def test_lessons_are_listed_by_span_for_those_concerned(api: Api) -> None:
    booked = await api.booked()
    span = "?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z"
    for who, found in ((TEACHER, 1), (("student", "kyiv"), 1), (("student", "vienna"), 0), (("teacher", "athens"), 0)):
        lessons = (await api.ask("GET", f"/lessons{span}", who=who)).body["lessons"]
        assert [each["id"] for each in lessons] == [booked.body["id"]][:found]
    later = await api.ask("GET", "/lessons?from=2026-12-02T00:00:00Z&to=2026-12-03T00:00:00Z")
    assert later.body == {"lessons": [], "cursor": None}
    for query, field in (("from=x", "from"), ("to=2020-01-01T00:00:00Z", "to"), ("cursor=!", "cursor"), ("a=b", "a")):
        assert (await api.ask("GET", f"/lessons?{query}")).fields == [field]


async def test_a_list_pages_by_a_hundred(api: Api) -> None:
    for number in range(101):
        await api.booked(start=f"2026-12-{number % 28 + 1:02}T{8 + number // 28:02}:00", minutes=30, rooms=[])
    first = (await api.ask("GET", "/lessons")).body
    second = (await api.ask("GET", f"/lessons?cursor={first['cursor']}")).body
    assert (len(first["lessons"]), len(second["lessons"]), second["cursor"]) == (100, 1, None)
    assert len({each["id"] for each in (*first["lessons"], *second["lessons"])}) == 101


async def test_what_is_taken_and_what_was_said_come_by_a_hundred_too(api: Api) -> None:
    guests = [{"email": f"guest{number}@example.org"} for number in range(99)]
    booked = await api.booked(attendees=guests, repeat={"every": "day", "count": 60})
    span = "from=2026-12-01T00:00:00Z&to=2027-03-01T00:00:00Z"
    for path, name in ((f"/bookings?{span}", "bookings"), (f"/invitations?lesson={booked.body['id']}", "invitations")):
        first = (await api.ask("GET", path)).body
        second = (await api.ask("GET", f"{path}&cursor={first['cursor']}")).body
        assert (len(first[name]), second["cursor"]) == (100, None)
        assert len(second[name]) == {"bookings": 20, "invitations": 1}[name]


async def test_bookings_show_who_may_not_know_more_a_busy_span(api: Api) -> None:
    booked = await api.booked()
    query = f"?resource={api.hall('kyiv')}&from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z"
    (mine,) = (await api.ask("GET", f"/bookings{query}")).body["bookings"]
    (busy,) = (await api.ask("GET", f"/bookings{query}", who=("student", "kyiv"))).body["bookings"]
    assert mine.keys() - busy.keys() >= {"id", "state"}
    assert (busy["start"], busy["end"]) == ("2026-12-01T09:00:00Z", "2026-12-01T10:30:00Z")
    assert booked.body["title"] not in str(busy)


async def test_rooms_and_equipment_are_created_and_booked(api: Api) -> None:
    hall = {"kind": "hall", "name": "Auditory 7", "zone": "Europe/Vienna", "seats": 40}
    room = await api.ask("POST", "/rooms", hall, ADMIN)
    kit = await api.ask("POST", "/equipment", {"name": "Tablet", "quantity": 3}, ADMIN)
    assert (room.status, kit.status) == (201, 201)
    etag = room.headers["ETag"]
    changed = await api.ask("PATCH", f"/rooms/{room.body['id']}", {"seats": 41}, ADMIN, If_Match=etag)
    assert changed.body["seats"] == 41
    booked = await api.booked(rooms=[room.body["id"]], equipment=[{"id": kit.body["id"], "quantity": 2}])
    assert [each["name"] for each in booked.body["rooms"]] == ["Auditory 7"]
    assert [(each["name"], each["quantity"]) for each in booked.body["equipment"]] == [("Tablet", 2)]


async def test_invitations_tell_what_was_sent_to_whom(api: Api) -> None:
    booked = await api.booked()
    path = f"/invitations?lesson={booked.body['id']}"
    found = (await api.ask("GET", path)).body["invitations"]
    assert {each["email"] for each in found} == {
        "teacher@vienna.example",
        "teacher@kyiv.example",
        "student@kyiv.example",
        "greta@example.org",
    }
    assert {(each["method"], each["news"], each["sequence"]) for each in found} == {("REQUEST", "invited", 0)}
    assert (await api.ask("GET", path, who=("student", "kyiv"))).status == 403
    assert (await api.ask("GET", path, who=("teacher", "athens"))).status == 404
    assert "join" not in str(found)


async def test_a_wrong_token_is_no_visitor(api: Api) -> None:
    reply = await api.ask("GET", "/lessons", who=None, Authorization="Bearer nonsense")
    assert (reply.status, reply.body["type"]) == (401, "not-signed-in")


@pytest.mark.parametrize(
    ("octets", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b"[" * 60_000, "application/json", 422),
        (b"title=x", "application/x-www-form-urlencoded", 415),
        (b'"' + b"x" * 70_000 + b'"', "application/json", 413),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(api: Api, octets: bytes, kind: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {api.world.tokens[TEACHER]}", "Content-Type": kind}
    response = await api.client.post(f"{API}/lessons", data=octets, headers=headers)
    assert (response.status, response.content_type) == (status, "application/problem+json")


async def test_of_200_simultaneous_bookings_of_one_slot_one_is_granted(api: Api) -> None:
    rivals = [api.ask("POST", "/lessons", api.lesson(title=f"Rival {number}")) for number in range(RIVALS)]
    replies = await asyncio.gather(*rivals)
    assert sorted(each.status for each in replies) == [201] + [409] * (RIVALS - 1)
    refused = [each.body for each in replies if each.status == 409]
    assert all(each["clashes"] and len(each["alternatives"]) == 3 for each in refused)
    assert await rows(api, lesson_table) == 1
    assert await rows(api, claim) == 4
    assert await api.database.read(overlaps) == 0


def overlaps(connection: sa.Connection) -> int:
    """Pairs of claims of one exclusive resource that overlap."""
    one, two = claim.alias(), claim.alias()
    pairs = sa.select(sa.func.count()).where(
        one.c.resource_id == two.c.resource_id,
        one.c.id < two.c.id,
        one.c.exclusive,
        one.c.starts < two.c.ends,
        two.c.starts < one.c.ends,
    )
    return int(connection.execute(pairs).scalar_one())
