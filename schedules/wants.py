"""What the meetings of a lesson take, its teachers' time included, and whom that concerns."""

from collections.abc import Sequence

import sqlalchemy as sa

from rooms import Want, times_of
from schedules.model import Draft, Invited
from vclass.core.keys import Actor
from vclass.people import Person, Subject, allowed, people_by_id


class TimesMissingError(Exception):
    """Some teachers' time is no resource yet: make it one (``rooms.add_times``), then prepare again."""

    def __init__(self, people: Sequence[Person]) -> None:
        super().__init__(f"{len(people)} teachers' time is no resource yet")
        self.people = people


def wants_for(connection: sa.Connection, draft: Draft, invited: Sequence[Invited], owner_id: int) -> tuple[Want, ...]:
    """All that each meeting of a lesson wants.

    Raises:
        TimesMissingError: See ``times``.
    """
    return (*things(draft), *times(connection, draft, invited, owner_id))


def things(draft: Draft) -> tuple[Want, ...]:
    """Rooms and kit."""
    return tuple(Want(each.resource_id, each.quantity) for each in draft.resources)


def times(connection: sa.Connection, draft: Draft, invited: Sequence[Invited], owner_id: int) -> tuple[Want, ...]:
    """The time of each teacher who has an account; nobody's where the lesson is transparent.

    Raises:
        TimesMissingError: Somebody's time was never wanted before.
    """
    spared = owner_id if draft.spares_owner else None
    teaching = [i for each in invited if each.teaches and (i := each.person_id) is not None and i != spared]
    if draft.transparent or not teaching:
        return ()
    known = times_of(connection, teaching)
    strangers = people_by_id(connection, [each for each in teaching if each not in known])
    missing = [each for each in strangers.values() if each.institution_id is not None]
    if missing:
        raise TimesMissingError(missing)
    return tuple(Want(known[each]) for each in teaching if each in known)


def approves(actor: Actor) -> frozenset[int]:
    """The institutions in whose name the actor books: nobody there needs to be asked."""
    places = {place for place, _ in actor.roles}
    return frozenset(each for each in places if allowed(actor, "bookings.approve", Subject(institution=each)))
