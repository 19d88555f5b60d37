"""From a personal link to a seat: the cookie of one lesson, and tickets that open one socket once.

The link's token never reaches the lesson's address. Tickets live in this process: thirty seconds, one use.
"""

import re
from dataclasses import dataclass, field

import sqlalchemy as sa

from config import Keyring
from schedules import Attendee, Door, DoorState, Entrant, Place, Sitting, entrant_by_id, places_at
from signaling import Admitted, Institution, LessonFacts, Role
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.tokens import derive, digest, holds, new_token

TICKET_SECONDS = 30
MOST_TICKETS = 10_000
PURPOSE = "seat"
SEAT = re.compile(r"([\w-]{1,64})\.(\d{1,9})\.([\w-]{22})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's right to be in one lesson, with the state of its door and the rooms where it meets."""

    entrant: Entrant
    door: Door[Sitting]
    places: tuple[Place, ...]

    @property
    def open(self) -> bool:
        return self.door.state is DoorState.OPEN


@dataclass(frozen=True, slots=True)
class _Ticket:
    attendee_id: str
    generation: int
    lesson_id: str
    expires_at: int


@dataclass(slots=True)
class Admission:
    """Issues tickets, and says what one stands for."""

    database: Database
    keyring: Keyring
    clock: Clock
    tickets: dict[str, _Ticket] = field(default_factory=dict)

    def seat_cookie(self, holder: Attendee | Entrant) -> str:
        """The value of the lesson's cookie: who sits here, by which generation of the link, and our signature."""
        signature = derive(self.keyring.current.octets, PURPOSE, holder.public_id, holder.generation)
        return f"{holder.public_id}.{holder.generation}.{signature}"

    async def seat(self, cookie: str, lesson_id: str) -> Seat | None:
        """The seat that a cookie gives in a lesson; None if it is forged, revoked or another lesson's."""
        match = SEAT.fullmatch(cookie)
        if match is None:
            return None
        attendee_id, generation = match[1], int(match[2])
        if not holds(self.keyring, PURPOSE, attendee_id, generation, match[3]):
            return None
        return await self.database.read(_seat, attendee_id, generation, lesson_id, self.clock())

    def ticket(self, seat: Seat) -> str:
        """A ticket for one socket, good for thirty seconds."""
        now = self.clock()
        if len(self.tickets) >= MOST_TICKETS:
            self.tickets = {key: each for key, each in self.tickets.items() if each.expires_at > now}
        token = new_token()
        entrant = seat.entrant
        self.tickets[digest(token)] = _Ticket(
            entrant.public_id, entrant.generation, entrant.lesson_public_id, now + TICKET_SECONDS
        )
        return token

    async def admit(self, ticket: str) -> Admitted | None:
        """Take a ticket; None if it is spent, too old, or the seat behind it is gone."""
        found = self.tickets.pop(digest(ticket), None)
        now = self.clock()
        if found is None or found.expires_at < now:
            return None
        return await self.database.read(_admitted, found.attendee_id, found.generation, found.lesson_id, now)

    async def admitted(self, attendee_id: str, generation: int, lesson_id: str) -> Admitted | None:
        """Admit an attendee who is known by other means than a ticket; None unless the lesson's door is open."""
        return await self.database.read(_admitted, attendee_id, generation, lesson_id, self.clock())


def _seat(connection: sa.Connection, attendee_id: str, generation: int, lesson_id: str, now: int) -> Seat | None:
    found = _entrant(connection, attendee_id, generation, lesson_id)
    return None if found is None else Seat(found, found.door(now), places_at(connection, found.lesson_id))


def _entrant(connection: sa.Connection, attendee_id: str, generation: int, lesson_id: str) -> Entrant | None:
    found = entrant_by_id(connection, attendee_id, generation)
    return None if found is None or found.lesson_public_id != lesson_id else found


def _admitted(
    connection: sa.Connection, attendee_id: str, generation: int, lesson_id: str, now: int
) -> Admitted | None:
    entrant = _entrant(connection, attendee_id, generation, lesson_id)
    if entrant is None or (door := entrant.door(now)).state is not DoorState.OPEN:
        return None
    home, meeting = entrant.home, door.occurrence
    return Admitted(
        lesson=LessonFacts(
            entrant.lesson_public_id, entrant.title, meeting.starts, meeting.ends, relayed=entrant.minors
        ),
        identity=entrant.public_id,
        name=entrant.name,
        role=role_of(entrant),
        institution=None if home is None else Institution(home.code, home.name, home.hue),
        language=entrant.language,
    )


def role_of(entrant: Entrant) -> Role:
    """The lesson's owner hosts, its teachers teach, people we know are students, others guests."""
    if entrant.person_id == entrant.owner_id:
        return Role.HOST
    if entrant.teaches:
        return Role.TEACHER
    return Role.GUEST if entrant.person_id is None else Role.STUDENT
