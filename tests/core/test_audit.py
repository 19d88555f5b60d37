"""Who changed what is written with the change, or not at all."""

import pytest
import sqlalchemy as sa

from tests.support import SATURDAY
from vclass.core.audit import Entry, append, forget, history
from vclass.core.db import Database


def entry(entity_id: int, action: str = "lesson.change", at: int = SATURDAY) -> Entry:
    return Entry(at, 1, 2, action, "lesson", entity_id, {"before": {"seats": 1}, "after": {"seats": 2}})


async def test_the_history_of_an_object_is_its_own_and_oldest_first(database: Database) -> None:
    await database.write(append, [entry(5, "lesson.create"), entry(6), entry(5, at=SATURDAY + 1)])
    found = await database.read(history, "lesson", 5)
    assert [(row["action"], row["at"]) for row in found] == [
        ("lesson.create", SATURDAY),
        ("lesson.change", SATURDAY + 1),
    ]
    assert found[0]["facts"] == '{"before":{"seats":1},"after":{"seats":2}}'


async def test_an_entry_goes_with_the_change_that_fails(database: Database) -> None:
    def change(connection: sa.Connection) -> None:
        append(connection, [entry(5)])
        raise ValueError("the change failed")

    with pytest.raises(ValueError, match="the change failed"):
        await database.write(change)
    assert await database.read(history, "lesson", 5) == []


async def test_nothing_to_tell_writes_nothing(database: Database) -> None:
    await database.write(append, [])
    assert await database.read(history, "lesson", 5) == []


async def test_entries_from_before_an_instant_are_forgotten(database: Database) -> None:
    await database.write(append, [entry(5), entry(5, at=SATURDAY + 1)])
    assert await database.write(forget, SATURDAY + 1) == 1
    assert [row["at"] for row in await database.read(history, "lesson", 5)] == [SATURDAY + 1]
