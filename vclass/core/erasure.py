"""What erasing somebody means for texts: the address leaves every table, whoever wrote it there.

An address is found as a whole, so that erasing ``anna@x.example`` leaves ``joanna@x.example`` alone.
"""

import re
from typing import Any, Final

import sqlalchemy as sa

from vclass.core.db import metadata

NOWHERE: Final = "erased.invalid"
"""No mail ever goes there (RFC 2606 section 2)."""
NOBODY: Final = f"erased@{NOWHERE}"
"""Stands where an address stood."""


def placeholder(public_id: str) -> str:
    """The address of somebody erased: like any other, of that person alone, and of no use."""
    return f"erased-{public_id}@{NOWHERE}".lower()


def is_nobody(address: str) -> bool:
    """Whether an address stands where an erased one stood."""
    return address.endswith(f"@{NOWHERE}")


def sweep(connection: sa.Connection, address: str) -> int:
    """Take an address out of all text columns of all tables; in how many rows it stood."""
    found = 0
    for table in metadata.sorted_tables:
        columns = [each for each in table.columns if isinstance(each.type, sa.Text)]
        if columns:
            found += _sweep(connection, table, columns, address)
    return found


def _sweep(connection: sa.Connection, table: sa.Table, columns: list[sa.Column[Any]], address: str) -> int:
    keys = list(table.primary_key.columns)
    somewhere = sa.or_(*(each.icontains(address, autoescape=True) for each in columns))
    whole = _whole(address)
    swept = 0
    for row in connection.execute(sa.select(*keys, *columns).where(somewhere).distinct()).mappings().all():
        texts = {each.name: row[each.name] for each in columns if row[each.name] is not None}
        clean = {name: whole.sub(NOBODY, text) for name, text in texts.items()}
        if clean != texts:
            this = sa.and_(*(each == row[each.name] for each in keys))
            connection.execute(sa.update(table).where(this).values(clean))
            swept += 1
    return swept


def _whole(address: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)


def without(value: Any, words: frozenset[str]) -> Any:  # noqa: ANN401  any JSON
    """Decoded JSON with an empty text wherever one of some words was all the text."""
    if isinstance(value, str):
        return "" if value in words else value
    if isinstance(value, list):
        return [without(each, words) for each in value]
    if isinstance(value, dict):
        return {name: without(each, words) for name, each in value.items()}
    return value
