"""What the page of one entry of the waiting list reads, on one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from rooms import Resource, Standing
from rooms.waiting import Place, in_the_way, place_of
from schedules import ClashView, Lesson, explained_to, lessons_of_bookings
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant
from vclass.web.pages import reading
from vclass.web.pages.reading import Around


@dataclass(frozen=True, slots=True)
class OneEntry:
    """A booking that waits, or waited: its lesson, its place in line, and what stands in its way."""

    booking: Standing
    place: Place | None
    lesson: Lesson
    around: Around
    clashes: tuple[ClashView, ...] = ()

    @property
    def things(self) -> Mapping[str, Resource]:
        return {each.public_id: each for each in self.around.resources.values()}


def one_entry(connection: sa.Connection, actor: Actor, public_id: str, now: Instant) -> OneEntry:
    """An entry for its page.

    Raises:
        NotFoundError: The actor has no such booking, or it is of no lesson.
        ForbiddenError: It is somebody else's.
    """
    booking, place = place_of(connection, actor, public_id)
    lesson = lessons_of_bookings(connection, {booking.id}).get(booking.id)
    if lesson is None:
        raise NotFoundError("booking")
    around = reading.around(connection, [lesson], {each.person_id for each in lesson.present})
    clashes = () if place is None else in_the_way(connection, place.entry, now)
    return OneEntry(booking, place, lesson, around, tuple(explained_to(connection, actor, clashes)))
