"""The search for rooms over HTTP: a series in wall time, near misses, and what cannot be asked."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.web.api import Api, Json

WEEKLY = {"zone": "Europe/Vienna", "start": "2026-12-01T10:00", "minutes": 90, "count": 3}
ADMIN = ("room_admin", "vienna")


async def found(api: Api, **changes: Any) -> Json:  # noqa: ANN401  any field
    reply = await api.ask("GET", f"/rooms/search?{urlencode({**WEEKLY, **changes})}")
    assert reply.status == 200, reply.body
    return reply.body


def names(told: Json) -> list[str]:
    return [each["name"] for each in told["rooms"]]


async def test_rooms_that_are_free_every_week_are_found_one_s_own_first(api: Api) -> None:
    told = await found(api)
    assert (told["occurrences"], told["near"]) == (3, [])
    assert names(told) == ["Hall of vienna", "Vienna online", "Large hall", "Hall of kyiv"]
    assert told["rooms"][0]["approval"] == "none"


async def test_capacity_kind_and_institution_narrow_the_search(api: Api) -> None:
    assert names(await found(api, capacity=61)) == ["Large hall"]
    assert names(await found(api, kind="virtual")) == ["Vienna online"]
    assert names(await found(api, institution=api.world.public_ids["kyiv"])) == ["Hall of kyiv"]


async def test_features_are_found_however_they_are_written(api: Api) -> None:
    body = {"kind": "hall", "name": "Music", "zone": "Europe/Vienna", "seats": 9, "features": ["Grand Piano", "organ"]}
    assert (await api.ask("POST", "/rooms", body, ADMIN)).status == 201
    assert names(await found(api, features=" grand  PIANO ,Organ,")) == ["Music"]
    told = await found(api, features="grand piano,organ,harp")
    assert (names(told), [(each["room"]["name"], each["lacks"]) for each in told["near"]]) == (
        [],
        [("Music", ["harp"])],
    )


async def test_a_room_taken_one_week_is_a_near_miss_with_a_way_round_that_works(api: Api) -> None:
    await api.booked(start="2026-12-08T11:15", rooms=[api.hall("vienna")], teachers=[])
    told = await found(api)
    assert "Hall of vienna" not in names(told)
    [near] = told["near"]
    assert (near["free"], near["shift_minutes"], near["start"]) == (2, -15, "2026-12-01T09:45")
    assert near["failing"] == [
        {
            "start": "2026-12-08T09:00:00Z",
            "end": "2026-12-08T10:30:00Z",
            "reason": "taken",
            "until": "2026-12-08T11:45:00Z",
        }
    ]
    repeat = {"every": "week", "count": 3}
    await api.booked(start=near["start"], rooms=[near["room"]["id"]], teachers=[], repeat=repeat)


async def test_a_series_keeps_its_wall_time_where_clocks_change(api: Api) -> None:
    await api.booked(start="2027-03-30T11:00", minutes=30, rooms=[api.hall("vienna")], teachers=[])
    told = await found(api, start="2027-03-23T10:30", minutes=60, count=2)
    assert [each["room"]["name"] for each in told["near"]] == ["Hall of vienna"]
    assert "Hall of vienna" in names(await found(api, start="2027-03-23T10:00", minutes=60, count=2))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Europe/Wien"}, "zone"),
        ({"start": "tomorrow"}, "start"),
        ({"start": "2026-12-01T10:02"}, "start"),
        ({"minutes": 7}, "minutes"),
        ({"minutes": 10**40}, "minutes"),
        ({"count": 0}, "count"),
        ({"count": 366, "every": "month"}, "count"),
        ({"every": "year"}, "every"),
        ({"capacity": "many"}, "capacity"),
        ({"features": "a\0b"}, "features"),
        ({"features": "a\u202eb"}, "features"),
        ({"features": ",".join(map(str, range(50)))}, "features"),
        ({"institution": "none"}, "institution"),
        ({"cursor": "???"}, "cursor"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_asked_is_named(api: Api, change: Json, field: str) -> None:
    reply = await api.ask("GET", f"/rooms/search?{urlencode({**WEEKLY, **change})}")
    assert reply.fields == [field]


@pytest.mark.parametrize(
    ("start", "problem"),
    [("2027-03-28T02:30", "gap"), ("2027-10-31T02:30", "fold"), ("2026-11-01T10:00", "in-the-past")],
)
async def test_a_start_that_is_none_says_why(api: Api, start: str, problem: str) -> None:
    reply = await api.ask("GET", f"/rooms/search?{urlencode({**WEEKLY, 'start': start, 'count': 1})}")
    assert (reply.status, reply.body["type"]) == (422, problem)


async def test_the_end_of_all_calendars_is_no_fault_of_ours(api: Api) -> None:
    assert (await found(api, start="2199-12-31T23:55", count=366, every="day"))["occurrences"] == 366
