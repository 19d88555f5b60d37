"""The same wish for another time: what alternatives are tried with."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from rooms import Wish
from schedules import planning, splits
from schedules.model import Change, Creation, Draft, Split
from schedules.wants import TimesMissingError
from vclass.core.refusals import Refusal


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
    one = next((each for each in change.before.dates if each.recurrence == change.about), None)
    if one is None:
        tried = _changed(connection, change, draft, wish.now)
        return None if tried is None else planning.change_wish(tried, wish.now)
    ignore = change.ignores_closures
    alone = planning.prepare_one(connection, change.actor, change.before, one, draft, wish.now, ignores_closures=ignore)
    return planning.change_wish(alone, wish.now)


def _split(connection: sa.Connection, wish: Wish, draft: Draft) -> Wish | None:
    split = wish.payload
    assert isinstance(split, Split)
    rest = _changed(connection, split.rest, draft, wish.now)
    return None if rest is None else splits.wish(replace(split, rest=rest), wish.now)


def _changed(connection: sa.Connection, change: Change, draft: Draft, now: int) -> Change | None:
    ignore = change.ignores_closures
    tried = planning.prepare_change(connection, change.actor, change.before, draft, now, ignores_closures=ignore)
    return None if len(tried.skipped) > len(change.skipped) else tried


AGAIN: Final[Mapping[type, Callable[[sa.Connection, Wish, Draft], Wish | None]]] = {
    Creation: _create,
    Change: _change,
    Split: _split,
}
