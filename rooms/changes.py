"""Changes of what can be booked, as wishes at the desk: a resource is locked before anything of it changes.

What stands keeps its claims: new hours and buffers hold for new bookings. A pool never has fewer pieces than are
booked at one moment to come, and what is booked is not retired.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa

from rooms import houses, service
from rooms.model import Result, Wish
from rooms.photos import Photo
from rooms.resources_model import (
    Equipment,
    NameTakenError,
    Patch,
    Room,
    StillBookedError,
    checked,
)
from rooms.store import bookings, occupancy, resources
from rooms.store.occupancy import Stretch
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError, Refusal, StaleError
from vclass.core.spans import Load, peak
from vclass.core.zones import Instant, rfc3339
from vclass.people import Subject, require

RESOURCE_CHANGE = "resource.change"
MOST_NAMED = 20
"""So many bookings are named in a refusal."""


@dataclass(frozen=True, slots=True)
class Amend:
    """Change what a patch names."""

    actor: Actor
    public_id: str
    kind: type[Room | Equipment]
    version: int
    patch: Patch


@dataclass(frozen=True, slots=True)
class Retire:
    """Take something out of use for good; what took place in it stays."""

    actor: Actor
    public_id: str
    kind: type[Room | Equipment]
    version: int


@dataclass(frozen=True, slots=True)
class Revive:
    """Bring something back that was taken out of use."""

    actor: Actor
    public_id: str
    kind: type[Room | Equipment]
    version: int


@dataclass(frozen=True, slots=True)
class PutPhoto:
    """Give a room a picture, or take it away."""

    actor: Actor
    public_id: str
    kind: type[Room | Equipment]
    version: int
    photo: Photo | None


Change: TypeAlias = Amend | Retire | Revive | PutPhoto


def change_wish(change: Change, now: Instant) -> Wish:
    """The wish to hand in at the desk; its answer is the resource as it is then, or a refusal."""
    actor = change.actor
    assert actor.person_id is not None, "the middleware lets nobody in who isn't signed in"
    return Wish(
        kind=RESOURCE_CHANGE,
        institution_id=actor.institution_id or 0,
        owner_id=actor.person_id,
        bookings=(),
        by=actor,
        payload=change,
        now=now,
        alone=True,
    )


class ResourceChangeClerk:
    """Changes and retires resources; each such wish has a batch of its own, so nothing is decided beside it."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return [self._admit(connection, wish) for wish in wishes]

    def record(self, _connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        raise AssertionError(f"{len(results)} changes of resources were not answered at admission")

    def _admit(self, connection: sa.Connection, wish: Wish) -> object:
        change = wish.payload
        assert isinstance(change, Change)
        try:
            before = _locked(connection, change)
            return _CARRY_OUT[type(change)](connection, change, before, wish.now)
        except Refusal as refusal:
            return refusal


def _locked(connection: sa.Connection, change: Change) -> Room | Equipment:
    """The resource at the version that the actor has read, locked."""
    look = _see_retired if isinstance(change, Revive) else service.see
    see = partial(look, connection, change.actor, change.public_id, change.kind)
    before = see()
    require(change.actor, "rooms.manage", Subject(institution=before.institution_id))
    bookings.lock_rules(connection, [before.id])
    if (current := see().version) != change.version:
        raise StaleError(current)
    return before


def _amend(connection: sa.Connection, change: Amend, before: Room | Equipment, now: Instant) -> Room | Equipment:
    patch = checked(change.patch)
    given = {name: value for name, value in sorted(_fields(patch).items()) if value is not msgspec.UNSET}
    name = given.get("name", before.name)
    if name != before.name and resources.has_name(connection, before.institution_id, name):
        raise NameTakenError(name, resources.free_name(connection, before.institution_id, name))
    if isinstance(before, Equipment) and given.get("quantity", before.quantity) != before.quantity:
        _refit(connection, before, given["quantity"], now)
    was = service.as_told(before, resources.details_of(connection, [before.id])[before.id])
    service.write(connection, before, given)
    facts = {"before": {each: was[each] for each in given}, "after": msgspec.to_builtins(given)}
    service.note(connection, change.actor, before, facts, now)
    return service.see(connection, change.actor, change.public_id, change.kind)


def _fields(patch: Patch) -> dict[str, Any]:
    return {name: getattr(patch, name) for name in patch.__struct_fields__}


def _refit(connection: sa.Connection, pool: Equipment, quantity: int, now: Instant) -> None:
    """Write what stands anew for another quantity: the guard knows single pieces, and a blocking takes all there is."""
    stands = occupancy.claims_from(connection, pool.id, now)
    booked = [each for each in stands if not each.blocking]
    moment = _overfull_from(booked, quantity)
    if moment is not None:
        least = peak([_load(each) for each in booked], now, max(each.ends for each in booked))
        raise StillBookedError(
            f"More than {quantity} of {pool.name} are booked from {rfc3339(moment)} on. Keep {least}, or move some of "
            "these bookings first.",
            least=least,
            **_named(each for each in booked if each.starts <= moment < each.ends),
        )
    occupancy.rewrite(connection, stands, quantity)


def _overfull_from(stands: Iterable[Stretch], quantity: int) -> Instant | None:
    """The first moment at which more is taken than there would be."""
    loads = [_load(each) for each in stands]
    steps = [(starts, taken) for starts, _, taken in loads] + [(ends, -taken) for _, ends, taken in loads]
    level = 0
    for moment, change in sorted(steps):  # at one moment returns (negative) sort before takings
        level += change
        if level > quantity:
            return moment
    return None


def _load(stretch: Stretch) -> Load:
    return stretch.starts, stretch.ends, stretch.quantity


def _retire(connection: sa.Connection, change: Retire, before: Room | Equipment, now: Instant) -> Room | Equipment:
    stands = occupancy.lessons_from(connection, before.id, now)
    if stands:
        raise StillBookedError(
            f"{before.name} is booked or asked for {len(stands)} times from now on. Move these bookings, cancel them "
            'or reject those that wait; or block it until then ("on_clash": "displace"), which tells their people. '
            "Then retire it.",
            **_named(stands),
        )
    resources.replace(connection, before, {"retired_at": now})
    service.note(connection, change.actor, before, {"retired": True}, now)
    return before


def _revive(connection: sa.Connection, change: Revive, before: Room | Equipment, now: Instant) -> Room | Equipment:
    resources.replace(connection, before, {"retired_at": None})
    service.note(connection, change.actor, before, {"retired": False}, now)
    return service.see(connection, change.actor, change.public_id, change.kind)


def _see_retired(
    connection: sa.Connection, actor: Actor, public_id: str, kind: type[Room | Equipment]
) -> Room | Equipment:
    found = houses.see_managed(connection, actor, public_id, kind)
    if not found.retired:
        raise NotFoundError(kind.__name__.lower())
    return found.of


def _put_photo(connection: sa.Connection, change: PutPhoto, before: Room | Equipment, now: Instant) -> Room | Equipment:
    if change.photo is None:
        if not resources.drop_photo(connection, before.id):
            raise NotFoundError("photo")
    else:
        resources.put_photo(connection, before.id, {**asdict(change.photo), "created_at": now})
    resources.replace(connection, before, {})
    service.note(connection, change.actor, before, {"photo": change.photo and change.photo.digest}, now)
    return before


def _named(stands: Iterable[Stretch]) -> dict[str, Any]:
    """The bookings of a refusal, and until when they stand."""
    known = sorted({(each.starts, each.ends, each.public_id, each.state) for each in stands})
    rows = [{"id": i, "start": rfc3339(a), "end": rfc3339(b), "state": s} for a, b, i, s in known[:MOST_NAMED]]
    return {"bookings": rows, "until": rfc3339(max(each[1] for each in known))}


_CARRY_OUT: dict[type[Change], Any] = {Amend: _amend, Retire: _retire, Revive: _revive, PutPhoto: _put_photo}
