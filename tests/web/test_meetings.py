"""Single meetings over HTTP, as the contract names them."""

from tests.web.api import Api, Reply

WEEKLY = {"every": "week", "count": 4}
NAME = "2026-12-08T10:00"


async def on(api: Api, method: str, lesson: Reply, more: str = "", body: object = None) -> Reply:
    """Ask something of one meeting, from the version that was read."""
    path = f"/lessons/{lesson.body['id']}/occurrences/{NAME}{more}"
    return await api.ask(method, path, body, If_Match=lesson.headers["ETag"])


def states(reply: Reply) -> list[str]:
    return [each["state"] for each in reply.body["occurrences"]]


async def test_one_meeting_moves_under_its_name(api: Api) -> None:
    lesson = await api.booked(repeat=WEEKLY)
    moved = await on(api, "PATCH", lesson, "?scope=this", {"start": "2026-12-09T14:00"})
    assert (moved.status, moved.body["uid"], moved.body["sequence"]) == (200, lesson.body["uid"], 1)
    one = moved.body["occurrences"][1]
    assert (one["id"], one["recurrence"], one["start"]) == (
        lesson.body["occurrences"][1]["id"],
        NAME,
        "2026-12-09T13:00:00Z",
    )
    assert (await api.ask("GET", f"/lessons/{lesson.body['id']}")).body == moved.body


async def test_a_meeting_with_rooms_of_its_own_names_them(api: Api) -> None:
    lesson = await api.booked(repeat=WEEKLY)
    moved = await on(api, "PATCH", lesson, "", {"rooms": [api.hall("vienna large")]})
    assert [each.get("rooms") for each in moved.body["occurrences"]] == [None, [api.hall("vienna large")], None, None]


async def test_this_and_following_answer_with_the_lesson_that_continues(api: Api) -> None:
    lesson = await api.booked(repeat=WEEKLY)
    later = await on(api, "PATCH", lesson, "?scope=following", {"title": "Phonetics"})
    assert (later.status, later.headers["ETag"]) == (200, '"v1"')
    assert later.body["continues"] == lesson.body["id"]
    assert (later.body["title"], len(later.body["occurrences"])) == ("Phonetics", 3)
    early = await api.ask("GET", f"/lessons/{lesson.body['id']}")
    assert (len(early.body["occurrences"]), early.body["sequence"]) == (1, 1)


async def test_a_meeting_is_cancelled_with_a_reason_and_added_again(api: Api) -> None:
    lesson = await api.booked(repeat=WEEKLY)
    gone = await on(api, "DELETE", lesson, "?scope=this&reason=Ill.")
    assert states(gone) == ["confirmed", "cancelled", "confirmed", "confirmed"]
    assert gone.body["occurrences"][1]["reason"] == "Ill."
    path = f"/lessons/{lesson.body['id']}/occurrences"
    back = await api.ask("POST", path, {"recurrence": NAME}, If_Match=gone.headers["ETag"])
    assert states(back) == ["confirmed"] * 4


async def test_the_rest_is_cancelled(api: Api) -> None:
    gone = await on(api, "DELETE", await api.booked(repeat=WEEKLY), "?scope=following")
    assert states(gone) == ["confirmed", "cancelled", "cancelled", "cancelled"]


async def test_what_took_place_is_closed_and_stays(api: Api) -> None:
    lesson = await api.booked(repeat=WEEKLY)
    api.clock.now += 20 * 24 * 3600
    shown = await api.ask("GET", f"/lessons/{lesson.body['id']}")
    assert states(shown) == ["closed", "closed", "confirmed", "confirmed"]
    for method, body in (("PATCH", {"start": "2026-12-30T10:00"}), ("DELETE", None)):
        refused = await on(api, method, lesson, "", body)
        assert (refused.status, refused.body["type"]) == (409, "closed")
    api.clock.now += 20 * 24 * 3600
    shown = await api.ask("GET", f"/lessons/{lesson.body['id']}")
    assert shown.body["state"] == "closed"
    tag = shown.headers["ETag"]
    for method, body in (("PATCH", {"title": "Phonetics"}), ("DELETE", None)):
        refused = await api.ask(method, f"/lessons/{lesson.body['id']}", body, If_Match=tag)
        assert (refused.status, refused.body["type"]) == (409, "closed")


async def test_a_meeting_is_changed_from_the_version_that_was_read(api: Api) -> None:
    lesson = await api.booked(repeat=WEEKLY)
    path = f"/lessons/{lesson.body['id']}/occurrences/{NAME}"
    assert (await api.ask("PATCH", path, {"minutes": 45})).status == 428
    assert (await api.ask("PATCH", path, {"minutes": 45}, If_Match='"v7"')).status == 412
    assert (await api.ask("DELETE", path.replace("08T", "09T"), If_Match='"v1"')).status == 404


async def test_two_lessons_exchange_rooms(api: Api) -> None:
    one = await api.booked(rooms=[api.hall("vienna")], teachers=[], transparent=True)
    other = await api.booked(rooms=[api.hall("vienna large")], teachers=[], transparent=True)
    swapped = await api.ask("POST", "/lessons/swap", {"lessons": [one.body["id"], other.body["id"]]})
    assert [each["rooms"][0]["id"] for each in swapped.body["lessons"]] == [
        api.hall("vienna large"),
        api.hall("vienna"),
    ]


async def test_a_preview_takes_nothing(api: Api) -> None:
    shown = await api.ask("POST", "/lessons/preview", api.lesson(repeat=WEEKLY))
    assert (shown.status, len(shown.body["occurrences"]), shown.body["clashes"]) == (200, 4, [])
    assert (await api.ask("GET", "/lessons")).body["lessons"] == []
