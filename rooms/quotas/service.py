"""What administrators can do with the quotas of their house, and what everybody may know of them."""

from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.quotas.model import NewQuota, Quota, QuotaPatch, checked, merged
from rooms.store import quotas as store
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError, StaleError
from vclass.core.tokens import new_id
from vclass.people import Subject, require

FIRST_VERSION = 1


def add_quota(connection: sa.Connection, actor: Actor, wish: NewQuota, now: int) -> Quota:
    """Set a quota on the rooms and kit of the actor's institution; what is booked already stays booked.

    Raises:
        InvalidInputError: Some fields are wrong.
    """
    require(actor, "quotas.manage", Subject(institution=actor.institution_id))
    assert actor.institution_id is not None, "the matrix lets only an institution's own people manage its quotas"
    tidy = checked(wish)
    values = {
        "public_id": new_id(),
        "institution_id": actor.institution_id,
        "subject": tidy.subject,
        "period": tidy.period,
        "first_day": None if tidy.term is None else tidy.term.first.isoformat(),
        "last_day": None if tidy.term is None else tidy.term.last.isoformat(),
        "minutes": tidy.minutes,
        "bookings": tidy.bookings,
        "created_at": now,
        "version": FIRST_VERSION,
    }
    made = store.insert(connection, values)
    _note(connection, actor, made, {"after": msgspec.to_builtins(tidy)}, now)
    return made


def see_quotas(connection: sa.Connection, actor: Actor) -> list[Quota]:
    """The quotas of the actor's institution, the oldest first."""
    require(actor, "rooms.see", Subject(institution=actor.institution_id))
    return [] if actor.institution_id is None else store.of_institution(connection, actor.institution_id)


def see_quota(connection: sa.Connection, actor: Actor, public_id: str) -> Quota:
    """One quota of the actor's institution.

    Raises:
        NotFoundError: There is none of that name.
    """
    found = store.by_public_id(connection, public_id)
    if found is None or found.institution_id != actor.institution_id:
        raise NotFoundError("quota")
    require(actor, "rooms.see", Subject(institution=found.institution_id))
    return found


def change_quota(
    connection: sa.Connection, actor: Actor, public_id: str, patch: QuotaPatch, *, version: int, now: int
) -> Quota:
    """Change the limits of a quota; what is booked already stays booked.

    Raises:
        NotFoundError: There is none of that name.
        InvalidInputError: What comes of it makes no sense.
        StaleError: Somebody changed it since version ``version``.
    """
    before = _managed(connection, actor, public_id)
    after = checked(merged(before.wish, patch))
    values: dict[str, Any] = {"minutes": after.minutes, "bookings": after.bookings}
    if after.term is not None:
        values |= {"first_day": after.term.first.isoformat(), "last_day": after.term.last.isoformat()}
    if before.version != version or not store.change(connection, before, values):
        raise StaleError(before.version)
    facts = {"before": msgspec.to_builtins(before.wish), "after": msgspec.to_builtins(after)}
    _note(connection, actor, before, facts, now)
    return see_quota(connection, actor, public_id)


def delete_quota(connection: sa.Connection, actor: Actor, public_id: str, *, version: int, now: int) -> Quota:
    """Lift a quota, and tell what it was.

    Raises:
        NotFoundError: There is none of that name.
        StaleError: Somebody changed it since version ``version``.
    """
    before = _managed(connection, actor, public_id)
    if before.version != version or not store.delete(connection, before):
        raise StaleError(before.version)
    _note(connection, actor, before, {"before": msgspec.to_builtins(before.wish)}, now)
    return before


def _managed(connection: sa.Connection, actor: Actor, public_id: str) -> Quota:
    found = see_quota(connection, actor, public_id)
    require(actor, "quotas.manage", Subject(institution=found.institution_id))
    return found


def _note(connection: sa.Connection, actor: Actor, of: Quota, facts: dict[str, Any], now: int) -> None:
    entry = audit.Entry(now, actor.person_id, of.institution_id, "quotas.manage", "quota", of.id, facts)
    audit.append(connection, [entry])
