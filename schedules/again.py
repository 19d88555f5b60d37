"""The same wish for another time or other things: what alternatives are tried with."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

import sqlalchemy as sa

from rooms import Wish
from schedules import closed, planning, splits
from schedules.model import Change, Creation, Draft, Quantity, Split, Swap
from schedules.wants import TimesMissingError, things
from vclass.core.refusals import Refusal
from vclass.core.zones import Instant, WallTime

Try: TypeAlias = Callable[[Draft], Wish | None]
"""From another draft to its wish."""


def again(connection: sa.Connection, wish: Wish, *, idle: bool = False) -> Try:
    """Makes the same wish from another draft: at another time, with other things.

    The draft is what the caller would ask for. None where it can't be, or would leave out more dates; unless ``idle``
    also where nothing would move, since that is no other way.
    """
    make = AGAIN[type(wish.payload)](connection, wish)

    def attempt(draft: Draft) -> Wish | None:
        try:
            made = make(draft)
        except (Refusal, TimesMissingError):
            return None
        return made if made is None or made.bookings or idle else None

    return attempt


def _create(connection: sa.Connection, wish: Wish) -> Try:
    """A new lesson is prepared as it was, but what its houses plan around is read once for all times."""
    creation = wish.payload
    assert isinstance(creation, Creation)
    people = wish.bookings[0].wants[len(creation.draft.resources) :]
    known: dict[tuple[Quantity, ...], closed.Days] = {}

    def days_for(draft: Draft) -> closed.Days:
        if creation.ignores_closures:
            return closed.Days(wish.institution_id)
        if draft.resources not in known:
            known[draft.resources] = closed.days_of(connection, draft, wish.institution_id)
        return known[draft.resources]

    def make(draft: Draft) -> Wish | None:
        every = planning.occurrences_of(draft.timing)
        _, occurrences, skipped = closed.open_dates(draft.timing, every, days_for(draft))
        if len(skipped) > len(creation.skipped) or occurrences[0].starts <= wish.now:
            return None
        return replace(wish, bookings=planning.bookings_for(occurrences, (*things(draft), *people)))

    return make


def _change(connection: sa.Connection, wish: Wish) -> Try:
    change = wish.payload
    assert isinstance(change, Change)

    def make(draft: Draft) -> Wish | None:
        if change.about is None:
            tried = _changed(connection, change, draft, wish.now)
            return None if tried is None else planning.change_wish(tried, wish.now)
        return planning.change_wish(_one(connection, change, change.about, draft, wish.now), wish.now)

    return make


def _one(connection: sa.Connection, change: Change, name: WallTime, draft: Draft, now: Instant) -> Change:
    """The change of one meeting alone: it moves, or it takes place after all."""
    lesson, ignore = change.before, change.ignores_closures
    (planned,) = (each for each in change.plan if each.recurrence == name)
    if planned.of is None or planned.anew:
        return planning.prepare_added(connection, change.actor, lesson, name, draft, now, ignores_closures=ignore)
    return planning.prepare_one(connection, change.actor, lesson, planned.of, draft, now, ignores_closures=ignore)


def _swap(_connection: sa.Connection, _wish: Wish) -> Try:
    """Two lessons have no other time in common; each can be changed on its own."""
    return lambda _: None


def _split(connection: sa.Connection, wish: Wish) -> Try:
    split = wish.payload
    assert isinstance(split, Split)

    def make(draft: Draft) -> Wish | None:
        rest = _changed(connection, split.rest, draft, wish.now)
        return None if rest is None else splits.apart(replace(split, rest=rest), wish.now)

    return make


def _changed(connection: sa.Connection, change: Change, draft: Draft, now: Instant) -> Change | None:
    ignore = change.ignores_closures
    tried = planning.prepare_change(connection, change.actor, change.before, draft, now, ignores_closures=ignore)
    bearable = max(len(change.skipped), len(change.before.skipped))
    return None if len(tried.skipped) > bearable else tried


AGAIN: Final[Mapping[type, Callable[[sa.Connection, Wish], Try]]] = {
    Creation: _create,
    Change: _change,
    Split: _split,
    Swap: _swap,
}
