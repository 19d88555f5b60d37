"""Where a lesson meets: its rooms with their clocks and institutions, for mails and pages."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from rooms import Room, rooms_by_ids
from schedules.invitations import Place
from schedules.model import Lesson
from schedules.store import resources_of
from vclass.core.zones import WallTime, city
from vclass.people import Institution, institutions


def places_of(connection: sa.Connection, lessons: Sequence[Lesson]) -> dict[int, tuple[Place, ...]]:
    """The rooms of each lesson, by the lesson's id, in the order in which they were named."""
    wanted = {lesson.id: [each.resource_id for each in lesson.draft.resources] for lesson in lessons}
    return _places(connection, wanted)


def places_at(connection: sa.Connection, lesson_id: int) -> tuple[Place, ...]:
    """The rooms of one lesson, without looking at the rest of it."""
    return _places(connection, {lesson_id: resources_of(connection, lesson_id)})[lesson_id]


def _places(connection: sa.Connection, wanted: Mapping[int, Sequence[int]]) -> dict[int, tuple[Place, ...]]:
    """For each lesson the rooms among the resources that it wants."""
    ids = {each for ids in wanted.values() for each in ids}
    if not ids:
        return dict.fromkeys(wanted, ())
    rooms = rooms_by_ids(connection, sorted(ids))
    owners = {each.id: each for each in institutions(connection)}
    places = {i: _place(room, owners) for i, room in rooms.items()}
    return {lesson_id: tuple(places[each] for each in ids if each in places) for lesson_id, ids in wanted.items()}


def own_places_of(connection: sa.Connection, lesson: Lesson) -> dict[WallTime, tuple[Place, ...]]:
    """For each meeting that has other rooms than the lesson, by its name, those it has."""
    usual = {each.resource_id for each in lesson.draft.resources}
    others = {want.resource_id for held in lesson.dates for want in held.wants}
    rooms = rooms_by_ids(connection, sorted(usual | others))
    differing = [
        each
        for each in lesson.dates
        if rooms.keys() & {want.resource_id for want in each.wants} != rooms.keys() & usual
    ]
    owners = {each.id: each for each in institutions(connection)} if differing else {}
    return {
        held.recurrence: tuple(
            _place(rooms[want.resource_id], owners) for want in held.wants if want.resource_id in rooms
        )
        for held in differing
    }


def _place(room: Room, owners: dict[int, Institution]) -> Place:
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
