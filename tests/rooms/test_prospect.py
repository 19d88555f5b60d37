"""A look at many wishes on one snapshot answers as single looks do, and reads nothing twice."""

import sqlalchemy as sa

from rooms import Desk, Prospect, Want, preview, weigh
from tests.rooms.house import House
from vclass.core.db import Database


def asked(connection: sa.Connection) -> list[str]:
    """What the connection is asked from now on."""
    texts: list[str] = []
    sa.event.listen(connection, "before_cursor_execute", lambda _c, _cursor, text, *_: texts.append(text))
    return texts


async def test_what_was_looked_at_once_is_not_read_again(database: Database, desk: Desk, house: House) -> None:
    await desk.submit(house.wish(house.hour()))

    def look(connection: sa.Connection) -> None:
        texts, prospect = asked(connection), Prospect(connection)
        (before,) = prospect.preview(house.wish(house.hour()))
        number = len(texts)
        assert prospect.preview(house.wish(house.hour())) == [before]
        assert len(texts) == number

    await database.read(look)


async def test_another_time_of_the_same_room_costs_one_query(database: Database, house: House) -> None:
    def look(connection: sa.Connection) -> None:
        prospect = Prospect(connection)
        prospect.weigh([house.wish(house.hour())])
        texts = asked(connection)
        prospect.weigh([house.wish(house.hour(each)) for each in range(20)])
        assert len(texts) == 1

    await database.read(look)


async def test_a_claim_that_is_seen_from_two_times_counts_once(database: Database, desk: Desk, house: House) -> None:
    """Three of four projectors are out: one is left, however often the three were read."""
    await desk.submit(house.wish(house.hour(0, Want(house.projectors, 3))))

    def look(connection: sa.Connection) -> None:
        prospect, one = Prospect(connection), Want(house.projectors)
        for at in (-1, 1, 0):
            assert prospect.preview(house.wish(house.hour(at, one))) == []
        (clash,) = prospect.preview(house.wish(house.hour(0, Want(house.projectors, 2))))
        assert clash.free == 1

    await database.read(look)


async def test_wishes_that_are_weighed_do_not_see_one_another(database: Database, house: House) -> None:
    same = [house.wish(house.hour())] * 2
    verdicts = await database.read(weigh, same)
    assert [each.clashes for each in verdicts] == [(), ()]
    assert await database.read(preview, same[0]) == []
