"""The inbox: messages from the outside world, each taken once however often it is delivered."""

import hashlib

import sqlalchemy as sa

from vclass.core.db import insert_new, metadata

KEPT_SECONDS = 30 * 24 * 3600
"""No mail server tries for longer to deliver a mail again."""

received = sa.Table(
    "received",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("received_at", sa.BigInteger, nullable=False, index=True),
)


def is_new(connection: sa.Connection, name: str, now: int) -> bool:
    """Take a message by what names it, in the transaction of what becomes of it; False if it was taken before."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    return insert_new(connection, received, {"digest": digest, "received_at": now})


def forget(connection: sa.Connection, now: int) -> None:
    """Delete what nobody will deliver again."""
    connection.execute(sa.delete(received).where(received.c.received_at < now - KEPT_SECONDS))
