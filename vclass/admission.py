"""From a personal link to a seat: the cookie of one lesson, and tickets that open one socket once.

The link's token never reaches the lesson's address. Tickets live in this process: thirty seconds, one use.
"""

import re
from dataclasses import dataclass, field

import sqlalchemy as sa

from config import Keyring
from schedules import Attendee, Door, DoorState, Lesson, door, invited_by_id
from signaling import Admitted, Institution, LessonFacts, Role
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.tokens import derive, digest, new_token
from vclass.people import Institution as Home
from vclass.people import institution, people_by_id

TICKET_SECONDS = 30
MOST_TICKETS = 10_000
PURPOSE = "seat"
SEAT = re.compile(r"([\w-]{1,64})\.(\d{1,9})\.([\w-]{22})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's right to be in one lesson, with the state of its door."""

    lesson: Lesson
    attendee: Attendee
    door: Door

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

    def seat_cookie(self, attendee: Attendee) -> str:
        """The value of the lesson's cookie: who sits here, by which generation of the link, and our signature."""
        signature = derive(self.keyring.current.octets, PURPOSE, attendee.public_id, attendee.generation)
        return f"{attendee.public_id}.{attendee.generation}.{signature}"

    async def seat(self, cookie: str, lesson_id: str) -> Seat | None:
        """The seat that a cookie gives in a lesson; None if it is forged, revoked or another lesson's."""
        match = SEAT.fullmatch(cookie)
        if match is None:
            return None
        attendee_id, generation = match[1], int(match[2])
        known = {digest(derive(key.octets, PURPOSE, attendee_id, generation)) for key in self.keyring.keys}
        if digest(match[3]) not in known:
            return None
        return await self.database.read(_seat, attendee_id, generation, lesson_id, self.clock())

    def ticket(self, seat: Seat) -> str:
        """A ticket for one socket, good for thirty seconds."""
        now = self.clock()
        if len(self.tickets) >= MOST_TICKETS:
            self.tickets = {key: each for key, each in self.tickets.items() if each.expires_at > now}
        token = new_token()
        attendee = seat.attendee
        self.tickets[digest(token)] = _Ticket(
            attendee.public_id, attendee.generation, seat.lesson.public_id, now + TICKET_SECONDS
        )
        return token

    async def admit(self, ticket: str) -> Admitted | None:
        """Take a ticket; None if it is spent, too old, or the seat behind it is gone."""
        found = self.tickets.pop(digest(ticket), None)
        now = self.clock()
        if found is None or found.expires_at < now:
            return None
        return await self.database.read(_admitted, found, now)


def _seat(connection: sa.Connection, attendee_id: str, generation: int, lesson_id: str, now: int) -> Seat | None:
    found = invited_by_id(connection, attendee_id, generation)
    if found is None or found[0].public_id != lesson_id:
        return None
    lesson, attendee = found
    return Seat(lesson, attendee, door(lesson, now))


def _admitted(connection: sa.Connection, ticket: _Ticket, now: int) -> Admitted | None:
    seat = _seat(connection, ticket.attendee_id, ticket.generation, ticket.lesson_id, now)
    if seat is None or not seat.open:
        return None
    lesson, attendee, occurrence = seat.lesson, seat.attendee, seat.door.occurrence
    home = None if attendee.person_id is None else _home(connection, attendee.person_id)
    return Admitted(
        lesson=LessonFacts(lesson.public_id, lesson.draft.title, occurrence.starts, occurrence.ends),
        identity=attendee.public_id,
        name=attendee.name,
        role=role_of(lesson, attendee),
        institution=None if home is None else Institution(home.code, home.name, home.hue),
        language=attendee.language,
    )


def _home(connection: sa.Connection, person_id: int) -> Home | None:
    person = people_by_id(connection, [person_id]).get(person_id)
    home = None if person is None else person.institution_id
    return None if home is None else institution(connection, home)


def role_of(lesson: Lesson, attendee: Attendee) -> Role:
    """The lesson's owner hosts, its teachers teach, people we know are students, others guests."""
    if attendee.person_id == lesson.owner_id:
        return Role.HOST
    if attendee.teaches:
        return Role.TEACHER
    return Role.GUEST if attendee.person_id is None else Role.STUDENT
