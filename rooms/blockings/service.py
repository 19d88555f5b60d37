"""What administrators do with blockings: prepared here in a reader, decided at the desk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from rooms.blockings.model import (
    BLOCK,
    UNBLOCK,
    Block,
    BlockedView,
    Blocking,
    BlockingList,
    BlockingView,
    NewBlocking,
)
from rooms.model import GRID_SECONDS, HOLDING, BookingWish, Want, Wish
from rooms.resources_model import Equipment, Resource, Room
from rooms.service import managed
from rooms.store import bookings, resources
from rooms.store.blockings import blockings_between, bookings_of
from rooms.store.bookings import Standing
from vclass import people
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.paging import DAYS, LONGEST_SPAN, fetched
from vclass.core.refusals import FieldError, InvalidInputError, NotFoundError
from vclass.core.spans import Span
from vclass.core.texts import is_line
from vclass.core.tokens import new_id
from vclass.core.zones import Fold, Gap, Instant, WallTime, WallTimeError, resolve, rfc3339
from vclass.people import Subject, require


def prepare_blocking(connection: sa.Connection, actor: Actor, body: NewBlocking, key: Key | None, now: Instant) -> Wish:
    """The wish for a blocking; with ``displace`` it lets go of what stands there now.

    Raises:
        InvalidInputError: Some fields are wrong; each is named.
        ForbiddenError: The actor doesn't administer one of the resources.
    """
    house = managed(actor)
    assert actor.person_id is not None, "the matrix lets only people manage rooms"
    wanted = _Reader(connection, actor).bookings(house, body, now)
    stands = _in_the_way(connection, wanted) if body.on_clash == "displace" else []
    return Wish(
        kind=BLOCK,
        institution_id=house,
        owner_id=actor.person_id,
        bookings=wanted,
        release=tuple(each.id for each in stands),
        released="displaced",
        reason=body.reason.strip(),
        purpose="blocking",
        name=new_id(),
        by=actor,
        payload=Blocking(actor, body.reason.strip(), [each.public_id for each in stands], key),
        now=now,
    )


def prepare_removal(connection: sa.Connection, actor: Actor, name: str, now: Instant) -> Wish:
    """The wish to end a blocking.

    Raises:
        NotFoundError: The actor's institution has no such blocking.
    """
    house = managed(actor)
    rows = bookings_of(connection, house, [name])
    if not rows:
        raise NotFoundError("blocking")
    return Wish(
        kind=UNBLOCK,
        institution_id=house,
        owner_id=rows[0]["owner_id"],
        bookings=(),
        release=tuple(row["id"] for row in rows),
        purpose="blocking",
        name=name,
        by=actor,
        now=now,
    )


def displaced_by(wish: Wish) -> Sequence[str]:
    """Public ids of the bookings that a blocking would displace."""
    assert isinstance(wish.payload, Blocking)
    return wish.payload.displaced


def standing_blockings(connection: sa.Connection, actor: Actor, span: Span) -> list[Block]:
    """The blockings of a span at the actor's institution, by start."""
    house = managed(actor)
    rows = _rows(connection, house, blockings_between(connection, house, span))
    known = _resources(connection, rows)
    return [
        Block(
            name,
            tuple(known[bookings.wants_of(row["wants"])[0].resource_id] for row in some),
            (min(row["starts"] for row in some), max(row["ends"] for row in some)),
            some[0]["reason"] or "",
            some[0]["owner_id"],
        )
        for name, some in rows.items()
    ]


def list_blockings(connection: sa.Connection, actor: Actor, span: Span, cursor: str | None) -> BlockingList:
    """A page of the blockings at the actor's institution."""
    house = managed(actor)
    names, following = fetched(partial(blockings_between, connection, house, span), cursor)
    rows = _rows(connection, house, names)
    known = _resources(connection, rows)
    return BlockingList(
        tuple(
            BlockingView(
                name,
                some[0]["reason"] or "",
                tuple(_blocked(known, row) for row in some),
            )
            for name, some in rows.items()
        ),
        following,
    )


def _rows(connection: sa.Connection, house: int, names: Sequence[str]) -> dict[str, list[sa.RowMapping]]:
    """The bookings of each blocking, in the order of the names."""
    rows: dict[str, list[sa.RowMapping]] = {name: [] for name in names}
    for row in bookings_of(connection, house, names):
        rows[row["wish"]].append(row)
    return rows


def _resources(connection: sa.Connection, rows: Mapping[str, Sequence[sa.RowMapping]]) -> dict[int, Resource]:
    ids = {bookings.wants_of(row["wants"])[0].resource_id for some in rows.values() for row in some}
    return resources.resources_by_ids(connection, ids)


def _blocked(known: Mapping[int, Resource], row: sa.RowMapping) -> BlockedView:
    of = known[bookings.wants_of(row["wants"])[0].resource_id]
    return BlockedView(of.public_id, rfc3339(row["starts"]), rfc3339(row["ends"]))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns names and wall times into resources and instants."""

    connection: sa.Connection
    actor: Actor

    def bookings(self, house: int, body: NewBlocking, now: Instant) -> tuple[BookingWish, ...]:
        """One booking for each resource, since each has its own clocks."""
        start, end, errors = self._walls(body)
        found = self._resources(body.resources, errors)
        if errors:
            raise InvalidInputError(errors)
        home = people.institution(self.connection, house)
        assert home is not None, "people belong to institutions that there are"
        spans = [_span(start, end, each.zone if isinstance(each, Room) else home.zone) for each in found]
        if any(not 0 < ends - starts <= LONGEST_SPAN or ends <= now for starts, ends in spans):
            way = f"end after the start and after now, at most {DAYS} days later"
            raise InvalidInputError([FieldError("end", way)])
        return tuple(
            BookingWish(each.public_id, *span, (Want(each.id, each.quantity),))
            for each, span in zip(found, spans, strict=True)
        )

    def _walls(self, body: NewBlocking) -> tuple[WallTime, WallTime, list[FieldError]]:
        errors = [] if is_line(body.reason) else [FieldError("reason", "write one line of visible text")]
        walls = []
        for name, text in (("start", body.start), ("end", body.end)):
            try:
                walls.append(_on_grid(text, name))
            except InvalidInputError as refusal:
                errors.extend(refusal.errors)
                walls.append(WallTime.parse("1970-01-01T00:00"))
        return walls[0], walls[1], errors

    def _resources(self, names: Sequence[str], errors: list[FieldError]) -> list[Room | Equipment]:
        known = resources.resources_by_public_id(self.connection, names, self.actor.institution_id)
        found = []
        for place, name in enumerate(names):
            each = known.get(name)
            if not isinstance(each, Room | Equipment) or name in names[:place]:
                errors.append(FieldError(f"resources[{place}]", "name a room or kit of your institution, once"))
                continue
            require(self.actor, "rooms.manage", Subject(institution=each.institution_id))
            found.append(each)
        return found


def _on_grid(text: str, name: str) -> WallTime:
    try:
        wall = WallTime.parse(text)
    except WallTimeError as refusal:
        raise InvalidInputError([FieldError(name, refusal.errors[0].message)]) from None
    if (wall.time.minute * 60 + wall.time.second) % GRID_SECONDS:
        raise InvalidInputError([FieldError(name, "choose a full five minutes")])
    return wall


def _span(start: WallTime, end: WallTime, zone: str) -> Span:
    """Rather too much than too little, where clocks change at the start or the end."""
    return min(_instants(start, zone)), max(_instants(end, zone))


def _instants(wall: WallTime, zone: str) -> Iterator[Instant]:
    found = resolve(wall, zone)
    if isinstance(found, Gap):
        for each in found.readings:
            yield from _instants(each, zone)
    elif isinstance(found, Fold):
        yield from found.instants
    else:
        yield found


def _in_the_way(connection: sa.Connection, wanted: Sequence[BookingWish]) -> list[Standing]:
    """The lessons that hold something there; another blocking is not displaced."""
    pairs = [(each.wants[0].resource_id, each.span) for each in wanted]
    rules = bookings.rules_of(connection, [resource_id for resource_id, _ in pairs])
    windows = [(resource_id, *rules[resource_id].held(span)) for resource_id, span in pairs]
    held = {each.booking_id for each in bookings.claims_touching(connection, windows)}
    stands = bookings.standing(connection, held).values() if held else ()
    return [each for each in stands if each.purpose == "lesson" and each.state in HOLDING]
