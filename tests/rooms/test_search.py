"""Which rooms are free, which nearly are, and whose rooms one may see at all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from rooms import (
    BookingWish,
    Demand,
    Desk,
    Found,
    NewRoom,
    Want,
    conflicts,
    create_room,
    free_rooms,
    resources_by_public_id,
    rooms_for,
    search_rooms,
)
from rooms.resources_model import Hours
from rooms.store.tables import resource
from tests.rooms.house import HOUR, House
from tests.support import SATURDAY
from vclass import people
from vclass.core.db import Database
from vclass.people import NewInstitution

KYIV = NewInstitution("kpi", "KYI", "KPI", "Kyiv", "Europe/Kyiv", "UA", ("uk",))
DAY = 24 * HOUR
WEEK = 7 * DAY
QUARTER = 900


async def in_kyiv(database: Database, name: str, *, shared: bool) -> None:
    def create(connection: sa.Connection) -> None:
        known = {each.slug: each for each in people.institutions(connection)}
        home = known.get("kpi") or people.create_institution(connection, KYIV, SATURDAY)
        create_room(connection, home.id, NewRoom("virtual", name, "Europe/Kyiv", 100, shared=shared), SATURDAY)

    await database.write(create)


async def add(database: Database, house: House, name: str, **more: Any) -> int:  # noqa: ANN401  any field of a room
    """Another hall in Vienna; its id."""
    wish = NewRoom("hall", name, "Europe/Vienna", **{"seats": 30, **more})
    return (await database.write(create_room, house.institution, wish, SATURDAY)).id


async def set_buffers(database: Database, room_id: int, setup: int, teardown: int) -> None:
    changed = sa.update(resource).where(resource.c.id == room_id)
    values = changed.values(setup_minutes=setup, teardown_minutes=teardown)
    await database.write(lambda connection: connection.execute(values))


async def free(database: Database, house: House, *hours: tuple[float, float]) -> list[str]:
    spans = [(SATURDAY + int(first * HOUR), SATURDAY + int(last * HOUR)) for first, last in hours]
    return [each.name for each in await database.read(free_rooms, spans, house.institution)]


async def search(database: Database, home: House, spans: Sequence[tuple[int, int]], **more: Any) -> Found:  # noqa: ANN401
    """What the teacher finds; the first morning of the rooms is far enough ahead."""
    actor = await database.read(people.actor_by_id, home.teacher)
    assert actor is not None
    return await database.read(search_rooms, actor, Demand(tuple(spans), **more), SATURDAY - WEEK)


def weekly(count: int) -> list[tuple[int, int]]:
    return [(SATURDAY + week * WEEK, SATURDAY + week * WEEK + HOUR) for week in range(count)]


async def take(desk: Desk, house: House, room_id: int, starts: int, ends: int) -> None:
    await desk.submit(house.wish(BookingWish("taken", starts, ends, (Want(room_id),))))


async def test_a_room_is_free_until_it_is_booked_and_again_from_its_end(
    database: Database, desk: Desk, house: House
) -> None:
    await desk.submit(house.wish(house.hour(1)))
    assert await free(database, house, (0, 1)) == ["Hall 1", "Hall 2"]
    assert await free(database, house, (1, 2)) == ["Hall 2"]
    assert await free(database, house, (2, 3)) == ["Hall 1", "Hall 2"]


async def test_a_room_must_be_free_in_every_span(database: Database, desk: Desk, house: House) -> None:
    await desk.submit(house.wish(house.hour(24 * 7)))
    assert await free(database, house, (0, 1), (24 * 7, 24 * 7 + 1)) == ["Hall 2"]


async def test_a_booking_of_a_whole_day_keeps_its_room_to_the_last_minutes(
    database: Database, desk: Desk, house: House
) -> None:
    await desk.submit(house.wish(BookingWish("day", SATURDAY, SATURDAY + DAY, (Want(house.hall),))))
    spans = [(SATURDAY + DAY - 300, SATURDAY + DAY)]
    assert [each.name for each in await database.read(free_rooms, spans, house.institution)] == ["Hall 2"]


async def test_a_room_needs_its_own_buffers_free_and_others_do_not(
    database: Database, desk: Desk, house: House
) -> None:
    await desk.submit(house.wish(house.hour(1)))
    await desk.submit(house.wish(house.hour(1, Want(house.other_hall))))
    await set_buffers(database, house.hall, 10, 15)
    assert await free(database, house, (0, 1), (2, 3)) == ["Hall 2"]
    assert await free(database, house, (0, 0.75)) == ["Hall 1", "Hall 2"]
    assert await free(database, house, (2, 3)) == ["Hall 2"]
    assert await free(database, house, (2.25, 3)) == ["Hall 1", "Hall 2"]


async def test_what_is_free_can_be_booked_and_what_is_not_cannot(database: Database, desk: Desk, house: House) -> None:
    await set_buffers(database, house.hall, 25, 5)
    await desk.submit(house.wish(house.hour(5)))
    for step in range(0, 12 * 60, 20):
        span = (SATURDAY + step * 60, SATURDAY + step * 60 + HOUR)
        found = [each.id for each in await database.read(free_rooms, [span], house.institution)]
        result = await desk.submit(house.wish(BookingWish("try", *span, (Want(house.hall),))))
        assert (house.hall in found) == bool(result.taken)  # type: ignore[attr-defined]  # the plain clerk's result
        if result.taken:  # type: ignore[attr-defined]
            await desk.submit(house.wish(release=(result.taken[0].booking_id,)))  # type: ignore[attr-defined]


async def test_a_closed_room_is_not_free(database: Database, house: House) -> None:
    await add(database, house, "Open", hours=(Hours("SA", "11:00", "12:00"),))
    await add(database, house, "Closed", hours=(Hours("SA", "11:05", "24:00"),))
    assert await free(database, house, (0, 1)) == ["Hall 1", "Hall 2", "Open"]


async def test_too_long_or_too_far_ahead_is_not_free(database: Database, house: House) -> None:
    await add(database, house, "Short", longest_minutes=45)
    await add(database, house, "Near", horizon_days=3)
    assert await free(database, house, (0, 1)) == ["Hall 1", "Hall 2", "Near"]
    found = await database.read(free_rooms, weekly(2), house.institution, None, SATURDAY)
    assert [each.name for each in found] == ["Hall 1", "Hall 2"]


async def test_only_shared_rooms_of_others_are_offered(database: Database, house: House) -> None:
    await in_kyiv(database, "Open room", shared=True)
    await in_kyiv(database, "Own room", shared=False)
    assert await free(database, house, (0, 1)) == ["Hall 1", "Hall 2", "Open room"]
    assert [each.name for each in await database.read(rooms_for, house.institution)][-1] == "Open room"


async def test_rooms_of_one_kind_can_be_asked_for(database: Database, house: House) -> None:
    await in_kyiv(database, "Open room", shared=True)
    found = await database.read(free_rooms, [(SATURDAY, SATURDAY + HOUR)], house.institution, "virtual")
    assert [each.name for each in found] == ["Open room"]


async def test_resources_are_found_by_public_id_within_the_scope(database: Database, house: House) -> None:
    await in_kyiv(database, "Own room", shared=False)
    [hidden] = [each for each in await database.read(rooms_for, house.institution + 1) if each.name == "Own room"]
    found = await database.read(resources_by_public_id, ["Hall 1", "Kit", hidden.public_id], house.institution)
    assert sorted(found) == ["Hall 1", "Kit"]


async def test_the_smallest_room_that_does_comes_first_and_others_houses_last(database: Database, house: House) -> None:
    await in_kyiv(database, "Open room", shared=True)
    await add(database, house, "Large", seats=90)
    await add(database, house, "Fitting", seats=31)
    found = await search(database, house, weekly(2), seats=31)
    assert [each.name for each in found.free] == ["Fitting", "Large", "Open room"]


async def test_a_room_that_is_taken_one_week_in_fifteen_is_a_near_miss(
    database: Database, desk: Desk, house: House
) -> None:
    await take(desk, house, house.hall, SATURDAY + 3 * WEEK - 2 * HOUR, SATURDAY + 3 * WEEK + 3 * HOUR)
    found = await search(database, house, weekly(15))
    assert [each.name for each in found.free] == ["Hall 2"]
    [near] = found.near
    [failing] = near.failing
    assert (near.room.name, near.shift_minutes, failing.reason) == ("Hall 1", None, "taken")
    assert (failing.starts, failing.until) == (SATURDAY + 3 * WEEK, SATURDAY + 3 * WEEK + 3 * HOUR)


async def test_a_room_that_is_free_a_quarter_later_says_so(database: Database, desk: Desk, house: House) -> None:
    await take(desk, house, house.hall, SATURDAY - 5 * HOUR, SATURDAY + QUARTER)
    [near] = (await search(database, house, weekly(1))).near
    assert (near.room.name, near.shift_minutes, len(near.failing)) == ("Hall 1", 15, 1)


async def test_a_room_that_is_free_earlier_says_so_with_its_buffers(
    database: Database, desk: Desk, house: House
) -> None:
    await take(desk, house, house.hall, SATURDAY + HOUR, SATURDAY + 9 * HOUR)
    await set_buffers(database, house.hall, 0, 20)
    [near] = (await search(database, house, weekly(1))).near
    assert (near.shift_minutes, near.failing[0].until) == (-30, SATURDAY + 9 * HOUR)


async def test_a_room_that_opens_later_is_a_near_miss(database: Database, house: House) -> None:
    await add(database, house, "Late", hours=(Hours("SA", "11:30", "24:00"),))
    [near] = (await search(database, house, weekly(1))).near
    assert (near.room.name, near.shift_minutes, near.failing[0].reason) == ("Late", 30, "outside_hours")


async def test_a_room_that_is_busy_for_hours_is_no_near_miss(database: Database, desk: Desk, house: House) -> None:
    await take(desk, house, house.hall, SATURDAY - 5 * HOUR, SATURDAY + 5 * HOUR)
    assert (await search(database, house, weekly(1))).near == ()


async def test_too_few_seats_and_a_missing_feature_are_near_misses_one_at_a_time(
    database: Database, house: House
) -> None:
    await add(database, house, "Perfect", seats=40, features=("piano", "projector"))
    await add(database, house, "Bare", seats=40, features=("piano",))
    await add(database, house, "Small", seats=38, features=("piano", "projector"))
    await add(database, house, "Small and bare", seats=38, features=("piano",))
    await add(database, house, "Tiny", seats=20, features=("piano", "projector"))
    found = await search(database, house, weekly(1), seats=40, features=frozenset({"piano", "projector"}))
    assert [each.name for each in found.free] == ["Perfect"]
    assert [(each.room.name, each.seats_short, each.lacks) for each in found.near] == [
        ("Small", 2, ()),
        ("Bare", 0, ("projector",)),
    ]


async def test_the_nearest_miss_comes_first(database: Database, desk: Desk, house: House) -> None:
    await take(desk, house, house.hall, SATURDAY - HOUR, SATURDAY + HOUR // 2)
    await take(desk, house, house.other_hall, SATURDAY - HOUR, SATURDAY + QUARTER)
    found = await search(database, house, weekly(1))
    assert [(each.room.name, each.shift_minutes) for each in found.near] == [("Hall 2", 15), ("Hall 1", 30)]


@pytest.mark.parametrize("count", [1, 15, 366])
async def test_a_long_series_is_searched_as_well(database: Database, desk: Desk, house: House, count: int) -> None:
    await take(desk, house, house.hall, SATURDAY, SATURDAY + HOUR // 2)
    spans = [(SATURDAY + day * DAY, SATURDAY + day * DAY + HOUR) for day in range(count)]
    found = await search(database, house, spans)
    assert [each.name for each in found.free] == ["Hall 2"]
    assert [each.shift_minutes for each in found.near] == [30]


async def test_conflicts_of_one_room_are_listed_by_time_with_its_buffers(
    database: Database, desk: Desk, house: House
) -> None:
    await take(desk, house, house.hall, SATURDAY + WEEK + HOUR, SATURDAY + WEEK + 2 * HOUR)
    spans = weekly(30)
    assert await database.read(conflicts, house.hall, spans) == {}
    await set_buffers(database, house.hall, 0, 5)
    found = await database.read(conflicts, house.hall, spans)
    assert [(span, [each.starts for each in claims]) for span, claims in found.items()] == [
        (spans[1], [SATURDAY + WEEK + HOUR])
    ]


async def test_a_house_can_be_asked_for(database: Database, house: House) -> None:
    await in_kyiv(database, "Open room", shared=True)
    found = await search(database, house, weekly(1), house=house.institution + 1)
    assert [each.name for each in found.free] == ["Open room"]
    assert replace(found, free=()) == Found((), ())
