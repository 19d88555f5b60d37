"""Who an encoder, a room codec or a player is: a person by an API token, or a device by a token for one lesson.

A device token holds all that it stands for, under our signature, so that nothing is stored: whose right it hangs on,
until when it is good, and under which name the device appears.
"""

import base64
import re
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from schedules import DoorState, Lesson, door, visible_lesson
from signaling import Admitted, Role, clean_name
from vclass.admission import Admission
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.refusals import FieldError, ForbiddenError, InvalidInputError, NotFoundError
from vclass.core.texts import is_line
from vclass.core.tokens import derive, holds, new_id

PURPOSE = "device"
TOKEN = re.compile(r"([\w-]{1,800})\.([\w-]{22})", re.ASCII)


class Device(msgspec.Struct, frozen=True, array_like=True):
    """What a token stands for; `attendee` and `generation` name the personal link that it hangs on."""

    id: str
    name: str
    lesson: str
    attendee: str
    generation: int
    expires: int


class DoorShutError(ForbiddenError):
    """The token is good, but not now."""

    def __init__(self) -> None:
        super().__init__(
            "The door of the lesson is shut, or the right behind this token was withdrawn. Come back in the quarter of "
            "an hour before the lesson, or ask its teacher for a new token."
        )


@dataclass(frozen=True, slots=True)
class Devices:
    """Makes device tokens, and admits who comes with a bearer token."""

    admission: Admission

    async def equip(self, actor: Actor, lesson: str, name: str) -> tuple[Device, str]:
        """A device of that name, to be brought into a lesson by one of its teachers, and its token.

        Raises:
            InvalidInputError: Nothing of the name can be shown.
            ForbiddenError: The actor doesn't teach there, or the lesson is over.
        """
        shown = clean_name(name)
        if not is_line(shown):
            raise InvalidInputError([FieldError("name", "write one line of visible text")])
        device = await self.admission.database.write(_equip, actor, lesson, shown, self.admission.clock())
        payload = base64.urlsafe_b64encode(msgspec.json.encode(device)).decode().rstrip("=")
        return device, f"{payload}.{derive(self.admission.keyring.current.octets, PURPOSE, payload, 0)}"

    async def admit_device(self, token: str, lesson: str) -> Admitted | None:
        """Who comes with a device token; None if it is none of ours, or too old.

        Raises:
            NotFoundError: The token is for another lesson.
            DoorShutError: The lesson isn't open, or the personal link behind the token was replaced.
        """
        device = self._device(token)
        if device is None or device.expires < self.admission.clock():
            return None
        if device.lesson != lesson:
            raise NotFoundError("lesson")
        sponsor = await self._admitted(device.attendee, device.generation, lesson)
        return msgspec.structs.replace(
            sponsor, identity=f"{PURPOSE}/{device.id}", sponsor=sponsor.identity, name=device.name, role=Role.ROOM
        )

    async def admit_person(self, actor: Actor, lesson: str) -> Admitted:
        """Who comes with an API token: an attendee, with the role of the seat.

        Raises:
            NotFoundError: The lesson is none of the actor's business.
            ForbiddenError: The actor may see it, but isn't invited.
            DoorShutError: The lesson isn't open.
        """
        attendee, generation = await self.admission.database.read(_invited, actor, lesson)
        return await self._admitted(attendee, generation, lesson)

    async def _admitted(self, attendee: str, generation: int, lesson: str) -> Admitted:
        admitted = await self.admission.admitted(attendee, generation, lesson)
        if admitted is None:
            raise DoorShutError
        return admitted

    def _device(self, token: str) -> Device | None:
        match = TOKEN.fullmatch(token)
        if match is None:
            return None
        payload, signature = match.groups()
        if not holds(self.admission.keyring, PURPOSE, payload, 0, signature):
            return None
        return msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=Device)


def _equip(connection: sa.Connection, actor: Actor, public_id: str, name: str, now: int) -> Device:
    lesson = visible_lesson(connection, actor, public_id, "lesson.equip")
    attendee, generation = _seat_of(lesson, actor, teaching=True)
    entrance = door(lesson, now)
    if entrance.state in {DoorState.ENDED, DoorState.CANCELLED}:
        raise ForbiddenError("The lesson is over or cancelled. Make the token for the next one.")
    device = Device(new_id(), name, public_id, attendee, generation, entrance.closes)
    facts = {"device": device.id, "expires": device.expires}
    entry = audit.Entry(now, actor.person_id, lesson.institution_id, "lesson.equip", "lesson", lesson.id, facts)
    audit.append(connection, [entry])
    return device


def _invited(connection: sa.Connection, actor: Actor, public_id: str) -> tuple[str, int]:
    return _seat_of(visible_lesson(connection, actor, public_id, "lesson.join"), actor, teaching=False)


def _seat_of(lesson: Lesson, actor: Actor, *, teaching: bool) -> tuple[str, int]:
    """An attendee's id and the generation of the personal link."""
    own = next((each for each in lesson.present if each.person_id == actor.person_id), None)
    if own is None:
        raise NotFoundError("lesson")
    if teaching and not own.teaches and lesson.owner_id != actor.person_id:
        raise ForbiddenError("Only hosts and teachers bring devices into a lesson. Ask one of them for a token.")
    return own.public_id, own.generation
