"""What the page of one date reads, on one snapshot: the lesson, the date, and the rooms that it may have instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from rooms import Resource, Room, free_rooms, resources_by_ids, rooms_for
from schedules import Held, Lesson, Reach
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant
from vclass.web.pages import reading
from vclass.web.pages.reading import OneLesson


@dataclass(frozen=True, slots=True)
class OneDate:
    """A date of a lesson; ``rooms`` are all that it may have, ``free`` the ids of those free on all dates it is with.

    ``things`` are these rooms and all that the lesson has, by public id.
    """

    one: OneLesson
    held: Held
    rooms: tuple[Room, ...]
    free: frozenset[int]

    @property
    def lesson(self) -> Lesson:
        return self.one.lesson

    @property
    def things(self) -> Mapping[str, Resource]:
        return {each.public_id: each for each in (*self.one.around.resources.values(), *self.rooms)}

    @property
    def booked(self) -> tuple[Room, ...]:
        """The rooms that it has."""
        wanted = (self.one.around.resources[each.resource_id] for each in self.held.wants)
        return tuple(each for each in wanted if isinstance(each, Room))


def one_date(
    connection: sa.Connection, actor: Actor, public_id: str, recurrence: str, reach: Reach, now: Instant
) -> OneDate:
    """A date for its page.

    Raises:
        NotFoundError: There is no such lesson or date, or the actor may not know of it.
        ForbiddenError: The actor may see the lesson but not change it.
    """
    one = reading.one_lesson(connection, actor, public_id, "lesson.change")
    held = next((each for each in one.lesson.dates if str(each.recurrence) == recurrence), None)
    if held is None:
        raise NotFoundError("meeting")
    home = one.lesson.institution_id
    spans = [(each.starts, each.ends) for each in reached(one.lesson, held, reach, now)]
    free = frozenset(each.id for each in free_rooms(connection, spans, home))
    ids = {*one.around.resources, *(each.resource_id for each in held.wants)}
    around = replace(one.around, resources=resources_by_ids(connection, sorted(ids)))
    return OneDate(replace(one, around=around), held, tuple(rooms_for(connection, home)), free)


def reached(lesson: Lesson, held: Held, reach: Reach, now: Instant) -> Sequence[Held]:
    """The dates to come that a change would reach."""
    if reach == "this":
        return [held]
    coming = [each for each in lesson.dates if each.stands and each.starts > now]
    return coming if reach == "all" else [each for each in coming if each.recurrence >= held.recurrence]
