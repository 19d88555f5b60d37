"""Queries on quotas, and the counting of what is held against them."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from rooms.model import HOLDING
from rooms.quotas.model import Quota, Subject, Use
from rooms.store.tables import booking, claim, quota, resource
from vclass.core.db import as_json, integer_rows, listed, locked, of_ids
from vclass.core.dialects import built_once

Window = tuple[int, int, int, int]
"""A quota's id, whose bookings are counted, and the period."""


def quotas_on(connection: sa.Connection, resource_ids: Collection[int], *, lock: bool) -> list[Quota]:
    """The quotas of the houses that some resources belong to; locked in the order of their ids."""
    found = _locked_on(connection) if lock else _on(connection)
    return [_quota(row) for row in connection.execute(found, of_ids(resource_ids))]


@built_once
def _on(connection: sa.Connection) -> sa.Select[Any]:
    houses = sa.select(resource.c.institution_id).where(listed(connection, resource.c.id))
    return sa.select(quota).where(quota.c.institution_id.in_(houses)).order_by(quota.c.id)


@built_once
def _locked_on(connection: sa.Connection) -> sa.Select[Any]:
    return locked(connection, _on(connection))


def houses_of(connection: sa.Connection, resource_ids: Collection[int]) -> dict[int, int]:
    """The institution of each resource that is counted: people's time isn't."""
    found = sa.select(resource.c.id, resource.c.institution_id).where(
        listed(connection, resource.c.id), resource.c.kind != "person"
    )
    return {row.id: row.institution_id for row in connection.execute(found, of_ids(resource_ids))}


def used(
    connection: sa.Connection,
    subject: Subject,
    windows: Sequence[Window],
    houses: Mapping[int, int],
    named: Collection[int],
) -> dict[Window, dict[int | None, Use]]:
    """What is held in each window, in one query: of each booking that is named, and of all others (None) together.

    Args:
        connection: The database.
        subject: Whether persons or institutions are counted.
        windows: What to count.
        houses: The institution of each quota.
        named: Bookings that the batch may let go.
    """
    if not windows:
        return {}
    rows = [(n, houses[w[0]], *w[1:]) for n, w in enumerate(windows)]
    asked = {"windows": as_json(rows), "named": as_json((each,) for each in set(named))}
    found: dict[Window, dict[int | None, Use]] = {}
    for row in connection.execute(_counted(connection, subject), asked):
        found.setdefault(windows[row.n], {})[row.name] = Use(int(row.number), int(row.seconds))
    return found


def _counted(connection: sa.Connection, subject: Subject) -> sa.Select[Any]:
    window = integer_rows(connection, "windows", ("n", "house", "who", "starts", "ends"))
    name = integer_rows(connection, "named", ("id",))
    who = booking.c.owner_id if subject == "person" else booking.c.institution_id
    holds = (
        sa.exists()
        .where(claim.c.booking_id == booking.c.id, resource.c.id == claim.c.resource_id)
        .where(resource.c.institution_id == window.c.house, resource.c.kind != "person")
    )
    counts = sa.and_(
        who == window.c.who,
        booking.c.starts >= window.c.starts,
        booking.c.starts < window.c.ends,
        booking.c.state.in_(sorted(HOLDING)),
        booking.c.purpose == "lesson",
    )
    return (
        sa.select(
            window.c.n,
            name.c.id.label("name"),
            sa.func.count().label("number"),
            sa.func.sum(booking.c.ends - booking.c.starts).label("seconds"),
        )
        .select_from(window.join(booking, counts).outerjoin(name, name.c.id == booking.c.id))
        .where(holds)
        .group_by(window.c.n, name.c.id)
    )


def of_institution(connection: sa.Connection, institution_id: int) -> list[Quota]:
    found = sa.select(quota).where(quota.c.institution_id == institution_id).order_by(quota.c.id)
    return [_quota(row) for row in connection.execute(found)]


def by_public_id(connection: sa.Connection, public_id: str) -> Quota | None:
    row = connection.execute(sa.select(quota).where(quota.c.public_id == public_id)).one_or_none()
    return None if row is None else _quota(row)


def insert(connection: sa.Connection, values: dict[str, Any]) -> Quota:
    row = connection.execute(sa.insert(quota).values(values).returning(*quota.c)).one()
    return _quota(row)


def change(connection: sa.Connection, before: Quota, values: dict[str, Any]) -> bool:
    """Change a quota if nobody else did so meanwhile; tell whether that was so."""
    same = sa.and_(quota.c.id == before.id, quota.c.version == before.version)
    written = sa.update(quota).where(same).values(**values, version=before.version + 1)
    return connection.execute(written).rowcount == 1


def delete(connection: sa.Connection, before: Quota) -> bool:
    """Delete a quota if nobody changed it meanwhile; tell whether that was so."""
    same = sa.and_(quota.c.id == before.id, quota.c.version == before.version)
    return connection.execute(sa.delete(quota).where(same)).rowcount == 1


def _quota(row: sa.Row[Any]) -> Quota:
    return Quota(
        id=row.id,
        public_id=row.public_id,
        institution_id=row.institution_id,
        subject=row.subject,
        period=row.period,
        first_day=_date(row.first_day),
        last_day=_date(row.last_day),
        minutes=row.minutes,
        bookings=row.bookings,
        version=row.version,
    )


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
