"""Kit that isn't back: once, somebody who can do something about it is told, and whoever comes short next."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias

import sqlalchemy as sa

from rooms.custody.model import AHEAD_SECONDS, Custody, first_short
from rooms.store import bookings
from rooms.store import custody as store
from rooms.store.bookings import Standing
from vclass import people
from vclass.core import outbox
from vclass.core.outbox import Effect
from vclass.people import Person

KIND = "notice"
OUT_PATH = "/rooms/manage/custody"
Paths: TypeAlias = Callable[[sa.Connection, Collection[int]], Mapping[int, str]]
"""The page of each of some bookings, where it has one."""


def tell_overdue(connection: sa.Connection, now: int, paths: Paths) -> int:
    """Write to the house's administrators and to the next who lacks the kit; for the clockwork. How much was overdue.

    Each is told once of each handing out, however many processes look.
    """
    late = store.take_overdue(connection, now)
    outbox.put(connection, [effect for each in late for effect in _effects(connection, each, now, paths)], now)
    return len(late)


def _effects(connection: sa.Connection, late: Custody, now: int, paths: Paths) -> Iterator[Effect]:
    needs = _next(connection, late.resource_id, now)
    holder = people.people_by_id(connection, [late.holder_id])[late.holder_id]
    for each in people.administrators(connection, late.institution_id):
        yield _effect(late, each, holder, "approver", needs, OUT_PATH)
    if needs is not None:
        borrower = people.people_by_id(connection, [needs.owner_id])[needs.owner_id]
        path = paths(connection, [needs.id]).get(needs.id, "/")
        yield _effect(late, borrower, holder, "borrower", needs, path)


def _next(connection: sa.Connection, resource_id: int, now: int) -> Standing | None:
    """The next booking that comes short of the pool if nothing comes back."""
    pool = store.pool(connection, resource_id)
    missing = [each for each in store.out_of_pool(connection, resource_id) if each.due_at <= now]
    without = {each.booking_id for each in missing}
    ahead = store.claims_ahead(connection, resource_id, now, now + AHEAD_SECONDS, without)
    short = first_short(pool.quantity, sum(each.quantity for each in missing), ahead, now)
    return None if short is None else bookings.standing(connection, [short])[short]


def _effect(late: Custody, to: Person, holder: Person, part: str, needs: Standing | None, path: str) -> Effect:
    needed = None if needs is None else max(needs.starts, late.due_at)
    span = (late.due_at, needed or late.due_at)
    facts: dict[str, Any] = {
        "notice": "overdue",
        "to": part,
        "name": to.name,
        "language": to.language,
        "zone": to.zone,
        "title": late.resource_name if late.quantity == 1 else f"{late.quantity} \u00d7 {late.resource_name}",
        "first": span,
        "last": span,
        "by": holder.name,
        "until": needed or 0,
        "path": path,
    }
    key = f"overdue|{late.public_id}|{part}|{to.email}"
    return Effect(KIND, key, key, to.email, facts)
