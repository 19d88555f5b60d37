"""Queries on bookings and claims; those that write are for the desk's batch alone."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from rooms.model import LONGEST_CLAIM_SECONDS, Busy, Claim, Purpose, Rules, State, Want
from rooms.store.tables import approval, booking, claim, opening, quota, resource
from vclass.core.db import as_json, insert_all_new, insert_numbered, insert_rows, integer_rows, listed, locked, of_ids
from vclass.core.dialects import built_once, by_index, fixed
from vclass.core.hours import Opening

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """A booking as it stands, locked for this transaction."""

    id: int
    public_id: str
    wish: str
    purpose: Purpose
    institution_id: int
    owner_id: int
    state: State
    reason: str | None
    hold_until: int | None
    starts: int
    ends: int
    wants: tuple[Want, ...]
    created_at: int
    version: int


def lock_bookings(connection: sa.Connection, booking_ids: Collection[int]) -> dict[int, Standing]:
    """Lock bookings in the order of their ids, which no two batches can do crosswise, and tell how they stand."""
    return {row.id: standing_of(row) for row in connection.execute(_locked_bookings(connection), of_ids(booking_ids))}


def standing(connection: sa.Connection, booking_ids: Collection[int]) -> dict[int, Standing]:
    """How some bookings stand, for a look that changes nothing."""
    return {row.id: standing_of(row) for row in connection.execute(_bookings(connection), of_ids(booking_ids))}


@built_once
def _locked_bookings(connection: sa.Connection) -> sa.Select[Any]:
    found = sa.select(booking).where(listed(connection, booking.c.id)).order_by(booking.c.id)
    return locked(connection, found)


@built_once
def _bookings(connection: sa.Connection) -> sa.Select[Any]:
    return sa.select(booking).where(listed(connection, booking.c.id)).order_by(booking.c.starts, booking.c.id)


def standing_by_public_id(connection: sa.Connection, public_id: str) -> Standing | None:
    row = connection.execute(sa.select(booking).where(booking.c.public_id == public_id)).one_or_none()
    return None if row is None else standing_of(row)


def of_wish(connection: sa.Connection, wish: str) -> list[Standing]:
    """All bookings of one wish, by start."""
    found = sa.select(booking).where(booking.c.wish == wish).order_by(booking.c.starts, booking.c.id)
    return [standing_of(row) for row in connection.execute(found)]


def lock_rules(connection: sa.Connection, resource_ids: Collection[int]) -> dict[int, Rules]:
    """Lock resources in the order of their ids, which no two batches can do crosswise, and tell their rules."""
    return _rules(connection, resource_ids, _locked_rules(connection))


def rules_of(connection: sa.Connection, resource_ids: Collection[int]) -> dict[int, Rules]:
    """The rules of resources, for a look that takes nothing."""
    return _rules(connection, resource_ids, _ruled(connection))


def _rules(connection: sa.Connection, resource_ids: Collection[int], found: sa.Select[Any]) -> dict[int, Rules]:
    rows = connection.execute(found, of_ids(resource_ids)).all()
    hours: defaultdict[int, list[Opening]] = defaultdict(list)
    for row in connection.execute(_openings(connection), of_ids(resource_ids)):
        hours[row.resource_id].append(opening_of(row))
    return {row.id: _rule(row, tuple(hours.get(row.id, ()))) for row in rows}


@built_once
def _locked_rules(connection: sa.Connection) -> sa.Select[Any]:
    return locked(connection, _ruled(connection))


@built_once
def _ruled(connection: sa.Connection) -> sa.Select[Any]:
    return sa.select(*_RULES).where(listed(connection, resource.c.id)).order_by(resource.c.id)


@built_once
def _openings(connection: sa.Connection) -> sa.Select[Any]:
    return sa.select(opening).where(listed(connection, opening.c.resource_id))


def _rule(row: sa.Row[Any], openings: tuple[Opening, ...]) -> Rules:
    return Rules(
        id=row.id,
        institution_id=row.institution_id,
        kind=row.kind,
        quantity=row.quantity,
        zone=row.zone or "Etc/UTC",
        setup=60 * row.setup_minutes,
        teardown=60 * row.teardown_minutes,
        horizon_days=row.horizon_days,
        longest_minutes=row.longest_minutes,
        approval=row.approval,
        answer_hours=row.answer_hours,
        retired=row.retired_at is not None,
        metered=row.metered,
        openings=openings,
    )


def opening_of(row: sa.Row[Any]) -> Opening:
    return Opening(row.weekday, row.opens_minute, row.closes_minute, _date(row.valid_from), _date(row.valid_until))


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def wants_text(wants: Iterable[Want]) -> str:
    return as_json((want.resource_id, want.quantity) for want in wants)


@lru_cache(maxsize=4096)
def wants_of(text: str) -> tuple[Want, ...]:
    return tuple(Want(resource_id, quantity) for resource_id, quantity in json.loads(text))


def standing_of(row: sa.Row[Any]) -> Standing:
    return Standing(
        id=row.id,
        public_id=row.public_id,
        wish=row.wish,
        purpose=row.purpose,
        institution_id=row.institution_id,
        owner_id=row.owner_id,
        state=row.state,
        reason=row.reason,
        hold_until=row.hold_until,
        starts=row.starts,
        ends=row.ends,
        wants=wants_of(row.wants),
        created_at=row.created_at,
        version=row.version,
    )


def claims_touching(connection: sa.Connection, windows: Iterable[tuple[int, int, int]]) -> list[Claim]:
    """All claims that touch any of the windows ``(resource_id, starts, ends)``, in one query."""
    return list(claims_by_id(connection, windows).values())


def claims_by_id(connection: sa.Connection, windows: Iterable[tuple[int, int, int]]) -> dict[int, Claim]:
    """The same with the ids of their rows, for who asks more than once."""
    rows = connection.execute(touching(connection), {"windows": as_json(windows)})
    return {claim_id: Claim(*held) for claim_id, *held in rows}


@built_once
def touching(connection: sa.Connection) -> sa.Select[Any]:
    """The bounded look back: no claim that touches a window began more than a day before it."""
    window = integer_rows(connection, "windows", ("resource_id", "starts", "ends"))
    touches = sa.and_(
        claim.c.resource_id == window.c.resource_id,
        claim.c.starts < window.c.ends,
        claim.c.starts > window.c.starts - fixed(LONGEST_CLAIM_SECONDS),
        claim.c.ends > window.c.starts,
    )
    joined, near = by_index(connection, window, claim, touches)
    columns = (near.id, near.booking_id, near.resource_id, near.quantity, near.starts, near.ends)
    return sa.select(*columns).select_from(joined)


def drop_claims(connection: sa.Connection, booking_ids: Collection[int]) -> None:
    """Let go of all that bookings hold."""
    if booking_ids:
        connection.execute(sa.delete(claim).where(listed(connection, claim.c.booking_id)), of_ids(booking_ids))


def set_state(connection: sa.Connection, booking_ids: Collection[int], state: str, reason: str | None) -> None:
    """Put bookings into a state that holds nothing."""
    if not booking_ids:
        return
    standing_ones = sa.update(booking).where(listed(connection, booking.c.id), booking.c.state != state)
    changed = standing_ones.values(state=state, reason=reason, hold_until=None, version=booking.c.version + 1)
    connection.execute(changed, of_ids(booking_ids))


def note_reason(connection: sa.Connection, booking_ids: Collection[int], reason: str) -> None:
    """Say why bookings that stay as they are did not get further."""
    noted = sa.update(booking).where(listed(connection, booking.c.id))
    connection.execute(noted.values(reason=reason, version=booking.c.version + 1), of_ids(booking_ids))


def change_bookings(connection: sa.Connection, rows: Sequence[Row]) -> None:
    """Write what standing bookings have from now on."""
    changed = sa.update(booking).where(booking.c.id == sa.bindparam("booking_id"))
    values = {
        "state": sa.bindparam("new_state"),
        "hold_until": sa.bindparam("new_hold"),
        "starts": sa.bindparam("new_starts"),
        "ends": sa.bindparam("new_ends"),
        "wants": sa.bindparam("new_wants"),
        "reason": sa.bindparam("new_reason"),
        "confirmed_at": sa.func.coalesce(booking.c.confirmed_at, sa.bindparam("confirmed", type_=sa.BigInteger)),
        "version": booking.c.version + 1,
    }
    connection.execute(changed.values(values), rows)


def set_spans(connection: sa.Connection, spans: Sequence[tuple[int, int, int]]) -> None:
    """Move bookings that hold nothing: id, start, end."""
    moved = sa.update(booking).where(booking.c.id == sa.bindparam("booking_id"))
    values = {
        "starts": sa.bindparam("new_starts"),
        "ends": sa.bindparam("new_ends"),
        "version": booking.c.version + 1,
    }
    rows = [{"booking_id": each, "new_starts": starts, "new_ends": ends} for each, starts, ends in spans]
    if rows:
        connection.execute(moved.values(values), rows)


def insert_approvals(connection: sa.Connection, rows: Sequence[Row]) -> None:
    """Ask houses for their approval; where one was asked before, it is asked again."""
    insert_all_new(connection, approval, [{**row, "state": "pending"} for row in rows])


def insert_bookings(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert bookings and give their ids in the order of the rows."""
    return insert_numbered(connection, booking, rows)


def insert_claims(connection: sa.Connection, rows: Sequence[Row]) -> None:
    insert_rows(connection, claim, rows)


def bookings_between(
    connection: sa.Connection,
    resource_ids: Collection[int],
    starts: int,
    ends: int,
    first: int = 0,
    most: int | None = None,
) -> list[Busy]:
    """What is taken of some resources in a span, by start; from the ``first`` on, at most so many."""
    found = (
        sa.select(*_BUSY)
        .join_from(claim, booking, claim.c.booking_id == booking.c.id)
        .join(resource, claim.c.resource_id == resource.c.id)
        .where(
            listed(connection, claim.c.resource_id),
            claim.c.starts < ends,
            claim.c.starts > starts - LONGEST_CLAIM_SECONDS,
            claim.c.ends > starts,
        )
        .order_by(claim.c.starts, claim.c.id)
        .offset(first)
        .limit(most)
    )
    return [Busy(**row) for row in connection.execute(found, of_ids(resource_ids)).mappings()]


_BUSY = (
    claim.c.resource_id,
    resource.c.public_id.label("resource_public_id"),
    resource.c.institution_id.label("resource_institution_id"),
    claim.c.quantity,
    claim.c.starts,
    claim.c.ends,
    booking.c.id.label("booking_id"),
    booking.c.public_id,
    booking.c.institution_id,
    booking.c.owner_id,
    booking.c.state,
    booking.c.purpose,
    booking.c.starts.label("booking_starts"),
    booking.c.ends.label("booking_ends"),
)
_RULES = (
    resource.c.id,
    resource.c.institution_id,
    resource.c.kind,
    resource.c.quantity,
    resource.c.zone,
    resource.c.setup_minutes,
    resource.c.teardown_minutes,
    resource.c.horizon_days,
    resource.c.longest_minutes,
    resource.c.approval,
    resource.c.answer_hours,
    resource.c.retired_at,
    sa.exists().where(quota.c.institution_id == resource.c.institution_id).label("metered"),
)
