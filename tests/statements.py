"""What is asked of databases, for tests that count it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import event


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of databases meanwhile."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        told.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
