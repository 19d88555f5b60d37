"""A small world for the machine: two houses that share, one that doesn't, and the week in which the clocks go back.

The facts stand here once, as plain data: the model reckons with them, and ``furnish`` writes them into a database.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import sqlalchemy as sa

import rooms
from rooms import NewEquipment, NewRoom
from rooms.resources_model import Hours
from tests.houses import ATHENS, KYIV, VIENNA
from vclass import people
from vclass.core.keys import Actor
from vclass.people import NewPerson, Role

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 24 * HOUR
SLOT: Final = 5 * MINUTE

BEGINNING: Final = int(dt.datetime(2027, 10, 26, 6, tzinfo=dt.UTC).timestamp())
"""A Tuesday morning."""
CLOCKS_BACK: Final = int(dt.datetime(2027, 10, 31, 1, tzinfo=dt.UTC).timestamp())
"""The following Sunday: in Vienna 02:00 to 03:00 comes twice, in Kyiv 03:00 to 04:00."""
EAST: Final = {"vienna": 1, "kyiv": 2, "athens": 2}
"""Hours east of Greenwich in winter."""
ZONES: Final = {"vienna": "Europe/Vienna", "kyiv": "Europe/Kyiv", "athens": "Europe/Athens"}


@dataclass(frozen=True)
class Thing:
    """Something that can be booked, as its house set it up. ``hours`` hold from Monday to Friday."""

    house: str
    kind: Literal["hall", "equipment", "licence", "person"] = "hall"
    quantity: int = 1
    shared: bool = False
    setup: int = 0
    teardown: int = 0
    asks: bool = False
    answer_hours: int = 72
    hours: tuple[int, int] | None = None
    longest: int | None = None
    horizon_days: int | None = None


ROOMS: Final[Mapping[str, Thing]] = {
    "aula": Thing("vienna", asks=True, answer_hours=24),
    "hall": Thing("vienna", shared=True),
    "studio": Thing("vienna", setup=15, teardown=30),
    "cave": Thing("kyiv", shared=True, hours=(9, 20), longest=180, horizon_days=9),
    "dome": Thing("kyiv", shared=True, asks=True, answer_hours=48),
}
POOLS: Final[Mapping[str, Thing]] = {
    "kit": Thing("vienna", "equipment", quantity=3, shared=True),
    "seats": Thing("kyiv", "licence", quantity=2, shared=True, teardown=5),
}
PEOPLE: Final[Mapping[str, tuple[str, Role]]] = {
    "anna": ("vienna", "teacher"),
    "ben": ("vienna", "teacher"),
    "vera": ("vienna", "room_admin"),
    "olha": ("kyiv", "teacher"),
    "kira": ("kyiv", "room_admin"),
    "nikos": ("athens", "teacher"),
}
TEACHERS: Final = ("anna", "ben", "olha")
ADMINISTRATORS: Final = {"vienna": "vera", "kyiv": "kira"}
THINGS: Final[Mapping[str, Thing]] = {
    **ROOMS,
    **POOLS,
    **{name: Thing(house, "person", shared=True) for name, (house, _) in PEOPLE.items()},
}


def readings(wall: dt.datetime, place: str) -> list[int]:
    """The instants at which the clocks of a place show a time: two in the hour that comes twice."""
    seconds = int(wall.replace(tzinfo=dt.UTC).timestamp())
    summer, winter = seconds - HOUR * (EAST[place] + 1), seconds - HOUR * EAST[place]
    return [*([summer] if summer < CLOCKS_BACK else []), *([winter] if winter >= CLOCKS_BACK else [])]


def wall_time(instant: int, place: str) -> dt.datetime:
    """What the clocks of a place show."""
    east = EAST[place] + (instant < CLOCKS_BACK)
    return dt.datetime.fromtimestamp(instant + HOUR * east, dt.UTC).replace(tzinfo=None)


def text(wall: dt.datetime) -> str:
    return wall.isoformat(timespec="minutes")


def address(name: str) -> str:
    return f"{name}@{PEOPLE[name][0]}.example"


@dataclass(frozen=True)
class Names:
    """What the things and people of the world are called in one database."""

    public_ids: dict[str, str] = field(default_factory=dict)
    resources: dict[int, str] = field(default_factory=dict)
    persons: dict[int, str] = field(default_factory=dict)
    houses: dict[int, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)


def furnish(connection: sa.Connection) -> Names:
    """Write the world into an empty database."""
    names = Names()
    institutions = {}
    for place, wish in (("vienna", VIENNA), ("kyiv", KYIV), ("athens", ATHENS)):
        institutions[place] = people.create_institution(connection, wish, BEGINNING)
        names.houses[institutions[place].id] = place
    for name, thing in {**ROOMS, **POOLS}.items():
        made = _make(connection, institutions[thing.house].id, name, thing)
        names.resources[made.id], names.public_ids[name] = name, made.public_id
    for name, (place, role) in PEOPLE.items():
        somebody = NewPerson(address(name), name, institutions[place].public_id, (role,))
        person = people.create_person(connection, somebody, BEGINNING)
        rooms.add_times(connection, [person], BEGINNING)
        actor = people.actor_by_id(connection, person.id)
        assert actor is not None
        names.persons[person.id], names.actors[name] = name, actor
    times = rooms.times_of(connection, list(names.persons))
    names.resources.update({resource: names.persons[person] for person, resource in times.items()})
    return names


def _make(connection: sa.Connection, house: int, name: str, thing: Thing) -> rooms.Room | rooms.Equipment:
    terms = {
        "shared": thing.shared,
        "approval": "required" if thing.asks else "none",
        "answer_hours": thing.answer_hours,
        "setup_minutes": thing.setup,
        "teardown_minutes": thing.teardown,
        "horizon_days": thing.horizon_days,
        "longest_minutes": thing.longest,
    }
    if thing.kind != "hall":
        pool = NewEquipment(name=name, quantity=thing.quantity, kind=thing.kind, **terms)  # type: ignore[arg-type]  # one of the two kinds of pools
        return rooms.create_equipment(connection, house, pool, BEGINNING)
    opens, closes = thing.hours or (0, 0)
    hours = [Hours(day, f"{opens:02}:00", f"{closes:02}:00") for day in ("MO", "TU", "WE", "TH", "FR") if closes]
    room = NewRoom(kind="hall", name=name, zone=ZONES[thing.house], seats=30, hours=tuple(hours), **terms)  # type: ignore[arg-type]  # terms have each their own type
    return rooms.create_room(connection, house, room, BEGINNING)
