"""How the databases answer when there are many claims: by index, a few rows for each time that is asked for."""

import sqlalchemy as sa

from rooms import Desk, Result
from rooms.store.bookings import touching
from rooms.store.tables import claim
from tests.rooms.house import HOUR, House
from tests.support import SATURDAY
from vclass.core.db import Database, as_json

MANY = 20_000


def crowd(connection: sa.Connection, house: House, booking_id: int) -> None:
    """One room with a claim for each hour of two years; the guard doesn't look at what isn't exclusive."""
    rows = [
        {
            "booking_id": booking_id,
            "resource_id": house.hall,
            "quantity": 1,
            "exclusive": False,
            "starts": SATURDAY + hour * HOUR,
            "ends": SATURDAY + hour * HOUR + HOUR,
        }
        for hour in range(1, MANY)
    ]
    connection.execute(sa.insert(claim), rows)
    connection.exec_driver_sql("analyze")


def plan(connection: sa.Connection, house: House) -> str:
    windows = as_json(
        [(house.hall, SATURDAY + day * 24 * HOUR, SATURDAY + day * 24 * HOUR + HOUR) for day in range(30)]
    )
    compiled = touching(connection).compile(connection)
    explain = "explain " if connection.dialect.name == "postgresql" else "explain query plan "
    bound = compiled.construct_params({"windows": windows})
    values = tuple(bound[name] for name in compiled.positiontup) if compiled.positiontup else bound
    return " ".join(str(row[-1]) for row in connection.exec_driver_sql(explain + str(compiled), values))


async def test_a_crowded_room_is_searched_by_index_time_after_time(
    database: Database, desk: Desk, house: House
) -> None:
    booked = await desk.submit(house.wish(house.hour(0)))
    assert isinstance(booked, Result)
    await database.write(crowd, house, booked.taken[0].booking_id)
    found = await database.read(plan, house)
    assert "ix_claim_" in found
    assert "Seq Scan on claim" not in found
    assert "SCAN claim" not in found
