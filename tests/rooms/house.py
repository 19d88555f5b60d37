"""One institution with a hall and projectors, and a clerk who keeps nothing: the least the desk needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from rooms import BookingWish, Result, Want, Wish
from rooms.store.tables import booking, claim, resource
from tests.houses import VIENNA
from tests.support import SATURDAY
from vclass import people
from vclass.people import NewPerson

HOUR = 3600
PROJECTORS = 4


@dataclass(frozen=True)
class House:
    """Ids of what was set up."""

    institution: int
    teacher: int
    hall: int
    other_hall: int
    projectors: int

    def wish(
        self, *bookings: BookingWish, release: tuple[int, ...] = (), payload: object = None, kind: str = "test"
    ) -> Wish:
        return Wish(kind, self.institution, self.teacher, bookings, release=release, payload=payload, now=SATURDAY)

    def hour(self, at: int = 0, *wants: Want) -> BookingWish:
        """The hall, or what is wanted, for one hour, ``at`` hours after Saturday's ten o'clock."""
        starts = SATURDAY + at * HOUR
        return BookingWish(str(at), starts, starts + HOUR, wants or (Want(self.hall),))


@dataclass
class PlainClerk:
    """Admits and records everything; the answer is the result itself."""

    batches: list[int] = field(default_factory=list)

    def admit(self, _connection: sa.Connection, wishes: Sequence[Wish]) -> Sequence[object]:
        self.batches.append(len(wishes))
        return [None] * len(wishes)

    def record(self, _connection: sa.Connection, results: Sequence[Result]) -> Sequence[object]:
        return results


def furnish(connection: sa.Connection) -> House:
    institution = people.create_institution(connection, VIENNA, SATURDAY)
    teacher = people.create_person(
        connection, NewPerson("teacher@uni-wien.example", "Teacher", institution.public_id, ("teacher",)), SATURDAY
    )
    ids = [
        _resource(connection, institution.id, kind, name, quantity)
        for kind, name, quantity in (("hall", "Hall 1", 1), ("hall", "Hall 2", 1), ("equipment", "Kit", PROJECTORS))
    ]
    return House(institution.id, teacher.id, *ids)


def _resource(connection: sa.Connection, institution_id: int, kind: str, name: str, quantity: int) -> int:
    values = {
        "public_id": name,
        "institution_id": institution_id,
        "kind": kind,
        "name": name,
        "zone": "Europe/Vienna",
        "seats": 30,
        "quantity": quantity,
        "shared": False,
        "approval": "none",
        "created_at": SATURDAY,
        "version": 1,
    }
    return int(connection.execute(sa.insert(resource).values(values).returning(resource.c.id)).scalar_one())


def held_spans(connection: sa.Connection) -> list[tuple[int, int, int, int]]:
    """What is held: resource, quantity, start, end."""
    found = sa.select(claim.c.resource_id, claim.c.quantity, claim.c.starts, claim.c.ends)
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(found.order_by(claim.c.starts, claim.c.id))]


def states(connection: sa.Connection) -> list[str]:
    return list(connection.execute(sa.select(booking.c.state).order_by(booking.c.id)).scalars())
