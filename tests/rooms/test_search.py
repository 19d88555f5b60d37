"""Which rooms are free, and whose rooms one may see at all."""

import sqlalchemy as sa

from rooms import BookingWish, Desk, NewRoom, Want, create_room, free_rooms, resources_by_public_id, rooms_for
from tests.rooms.house import HOUR, House
from tests.support import SATURDAY
from vclass import people
from vclass.core.db import Database
from vclass.people import NewInstitution

KYIV = NewInstitution("kpi", "KYI", "KPI", "Kyiv", "Europe/Kyiv", "UA", ("uk",))
DAY = 24 * HOUR


async def in_kyiv(database: Database, name: str, *, shared: bool) -> None:
    def create(connection: sa.Connection) -> None:
        known = {each.slug: each for each in people.institutions(connection)}
        home = known.get("kpi") or people.create_institution(connection, KYIV, SATURDAY)
        create_room(connection, home.id, NewRoom("virtual", name, "Europe/Kyiv", 100, shared=shared), SATURDAY)

    await database.write(create)


async def free(database: Database, house: House, *hours: tuple[int, int]) -> list[str]:
    spans = [(SATURDAY + first * HOUR, SATURDAY + last * HOUR) for first, last in hours]
    return [each.name for each in await database.read(free_rooms, spans, house.institution)]


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


async def test_a_booking_of_a_whole_day_keeps_its_room_to_the_last_second(
    database: Database, desk: Desk, house: House
) -> None:
    await desk.submit(house.wish(BookingWish("day", SATURDAY, SATURDAY + DAY, (Want(house.hall),))))
    spans = [(SATURDAY + DAY - 1, SATURDAY + DAY)]
    assert [each.name for each in await database.read(free_rooms, spans, house.institution)] == ["Hall 2"]


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
