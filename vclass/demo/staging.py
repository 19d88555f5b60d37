"""Sets the demo's stage: institutions once, then at each start a lesson that is open now."""

import datetime as dt
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from config import Keyring
from rooms import Equipment, Room, RoomKind, equipment_for, free_rooms, loads_between, rooms_for
from rooms.service import create_equipment, create_room
from schedules import (
    Done,
    DoorState,
    EquipmentWish,
    Guest,
    Lesson,
    Lessons,
    NewLesson,
    Repeat,
    door,
    lessons_between,
    token_of,
)
from vclass.core.keys import Actor
from vclass.core.spans import peak
from vclass.core.zones import Instant, local
from vclass.demo.cast import COURSE, EQUIPMENT, GUESTS, INSTITUTIONS, LEADER, LENT, OPEN_LESSON, PARTNER, PEOPLE, ROOMS
from vclass.people import (
    actor_by_id,
    create_institution,
    create_person,
    institutions,
    make_token,
    people_by_email,
    repeatable_sign_in,
)
from vclass.recordings import allow

DAY = 24 * 3600
OPEN_MINUTES = 240
LEFT_OPEN = 3600
GRID = 300
WEEKS = 14
SETS = 2


@dataclass(frozen=True, slots=True)
class Played:
    """Somebody of the cast, with the keys to be that person."""

    email: str
    name: str
    role: str
    institution: str
    code: str
    zone: str
    token: str
    sign_in: str


def set_stage(connection: sa.Connection, now: Instant) -> None:
    """Create the institutions with their people, rooms and equipment; all of them allow recordings."""
    for wish in INSTITUTIONS:
        home = create_institution(connection, wish, now)
        allow(connection, home.id, now)
        for person in PEOPLE[wish.slug]:
            create_person(connection, msgspec.structs.replace(person, institution=home.public_id), now)
        for room in ROOMS[wish.slug]:
            create_room(connection, home.id, room, now)
        for kit in EQUIPMENT[wish.slug]:
            create_equipment(connection, home.id, kit, now)


async def open_doors(lessons: Lessons) -> Lesson:
    """Make sure that there is the weekly course, and a lesson that stays open for an hour at least."""
    actor, standing = await lessons.database.read(_standing, lessons.clock())
    if not any(each.draft.title == COURSE and each.occurrences[-1].ends > lessons.clock() for each in standing):
        await lessons.create(actor, await lessons.database.read(_course, lessons.clock()))
    for each in standing:
        if each.draft.title == OPEN_LESSON and _stays_open(each, lessons.clock()):
            return each
    made = await lessons.create(actor, await lessons.database.read(_open_lesson, lessons.clock()))
    assert isinstance(made, Done), "without an Idempotency-Key nothing is replayed"
    return made.lesson


def _standing(connection: sa.Connection, now: Instant) -> tuple[Actor, list[Lesson]]:
    leader = people_by_email(connection, [LEADER])[LEADER]
    actor = actor_by_id(connection, leader.id)
    assert actor is not None
    found = lessons_between(connection, actor, now - DAY, now + 370 * DAY)
    return actor, [each for each in found if not each.cancelled]


def _stays_open(lesson: Lesson, now: Instant) -> bool:
    found = door(lesson, now)
    return found.state is DoorState.OPEN and found.occurrence.ends - now > LEFT_OPEN


def _course(connection: sa.Connection, now: Instant) -> NewLesson:
    """A joint course on Tuesdays at ten in Vienna, in both halls, from the coming week on."""
    halls = _rooms(connection, "hall")
    first = local(now, "Europe/Vienna").date
    tuesday = first + dt.timedelta(days=(1 - first.weekday()) % 7 or 7)
    return NewLesson(
        title=COURSE,
        zone="Europe/Vienna",
        start=f"{tuesday}T10:00",
        minutes=90,
        rooms=(halls["A-101"], halls["Hall 214"]),
        teachers=(LEADER, PARTNER),
        attendees=tuple(Guest(email) for email in GUESTS),
        repeat=Repeat("week", count=WEEKS),
        on_clash="skip",
        description="How two countries correct the public record. Bring one article from a paper you read.",
    )


def _open_lesson(connection: sa.Connection, now: Instant) -> NewLesson:
    """Four hours from the last five minutes on; the start exists, since it is now."""
    start = local(now // GRID * GRID, "Europe/Vienna")
    return NewLesson(
        title=OPEN_LESSON,
        zone="Europe/Vienna",
        start=str(start),
        minutes=OPEN_MINUTES,
        fold=0,
        rooms=_free_virtual_rooms(connection, now),
        equipment=_free_sets(connection, now),
        teachers=(LEADER, PARTNER),
        attendees=tuple(Guest(email) for email in GUESTS),
        description="Open to whoever has a link: try the camera, the microphone and the chat.",
        transparent=True,
    )


def play(connection: sa.Connection, keyring: Keyring, now: Instant) -> list[Played]:
    """Everyone of the cast with a fresh token and a link that signs in as often as one likes."""
    homes = {each.slug: each for each in institutions(connection)}
    known = people_by_email(connection, [person.email for cast in PEOPLE.values() for person in cast])
    return [
        Played(
            email=person.email,
            name=person.name,
            role=person.roles[0],
            institution=homes[slug].public_id,
            code=homes[slug].code,
            zone=homes[slug].zone,
            token=make_token(connection, known[person.email].id, "demo", now),
            sign_in=repeatable_sign_in(connection, keyring, known[person.email].id, now),
        )
        for slug, cast in PEOPLE.items()
        for person in cast
    ]


def inventory(connection: sa.Connection) -> dict[str, list[dict[str, object]]]:
    """All rooms and equipment, by the names of the contract."""
    homes = {each.id: each for each in institutions(connection)}
    return {
        "rooms": [
            {"id": r.public_id, "institution": homes[r.institution_id].public_id, "name": r.name, "zone": r.zone}
            for r in sorted(rooms_for(connection, None), key=_asks)
        ],
        "equipment": [
            {
                "id": e.public_id,
                "institution": homes[e.institution_id].public_id,
                "name": e.name,
                "quantity": e.quantity,
            }
            for e in sorted(equipment_for(connection, None), key=_asks)
        ],
    }


def _asks(of: Room | Equipment) -> bool:
    """What can be had at once comes first."""
    return of.approval == "required"


def join_paths(keyring: Keyring, lesson: Lesson) -> dict[str, str]:
    """Each attendee's personal link."""
    return {each.email: f"/join/{token_of(keyring, each)}" for each in lesson.present}


def _rooms(connection: sa.Connection, kind: RoomKind) -> dict[str, str]:
    """Public ids by name; all of the demo's rooms are shared."""
    return {each.name: each.public_id for each in rooms_for(connection, None, kind=kind)}


def _free_virtual_rooms(connection: sa.Connection, now: Instant) -> tuple[str, ...]:
    """One virtual room of each side, if it is free: another open lesson may still hold it."""
    start = now // GRID * GRID
    free = free_rooms(connection, [(start, start + 60 * OPEN_MINUTES)], None, kind="virtual")
    return tuple(each.public_id for each in free if each.name in ("Vienna online", "Kyiv online"))


def _free_sets(connection: sa.Connection, now: Instant) -> tuple[EquipmentWish, ...]:
    """Two of the leader's house's recording sets, if so many are free: another open lesson may still have some."""
    home = people_by_email(connection, [LEADER])[LEADER].institution_id
    span = (now // GRID * GRID, now // GRID * GRID + 60 * OPEN_MINUTES)
    pools = [each for each in equipment_for(connection, home) if each.name == LENT and each.institution_id == home]
    loads = loads_between(connection, [each.id for each in pools], span)
    free = [each for each in pools if each.quantity - peak(loads.get(each.id, ()), *span) >= SETS]
    return tuple(EquipmentWish(each.public_id, SETS) for each in free)
