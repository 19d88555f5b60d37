"""Many rows in one statement: all kinds of values arrive as they were, in order, on either database."""

import sqlalchemy as sa

from tests.support import SATURDAY
from vclass.core import outbox
from vclass.core.db import Database, insert_all_new, insert_numbered, insert_rows, metadata

WORDS = ['plain "quoted" \\ back', "Ґанок, Wörter, 語", "\\u0000 spelt out", "line\nfeed\tand\r\nmore", "🎓", ""]
audit, institution = metadata.tables["audit"], metadata.tables["institution"]


def entries(words: list[str]) -> list[dict[str, object]]:
    known: dict[str, object] = {
        "at": 2**40,
        "person_id": None,
        "institution_id": None,
        "entity": "lesson",
        "entity_id": "1",
    }
    return [known | {"action": each, "facts": "{}"} for each in words]


def told(connection: sa.Connection) -> list[tuple[str, int, int | None]]:
    found = sa.select(audit.c.action, audit.c.at, audit.c.person_id).order_by(audit.c.id)
    return [(row.action, row.at, row.person_id) for row in connection.execute(found)]


def effect(name: str) -> outbox.Effect:
    return outbox.Effect("test", name, name, "greta@example.org", {"words": WORDS})


async def test_values_arrive_as_they_were_in_the_order_of_the_rows(database: Database) -> None:
    await database.write(insert_rows, audit, entries(WORDS))
    assert await database.read(told) == [(each, 2**40, None) for each in WORDS]


async def test_a_text_with_nul_is_kept_as_the_database_can_keep_it(database: Database) -> None:
    await database.write(insert_rows, audit, entries(["a\0b", *WORDS]))
    (first, *_), *others = await database.read(told)
    assert first in ("a\0b", "a\ufffdb")
    assert [each[0] for each in others] == WORDS


async def test_rows_whose_keys_are_taken_are_left_as_they_are(database: Database) -> None:
    await database.write(outbox.put, [effect("one"), effect("two")], SATURDAY)
    await database.write(outbox.put, [effect("two"), effect("three")], SATURDAY + 1)
    rows = await database.read(outbox.listing)
    assert sorted(each.leased.created_at for each in rows) == [SATURDAY, SATURDAY, SATURDAY + 1]
    assert {each.leased.facts["words"][1] for each in rows} == {WORDS[1]}


async def test_ids_come_in_the_order_of_the_rows(database: Database) -> None:
    def houses(connection: sa.Connection) -> list[str]:
        known = {"zone": "Europe/Vienna", "country": "AT", "city": "W", "languages": "en", "hue": 1, "created_at": 1}
        names = [f"h{number}" for number in range(40)]
        rows = [known | {"public_id": each, "slug": each, "name": each, "code": each} for each in names]
        ids = insert_numbered(connection, institution, rows)
        found = sa.select(institution.c.id, institution.c.name)
        by_id = {row.id: row.name for row in connection.execute(found)}
        return [by_id[each] for each in ids]

    assert await database.write(houses) == [f"h{number}" for number in range(40)]


async def test_no_rows_need_no_statement(database: Database) -> None:
    await database.write(insert_rows, audit, [])
    await database.write(insert_all_new, audit, [])
    assert await database.write(insert_numbered, institution, []) == []
