"""Where a lesson meets: its rooms with their clocks and institutions, for mails and pages."""

from collections.abc import Sequence

import sqlalchemy as sa

from rooms import Resource, Room, resources_by_ids
from schedules.invitations import Place
from schedules.model import Lesson
from vclass.core.zones import city
from vclass.people import Institution, institutions


def places_of(connection: sa.Connection, lessons: Sequence[Lesson]) -> dict[int, tuple[Place, ...]]:
    """The rooms of each lesson, by the lesson's id, in the order in which they were named."""
    ids = {each.resource_id for lesson in lessons for each in lesson.draft.resources}
    resources = resources_by_ids(connection, sorted(ids))
    owners = {each.id: each for each in institutions(connection)}
    return {
        lesson.id: tuple(
            _place(resources[each.resource_id], owners)
            for each in lesson.draft.resources
            if isinstance(resources[each.resource_id], Room)
        )
        for lesson in lessons
    }


def _place(room: Resource, owners: dict[int, Institution]) -> Place:
    assert isinstance(room, Room)
    owner = owners[room.institution_id]
    return Place(
        name=room.name,
        kind=room.kind,
        zone=room.zone,
        city=city(room.zone),
        institution=owner.name,
        code=owner.code,
        hue=owner.hue,
    )
