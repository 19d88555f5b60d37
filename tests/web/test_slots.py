"""Finding a time over HTTP: what is told of whom, and that what is offered can be booked as it is answered."""

from typing import Any

import pytest

from tests.web.api import Api, Json, Reply

BOTH = ["teacher@vienna.example", "teacher@kyiv.example"]


async def ask(api: Api, who: tuple[str, str] = ("teacher", "vienna"), **fields: Any) -> Reply:  # noqa: ANN401  any field
    usual = {"people": BOTH, "minutes": 90, "from": "2026-12-01", "to": "2026-12-01"}
    return await api.ask("POST", "/slots", usual | fields, who)


async def slots(api: Api, **fields: Any) -> list[Json]:  # noqa: ANN401  any field
    reply = await ask(api, **fields)
    assert reply.status == 200, reply.body
    found: list[Json] = reply.body["slots"]
    return found


async def test_each_side_has_its_clock_and_its_comfort(api: Api) -> None:
    [best, *_] = await slots(api, institutions=[api.world.public_ids["kyiv"]])
    assert (best["start"], best["local"], best["complete"]) == ("2026-12-01T07:00:00Z", "2026-12-01T08:00", True)
    sides = [(each["zone"], each["local"], each["comfort"]) for each in best["sides"]]
    assert sides == [("Europe/Vienna", "2026-12-01T08:00", 0), ("Europe/Kyiv", "2026-12-01T09:00", 0)]
    assert best["rooms"] == [{"institution": api.world.public_ids["kyiv"], "free": [api.hall("kyiv")]}]
    assert best["sentence"] == "Tue 1 Dec 2026, 08:00 in Vienna, 09:00 in Kyiv: everybody can come."


async def test_who_is_missing_is_said_with_why_and_until_when(api: Api) -> None:
    await api.booked(start="2026-12-01T08:00", minutes=600)
    [best, *_] = await slots(api)
    assert best["complete"] is False
    assert [each["who"] for each in best["missing"]] == BOTH
    assert best["missing"][0]["reasons"] == [{"why": "busy", "until": "2026-12-01T17:00:00Z"}]
    assert "without teacher@vienna.example (busy)" in best["sentence"]


async def test_of_another_house_it_is_told_that_somebody_is_busy_and_no_more(api: Api) -> None:
    await api.ask("POST", "/lessons", api.lesson(start="2026-12-01T08:00", minutes=600, title="Secret"))
    reply = await ask(api, who=("teacher", "athens"))
    assert "Secret" not in str(reply.body)
    assert not any("name" in each for slot in reply.body["slots"] for each in slot["people"])


async def test_names_are_told_of_ones_own_house(api: Api) -> None:
    [best, *_] = await slots(api)
    assert [each.get("name") for each in best["people"]] == ["teacher of vienna", None]


async def test_a_weekly_slot_is_answered_with_the_body_that_books_it(api: Api) -> None:
    await api.booked(start="2026-12-08T07:00", minutes=690, repeat={"every": "week", "count": 2})
    [best, *_] = await slots(api, weekly_for=5, rooms=[api.hall("kyiv")])
    assert (best["works"], best["of"], [each["number"] for each in best["weeks"]]) == (3, 5, [2, 3])
    assert best["lesson"]["repeat"] == {"every": "week", "count": 5, "except": ["2026-12-08", "2026-12-15"]}
    booked = await api.ask("POST", "/lessons", {"title": "Found", **best["lesson"]})
    assert (booked.status, len(booked.body["occurrences"])) == (201, 3)


async def test_a_weekly_slot_tells_when_clocks_move_it(api: Api) -> None:
    when = {"from": "2027-03-09", "to": "2027-03-09", "weekly_for": 6, "zone": "America/New_York"}
    [best, *_] = await slots(api, people=BOTH[:1], **when)
    told = [(each["zone"], [week["recurrence"][:10] for week in each["weeks"]]) for each in best["shifts"]]
    assert told == [("Europe/Vienna", ["2027-03-16", "2027-03-23"])]
    assert best["shifts"][0]["sentence"].startswith("In weeks 2 and 3 (16 Mar and 23 Mar) it is one hour earlier")


async def test_an_address_without_an_account_gets_a_note(api: Api) -> None:
    reply = await ask(api, people=[*BOTH, "greta@example.org"])
    assert [each["email"] for each in reply.body["notes"]] == ["greta@example.org"]
    assert "has no account here" in reply.body["notes"][0]["note"]


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({"people": [f"p{number}@x.example" for number in range(13)]}, "12"),
        ({"optional": [f"p{number}@x.example" for number in range(11)]}, "12"),
        ({"weekly_for": 54}, "53"),
        ({"to": "2028-12-01"}, "370"),
    ],
)
async def test_a_limit_is_named(api: Api, fields: Json, limit: str) -> None:
    reply = await ask(api, **fields)
    assert (reply.status, reply.fields) == (422, [next(iter(fields))])
    assert limit in reply.body["errors"][0]["message"]


async def test_a_student_finds_no_times(api: Api) -> None:
    assert (await ask(api, who=("student", "vienna"))).status == 403
