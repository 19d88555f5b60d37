"""``python -m vclass.migrations "what changes"``: write the next step from the tables."""

import re
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.script import Script

from vclass.migrations import configuration, head


def main(message: str) -> None:
    """Upgrade an empty database, compare it with the tables, write the difference as the next step."""
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{Path(folder) / 'empty.db'}")
        with engine.connect() as connection:
            written = _revision(connection, message, f"{int(head()) + 1:04}")
        engine.dispose()
    path = Path(written.path)
    path.write_text(re.sub(r" +# ### .* ###\n", "", path.read_text("utf-8")), "utf-8")


def _revision(connection: sa.Connection, message: str, number: str) -> Script:
    config = configuration(connection)
    command.upgrade(config, "head")
    written = command.revision(config, message, autogenerate=True, rev_id=number)
    assert isinstance(written, Script)
    return written


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
