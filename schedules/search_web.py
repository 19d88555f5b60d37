"""The search for rooms over HTTP: a series in wall time, as the anchor zone has it, becomes spans."""

from typing import Annotated, Literal

import msgspec
import sqlalchemy as sa
from aiohttp import web
from msgspec import Meta

from rooms import Demand, Failing, Near, RoomKind, RoomView, feature_word, is_feature, room_views, search_rooms
from schedules.model import Timing
from schedules.planning import occurrences_of
from schedules.recurrence import Every, Rule
from schedules.refusals import InThePastError
from schedules.wire import FoldNumber, Minutes
from vclass import people
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.paging import page
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.wire import Routes
from vclass.core.zones import Instant, WallTime, canonical, local, rfc3339

GRID_MINUTES = 5
MOST_FEATURES = 40

routes = Routes("rooms")


class Sought(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When and what: ``count`` meetings of so many minutes from ``start`` on, a wall time in ``zone``.

    ``features`` are words between commas; ``institution`` is the one house whose rooms are wanted.
    """

    zone: str
    start: str
    minutes: Minutes
    count: Annotated[int, Meta(ge=1, le=366)] = 1
    every: Literal["day", "week", "month"] = "week"
    fold: FoldNumber | None = None
    capacity: Annotated[int, Meta(ge=1, le=100_000)] = 1
    features: Annotated[str, Meta(max_length=2000)] = ""
    institution: str | None = None
    kind: RoomKind | None = None
    cursor: str | None = None


class FailingView(msgspec.Struct, frozen=True):
    """A time at which a room can't be had, why, and from when on it can; ``until`` is null if that doesn't pass."""

    start: str
    end: str
    reason: str
    until: str | None


class NearView(msgspec.Struct, frozen=True):
    """A room that would do but for one thing.

    It is free at all times but the ``failing`` ones; or every time if the series started at ``start``, moved by
    ``shift_minutes``; or it has ``seats_short`` seats too few; or it ``lacks`` a feature.
    """

    room: RoomView
    free: int
    failing: tuple[FailingView, ...] = ()
    shift_minutes: int | None = None
    start: str | None = None
    seats_short: int = 0
    lacks: tuple[str, ...] = ()


class SearchView(msgspec.Struct, frozen=True):
    """The rooms that are free at all ``occurrences``, one's own first, the smallest that do first of them.

    ``near`` are those that nearly are, the nearest first; they come with the first page.
    """

    occurrences: int
    rooms: tuple[RoomView, ...]
    near: tuple[NearView, ...]
    cursor: str | None = None


@routes.operation(
    "GET",
    "/rooms/search",
    action="rooms.see",
    summary="Rooms that are free every time, and those that nearly are",
    problems=(403,),
)
async def search(request: web.Request, query: Sought) -> SearchView:
    return await request.app[DATABASE].read(search_view, request[ACTOR], query, request.app[CLOCK]())


def search_view(connection: sa.Connection, actor: Actor, query: Sought, now: Instant) -> SearchView:
    """What the search tells.

    Raises:
        InvalidInputError: Some of what is asked is wrong.
        GapError: Some starts don't exist.
        FoldError: A start exists twice.
        InThePastError: It is over.
    """
    demand = _demand(connection, query)
    if demand.spans[0][1] <= now:
        raise InThePastError(WallTime.parse(query.start), canonical(query.zone), now)
    found = search_rooms(connection, actor, demand, now)
    free, cursor = page(found.free, query.cursor)
    near = found.near if query.cursor is None else ()
    views = {each.id: each for each in room_views(connection, [*free, *(each.room for each in near)])}
    return SearchView(
        occurrences=len(demand.spans),
        rooms=tuple(views[each.public_id] for each in free),
        near=tuple(_near_view(each, views[each.room.public_id], demand, query.zone) for each in near),
        cursor=cursor,
    )


def _demand(connection: sa.Connection, query: Sought) -> Demand:
    start = WallTime.parse(query.start)
    if start.time.minute % GRID_MINUTES or start.time.second:
        raise InvalidInputError([FieldError("start", "choose a full five minutes")])
    rule = _rule(query.every, query.count)
    timing = Timing(canonical(query.zone), start, query.minutes, query.fold, rule)
    try:
        occurrences = occurrences_of(timing)
    except InvalidInputError as refusal:
        named = [FieldError(each.field.removeprefix("repeat."), each.message) for each in refusal.errors]
        raise InvalidInputError(named) from None
    return Demand(
        spans=tuple((each.starts, each.ends) for each in occurrences),
        seats=query.capacity,
        features=_features(query.features),
        kind=query.kind,
        house=_house(connection, query.institution),
    )


def _rule(every: Every, count: int) -> Rule | None:
    return Rule(every, count=count) if count > 1 else None


def _features(text: str) -> frozenset[str]:
    words = [each for each in text.split(",") if each.strip()]
    if len(words) > MOST_FEATURES or not all(map(is_feature, words)):
        raise InvalidInputError([FieldError("features", f"write at most {MOST_FEATURES} words between commas")])
    return frozenset(map(feature_word, words))


def _house(connection: sa.Connection, public_id: str | None) -> int | None:
    if public_id is None:
        return None
    found = {each.public_id: each.id for each in people.institutions(connection)}
    if public_id not in found:
        raise InvalidInputError([FieldError("institution", "there is none of this id")])
    return found[public_id]


def _near_view(near: Near, room: RoomView, demand: Demand, zone: str) -> NearView:
    shift = near.shift_minutes
    first = demand.spans[0][0]
    return NearView(
        room=room,
        free=len(demand.spans) - len(near.failing),
        failing=tuple(map(_failing_view, near.failing)),
        shift_minutes=shift,
        start=None if shift is None else str(local(first + 60 * shift, zone)),
        seats_short=near.seats_short,
        lacks=near.lacks,
    )


def _failing_view(each: Failing) -> FailingView:
    until = None if each.until is None else rfc3339(each.until)
    return FailingView(rfc3339(each.starts), rfc3339(each.ends), each.reason, until)
