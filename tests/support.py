"""Real parts that many tests share."""

from dataclasses import dataclass

import sqlalchemy as sa

SATURDAY = 1_795_255_200
"""2026-11-21T10:00:00Z."""


@dataclass(slots=True)
class SettableClock:
    """A clock that stands until it is moved."""

    now: int = SATURDAY

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: int) -> None:
        self.now += seconds


def plan(connection: sa.Connection, query: str) -> str:
    """How the database would answer a query, as it would if the tables were large."""
    if connection.dialect.name == "sqlite":
        return " ".join(row[3] for row in connection.exec_driver_sql(f"explain query plan {query}"))
    connection.exec_driver_sql("set local enable_seqscan = off")
    return " ".join(row[0] for row in connection.exec_driver_sql(f"explain {query}"))
