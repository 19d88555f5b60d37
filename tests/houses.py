"""Institutions, rooms and people that many tests share: a world of two houses, or of three with all roles."""

from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

import rooms
from rooms import Equipment, NewEquipment, NewRoom, Room
from tests.support import SATURDAY
from vclass import people
from vclass.core.keys import Actor
from vclass.people import NewInstitution, NewPerson, Role

VIENNA: Final = NewInstitution("uni-wien", "VIE", "Uni Wien", "Vienna", "Europe/Vienna", "AT", ("de", "en"))
KYIV: Final = NewInstitution("kpi", "KYI", "KPI", "Kyiv", "Europe/Kiev", "UA", ("uk", "en"))
ATHENS: Final = NewInstitution("ase", "ATH", "ASE", "Athens", "Europe/Athens", "GR", ("el", "en"))

USUAL_ROLES: Final[tuple[Role, ...]] = ("student", "teacher", "room_admin")
MICROPHONES: Final = 5


@dataclass(frozen=True)
class World:
    """Some institutions with a hall each, the Kyiv one shared, and the ids and tokens of their people."""

    institutions: dict[str, int] = field(default_factory=dict)
    public_ids: dict[str, str] = field(default_factory=dict)
    halls: dict[str, Room] = field(default_factory=dict)
    kit: dict[str, Equipment] = field(default_factory=dict)
    actors: dict[tuple[str, str], Actor] = field(default_factory=dict)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    person_ids: dict[tuple[str, str], int] = field(default_factory=dict)


def two_houses(connection: sa.Connection) -> World:
    """Vienna and Kyiv with a student, a teacher and a room administrator each."""
    world = World()
    for place, wish in (("vienna", VIENNA), ("kyiv", KYIV)):
        _found(connection, world, place, wish, USUAL_ROLES)
    return world


def three_houses(connection: sa.Connection) -> World:
    """Athens besides, which shares nothing; more rooms and kit in Vienna, and administrators there.

    Everybody's time was wanted before.
    """
    world = two_houses(connection)
    _found(connection, world, "athens", ATHENS, USUAL_ROLES)
    for role in ("organiser", "institution_admin", "quality_officer", "platform_admin"):
        _enrol(connection, world, "vienna", role)
    vienna = world.institutions["vienna"]
    for place, wish in (
        ("vienna large", NewRoom("hall", "Large hall", "Europe/Vienna", 90)),
        ("vienna online", NewRoom("virtual", "Vienna online", "Europe/Vienna", 60)),
    ):
        world.halls[place] = rooms.create_room(connection, vienna, wish, SATURDAY)
    microphones = NewEquipment("Microphone", MICROPHONES)
    world.kit["vienna"] = rooms.create_equipment(connection, vienna, microphones, SATURDAY)
    rooms.add_times(connection, people.people_by_id(connection, list(world.person_ids.values())).values(), SATURDAY)
    return world


def _found(connection: sa.Connection, world: World, place: str, wish: NewInstitution, roles: tuple[Role, ...]) -> None:
    institution = people.create_institution(connection, wish, SATURDAY)
    world.institutions[place] = institution.id
    world.public_ids[place] = institution.public_id
    hall = NewRoom("hall", f"Hall of {place}", institution.zone, 30, shared=place == "kyiv")
    world.halls[place] = rooms.create_room(connection, institution.id, hall, SATURDAY)
    for role in roles:
        _enrol(connection, world, place, role)


def _enrol(connection: sa.Connection, world: World, place: str, role: Role) -> None:
    wish = NewPerson(f"{role}@{place}.example", f"{role} of {place}", world.public_ids[place], (role,))
    person = people.create_person(connection, wish, SATURDAY)
    actor = people.actor_by_id(connection, person.id)
    assert actor is not None
    world.actors[role, place] = actor
    world.person_ids[role, place] = person.id
    world.tokens[role, place] = people.make_token(connection, person.id, "test", SATURDAY)
