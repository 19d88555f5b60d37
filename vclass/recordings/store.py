"""Tables of recordings, of who agreed to them, and of institutions that allow them; and their named queries."""

from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa

from vclass.core.db import ROW_ID, metadata
from vclass.recordings.model import Recording

ALIVE_SECONDS: Final = 45
"""A recording of which its process said nothing for so long has lost its process."""
LEASE_SECONDS: Final = 60
MOST_ATTEMPTS: Final = 3
MOST_AT_ONCE: Final = 20

recording_house = sa.Table(
    "recording_house",
    metadata,
    sa.Column("institution_id", sa.ForeignKey("institution.id"), primary_key=True, autoincrement=False),
    sa.Column("allowed_at", sa.BigInteger, nullable=False),
)

recording = sa.Table(
    "recording",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("lesson_id", sa.ForeignKey("lesson.id"), nullable=False, index=True),
    sa.Column("begun_at", sa.BigInteger, nullable=False),
    sa.Column("alive_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("failure", sa.Text, nullable=False),
    sa.Column("seconds", sa.BigInteger, nullable=False),
    sa.Column("octets", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("joined", sa.Text, nullable=False),
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.BigInteger),
    sa.CheckConstraint("state in ('running', 'ready', 'failed', 'deleted')", name="state"),
    sa.CheckConstraint("joined in ('none', 'due', 'running', 'ready', 'failed')", name="joined"),
)

recording_consent = sa.Table(
    "recording_consent",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("recording_id", sa.ForeignKey("recording.id"), nullable=False, index=True),
    sa.Column("attendee", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
)


# -- institutions


def allowing(connection: sa.Connection, institutions: Collection[int]) -> set[int]:
    """Those of some institutions that allow recordings."""
    found = sa.select(recording_house.c.institution_id).where(recording_house.c.institution_id.in_(institutions))
    return set(connection.execute(found).scalars())


def allow(connection: sa.Connection, institution_id: int, now: int) -> None:
    connection.execute(sa.insert(recording_house).values(institution_id=institution_id, allowed_at=now))


def forbid(connection: sa.Connection, institution_id: int) -> None:
    connection.execute(sa.delete(recording_house).where(recording_house.c.institution_id == institution_id))


# -- recordings


def insert(connection: sa.Connection, public_id: str, lesson_id: int, now: int, expires_at: int) -> None:
    values = {
        "public_id": public_id,
        "lesson_id": lesson_id,
        "begun_at": now,
        "alive_at": now,
        "state": "running",
        "failure": "",
        "seconds": 0,
        "octets": 0,
        "expires_at": expires_at,
        "joined": "none",
        "progress": 0,
        "attempts": 0,
    }
    connection.execute(sa.insert(recording).values(values))


def change(connection: sa.Connection, public_id: str, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Change a recording; False where it is gone."""
    changed = sa.update(recording).where(recording.c.public_id == public_id).values(values)
    return connection.execute(changed).rowcount == 1


def of_lesson(connection: sa.Connection, lesson_id: int) -> list[Recording]:
    """A lesson's recordings, the newest first."""
    found = sa.select(recording).where(recording.c.lesson_id == lesson_id, recording.c.state != "deleted")
    return [_recording(row) for row in connection.execute(found.order_by(recording.c.id.desc()))]


def by_public_id(connection: sa.Connection, public_id: str) -> Recording | None:
    found = sa.select(recording).where(recording.c.public_id == public_id, recording.c.state != "deleted")
    row = connection.execute(found).one_or_none()
    return None if row is None else _recording(row)


def keep_alive(connection: sa.Connection, public_ids: Collection[str], now: int) -> None:
    """Note that recordings still run."""
    running = recording.c.public_id.in_(public_ids), recording.c.state == "running"
    connection.execute(sa.update(recording).where(*running).values(alive_at=now))


def orphaned(connection: sa.Connection, now: int) -> list[str]:
    """Recordings whose process is gone."""
    silent = recording.c.state == "running", recording.c.alive_at < now - ALIVE_SECONDS
    return list(connection.execute(sa.select(recording.c.public_id).where(*silent).limit(MOST_AT_ONCE)).scalars())


def expire(connection: sa.Connection, now: int) -> None:
    """Mark those as deleted that were kept long enough."""
    over = recording.c.expires_at <= now, recording.c.state != "running"
    connection.execute(sa.update(recording).where(*over).values(state="deleted"))


def delete_of_lessons(connection: sa.Connection, lesson_ids: Collection[int]) -> None:
    """Mark all recordings of some lessons as deleted."""
    theirs = recording.c.lesson_id.in_(lesson_ids), recording.c.state != "running"
    connection.execute(sa.update(recording).where(*theirs).values(state="deleted"))


def deleted(connection: sa.Connection) -> list[str]:
    """Recordings whose files are to go."""
    gone = sa.select(recording.c.public_id).where(recording.c.state == "deleted").limit(MOST_AT_ONCE)
    return list(connection.execute(gone).scalars())


def remove(connection: sa.Connection, public_id: str) -> None:
    """Take out a recording whose files are gone, with the answers to it."""
    this = sa.select(recording.c.id).where(recording.c.public_id == public_id)
    connection.execute(sa.delete(recording_consent).where(recording_consent.c.recording_id.in_(this)))
    connection.execute(sa.delete(recording).where(recording.c.public_id == public_id))


def _recording(row: sa.Row[Any]) -> Recording:
    return Recording(
        id=row.id,
        public_id=row.public_id,
        lesson_id=row.lesson_id,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        state=row.state,
        failure=row.failure,
        seconds=row.seconds,
        octets=row.octets,
        expires_at=row.expires_at,
        joined=row.joined,
        progress=row.progress,
    )


# -- answers


def answer(connection: sa.Connection, recording_id: int, values: dict[str, Any]) -> None:
    connection.execute(sa.insert(recording_consent).values(recording_id=recording_id, **values))


def forget_attendees(connection: sa.Connection, attendees: Collection[str]) -> None:
    """Take names out of answers; the answers stay."""
    theirs = recording_consent.c.attendee.in_(attendees)
    connection.execute(sa.update(recording_consent).where(theirs).values(name=""))


# -- joining


def want_joined(connection: sa.Connection, recording_id: int) -> None:
    """Let the joined view be made, unless it is there or on its way."""
    open_to_it = recording.c.id == recording_id, recording.c.joined.in_(("none", "failed"))
    values = {"joined": "due", "progress": 0, "attempts": 0, "locked_until": None}
    connection.execute(sa.update(recording).where(*open_to_it).values(values))


def lease_join(connection: sa.Connection, now: int) -> str | None:
    """Take one recording that is to be joined; one whose lease ran out is taken again, but not for ever."""
    free = sa.or_(recording.c.locked_until.is_(None), recording.c.locked_until < now)
    due = recording.c.joined.in_(("due", "running")), recording.c.state == "ready", free
    row = connection.execute(sa.select(recording).where(*due).order_by(recording.c.id).limit(1)).one_or_none()
    if row is None:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        change(connection, row.public_id, joined="failed", locked_until=None)
        return None
    taken = {"joined": "running", "attempts": row.attempts + 1, "locked_until": now + LEASE_SECONDS}
    held = recording.c.id == row.id, recording.c.attempts == row.attempts
    won = connection.execute(sa.update(recording).where(*held).values(taken)).rowcount == 1
    return str(row.public_id) if won else None


def progress(connection: sa.Connection, public_id: str, percent: int, now: int) -> bool:
    """Note how far a joined view is; False where nobody wants it any more."""
    mine = recording.c.public_id == public_id, recording.c.joined == "running", recording.c.state == "ready"
    values = {"progress": percent, "locked_until": now + LEASE_SECONDS}
    return connection.execute(sa.update(recording).where(*mine).values(values)).rowcount == 1
