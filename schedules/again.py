"""The same wish for another time: what alternatives are tried with."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from rooms import Wish
from schedules import planning, splits
from schedules.model import Change, Creation, Draft, Split, Swap
from schedules.wants import TimesMissingError
from vclass.core.refusals import Refusal
from vclass.core.zones import Instant, WallTime


def again(connection: sa.Connection, wish: Wish, draft: Draft) -> Wish | None:
    """The same wish for another time; None where such a time can't be, or would leave out more dates."""
    try:
        return AGAIN[type(wish.payload)](connection, wish, draft)
    except (Refusal, TimesMissingError):
        return None


def _create(connection: sa.Connection, wish: Wish, draft: Draft) -> Wish | None:
    creation = wish.payload
    assert isinstance(creation, Creation)
    ignore = creation.ignores_closures
    tried = planning.prepare_creation(connection, creation.actor, draft, None, wish.now, ignores_closures=ignore)
    if tried.skipped or tried.occurrences[0].starts <= wish.now:
        return None
    return replace(wish, bookings=planning.bookings_for(tried.occurrences, wish.bookings[0].wants))


def _change(connection: sa.Connection, wish: Wish, draft: Draft) -> Wish | None:
    change = wish.payload
    assert isinstance(change, Change)
    if change.about is None:
        tried = _changed(connection, change, draft, wish.now)
        return None if tried is None else planning.change_wish(tried, wish.now)
    return planning.change_wish(_one(connection, change, change.about, draft, wish.now), wish.now)


def _one(connection: sa.Connection, change: Change, name: WallTime, draft: Draft, now: Instant) -> Change:
    """The change of one meeting alone: it moves, or it takes place after all."""
    lesson, ignore = change.before, change.ignores_closures
    (planned,) = (each for each in change.plan if each.recurrence == name)
    if planned.of is None or planned.anew:
        return planning.prepare_added(connection, change.actor, lesson, name, draft, now, ignores_closures=ignore)
    return planning.prepare_one(connection, change.actor, lesson, planned.of, draft, now, ignores_closures=ignore)


def _swap(_connection: sa.Connection, _wish: Wish, _draft: Draft) -> Wish | None:
    """Two lessons have no other time in common; each can be changed on its own."""
    return None


def _split(connection: sa.Connection, wish: Wish, draft: Draft) -> Wish | None:
    split = wish.payload
    assert isinstance(split, Split)
    rest = _changed(connection, split.rest, draft, wish.now)
    return None if rest is None else splits.wish(replace(split, rest=rest), wish.now)


def _changed(connection: sa.Connection, change: Change, draft: Draft, now: Instant) -> Change | None:
    ignore = change.ignores_closures
    tried = planning.prepare_change(connection, change.actor, change.before, draft, now, ignores_closures=ignore)
    return None if len(tried.skipped) > len(change.skipped) else tried


AGAIN: Final[Mapping[type, Callable[[sa.Connection, Wish, Draft], Wish | None]]] = {
    Creation: _create,
    Change: _change,
    Split: _split,
    Swap: _swap,
}
